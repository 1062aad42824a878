package org.mdlc.compiler.syntax;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

/**
 * The syntax errors of one file. After the first one on a line the rest of that line is silent: it
 * would only echo.
 */
final class SyntaxErrors {
  private final SourceFile source;
  private final DiagnosticSink sink;
  private final Set<Integer> linesWithErrors = new HashSet<>();
  private final TreeSet<Integer> places = new TreeSet<>();

  SyntaxErrors(SourceFile source, DiagnosticSink sink) {
    this.source = source;
    this.sink = sink;
  }

  void report(Diagnostic diagnostic) {
    places.add(diagnostic.span().start());
    if (linesWithErrors.add(diagnostic.span().line())) {
      sink.report(diagnostic);
    }
  }

  /** Reports although the line may have an error already: for mistakes that stand on their own. */
  void reportAlways(Diagnostic diagnostic) {
    places.add(diagnostic.span().start());
    linesWithErrors.add(diagnostic.span().line());
    sink.report(diagnostic);
  }

  /** Makes the rest silent on a line that another error has upset. */
  void silence(int offset) {
    linesWithErrors.add(source.line(offset));
  }

  boolean any() {
    return !places.isEmpty();
  }

  /** Whether an error has been found within a span, its ends included. */
  boolean within(Span span) {
    var first = places.ceiling(span.start());
    return first != null && first <= span.end();
  }

  Span span(int start, int end) {
    return source.span(start, end);
  }

  SourceFile source() {
    return source;
  }
}
