package org.mdlc.languageserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.mdlc.compiler.analysis.Analysis;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.Help;

/** What a diagnostic says can be pasted, as actions that paste it. */
final class QuickFixes {
  private final OpenFiles files;
  private final Problems problems;

  QuickFixes(OpenFiles files, Problems problems) {
    this.files = files;
    this.problems = problems;
  }

  /** For the problems that a range touches. */
  List<CodeAction> at(Range range, Analysis analysis) {
    int start = Positions.offset(analysis.source(), range.getStart());
    int end = Positions.offset(analysis.source(), range.getEnd());
    var actions = new ArrayList<CodeAction>();
    for (var problem : analysis.problems()) {
      var span = problem.span();
      if (span.file() == analysis.source() && span.start() <= end && start <= span.end()) {
        problem.helps().forEach(help -> add(actions, help, problem, analysis));
      }
    }
    return actions;
  }

  private void add(List<CodeAction> actions, Help help, Diagnostic problem, Analysis analysis) {
    var place = help.place();
    var replacement = help.replacement();
    if (place == null || replacement == null || CachedPages.isLibrary(place.file())) {
      return;
    }
    var edit = new TextEdit(Positions.range(place), replacement);
    var action = new CodeAction(help.text());
    action.setKind(CodeActionKind.QuickFix);
    action.setEdit(new WorkspaceEdit(Map.of(files.uri(place.file()), List.of(edit))));
    action.setDiagnostics(List.of(problems.of(problem, analysis)));
    action.setIsPreferred(problem.helps().size() == 1);
    actions.add(action);
  }
}
