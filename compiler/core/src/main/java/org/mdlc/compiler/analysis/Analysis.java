package org.mdlc.compiler.analysis;

import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.SourceTexts;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * All that an editor wants to know of one state of a file. Places are offsets in UTF-16 units; one
 * beyond the text counts as its end. Never changes, and may be asked by several threads.
 */
public final class Analysis {
  private final SourceFile source;
  private final Ast.File tree;
  private final DiagnosticSink problems;
  private final Facts facts;
  private final Names names;
  private final Meanings meanings;

  private Analysis(SourceFile source, Ast.File tree, DiagnosticSink problems, Facts facts) {
    this.source = source;
    this.tree = tree;
    this.problems = problems;
    this.facts = facts;
    this.names = Names.of(tree, facts.files());
    this.meanings = new Meanings(tree, facts, names);
  }

  /**
   * Reads and binds a file, as far as it can be.
   *
   * @param texts where imported files are read
   */
  public static Analysis of(SourceFile source, SourceTexts texts) {
    var problems = new DiagnosticSink();
    var facts = new Facts();
    var tree = Compiler.observe(CompileRequest.of(source).withTexts(texts), problems, facts);
    return new Analysis(source, tree, problems, facts);
  }

  public SourceFile source() {
    return source;
  }

  /** Everything that is wrong, as {@code mdlc check} says it; also in imported files. */
  public List<Diagnostic> problems() {
    return problems.sorted();
  }

  /** Where the import of a file stands, if it is one of this file's own; else the first import. */
  public Span importOf(SourceFile file) {
    var imports =
        tree.items().stream()
            .filter(Ast.Import.class::isInstance)
            .map(i -> ((Ast.Import) i).path().span())
            .toList();
    return imports.stream()
        .filter(i -> facts.file(i).map(f -> f.source() == file).orElse(false))
        .findFirst()
        .orElseGet(() -> imports.isEmpty() ? source.span(0, 0) : imports.getFirst());
  }

  /** Types, signature and comment of what stands at a place. */
  public Optional<Hover> hover(int offset) {
    return new Hovers(tree, facts, meanings).at(clamp(offset));
  }

  /** Where what is named at a place is defined; possibly in another file, or in the library. */
  public Optional<Span> definition(int offset) {
    return meanings.at(Nodes.at(tree, clamp(offset))).flatMap(Meanings::place);
  }

  /** What may be written at a place. */
  public List<Completion> completions(int offset) {
    return Completions.at(source, facts, names, meanings, clamp(offset));
  }

  /** The call in whose parentheses a place is. */
  public Optional<Call> call(int offset) {
    var at = clamp(offset);
    return ReadSituation.call(source, at)
        .flatMap(
            argument ->
                meanings
                    .meaning(argument.callee(), argument.wanted(), at)
                    .flatMap(Meanings::signature)
                    .map(signature -> new Call(signature, active(argument, signature))));
  }

  private static int active(Situation.Argument argument, Signature signature) {
    return Completions.formal(argument, signature).map(signature.config()::indexOf).orElse(-1);
  }

  /** The outline of the file. */
  public List<Symbol> symbols() {
    return new Symbols(facts).of(tree);
  }

  private int clamp(int offset) {
    return Math.clamp(offset, 0, source.text().length());
  }
}
