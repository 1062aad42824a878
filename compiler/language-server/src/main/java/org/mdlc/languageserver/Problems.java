package org.mdlc.languageserver;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.DiagnosticCodeDescription;
import org.eclipse.lsp4j.DiagnosticRelatedInformation;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.DiagnosticTag;
import org.eclipse.lsp4j.Location;
import org.mdlc.compiler.analysis.Analysis;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.Label;
import org.mdlc.compiler.diag.Severity;
import org.mdlc.compiler.source.Span;

/** The compiler's diagnostics as the protocol's. */
final class Problems {
  private final OpenFiles files;
  private final CachedPages pages;

  Problems(OpenFiles files, CachedPages pages) {
    this.files = files;
    this.pages = pages;
  }

  /** All of a file; what is wrong in another one stands at the import. */
  List<org.eclipse.lsp4j.Diagnostic> of(Analysis analysis) {
    return analysis.problems().stream().map(d -> of(d, analysis)).toList();
  }

  org.eclipse.lsp4j.Diagnostic of(Diagnostic problem, Analysis analysis) {
    boolean own = problem.span().file() == analysis.source();
    var place = own ? problem.span() : analysis.importOf(problem.span().file());
    var converted = new org.eclipse.lsp4j.Diagnostic(Positions.range(place), text(problem));
    converted.setSource("mdlc");
    converted.setCode(problem.code().code());
    converted.setSeverity(
        problem.severity() == Severity.ERROR
            ? DiagnosticSeverity.Error
            : DiagnosticSeverity.Warning);
    pages
        .explanation(problem.code())
        .ifPresent(uri -> converted.setCodeDescription(new DiagnosticCodeDescription(uri)));
    if (problem.code().name().startsWith("UNUSED")) {
      converted.setTags(List.of(DiagnosticTag.Unnecessary));
    }
    converted.setRelatedInformation(related(problem, own));
    return converted;
  }

  /** The sentence, what is said at the place, then notes and help a line each. */
  private static String text(Diagnostic problem) {
    var text = new StringBuilder(problem.message());
    if (!problem.primary().text().isEmpty()) {
      text.append(": ").append(problem.primary().text());
    }
    problem.notes().forEach(note -> text.append("\nnote: ").append(note));
    problem.helps().forEach(help -> text.append("\nhelp: ").append(help.text()));
    return text.toString();
  }

  private List<DiagnosticRelatedInformation> related(Diagnostic problem, boolean own) {
    var related = new ArrayList<DiagnosticRelatedInformation>();
    if (!own) {
      related.add(related(problem.span(), problem.message()));
    }
    for (Label label : problem.others()) {
      if (!label.text().isEmpty()) {
        related.add(related(label.span(), label.text()));
      }
    }
    return related;
  }

  private DiagnosticRelatedInformation related(Span span, String text) {
    return new DiagnosticRelatedInformation(
        new Location(files.uri(span.file()), Positions.range(span)), text);
  }
}
