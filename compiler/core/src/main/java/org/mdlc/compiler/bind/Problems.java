package org.mdlc.compiler.bind;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.bind.Datum.Trail;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * Reports errors at the place of the user's that led to them: an error inside the library is one of
 * the call that entered it.
 */
final class Problems {
  private final DiagnosticSink sink;
  private final Deque<Span> calls = new ArrayDeque<>();

  Problems(DiagnosticSink sink) {
    this.sink = sink;
  }

  /** Library files are named {@code std/..} and are not the user's to mend. */
  static boolean isLibrary(SourceFile file) {
    return file.name().startsWith(StandardLibrary.PREFIX);
  }

  void enter(Span call) {
    calls.push(call);
  }

  void leave() {
    calls.pop();
  }

  int depth() {
    return calls.size();
  }

  /** The nearest place in a file of the user's. */
  Span users(Span span) {
    if (!isLibrary(span.file())) {
      return span;
    }
    return use().orElse(span);
  }

  /** The innermost call that stands in a file of the user's. */
  Optional<Span> use() {
    return calls.stream().filter(s -> !isLibrary(s.file())).findFirst();
  }

  void report(Misuse misuse, Span span) {
    report(misuse, span, Trail.NONE);
  }

  void report(Misuse misuse, Span span, Trail trail) {
    var diagnostic = Diagnostic.of(misuse.code(), users(span), misuse.text());
    for (var note : misuse.notes()) {
      diagnostic = diagnostic.note(note);
    }
    for (var label : misuse.labels()) {
      diagnostic = diagnostic.also(label.span(), label.text());
    }
    diagnostic = withUse(withTrail(diagnostic, trail), span);
    for (var advice : misuse.helps()) {
      diagnostic = diagnostic.help(advice.at(diagnostic.span()));
    }
    report(diagnostic);
  }

  void report(Diagnostic diagnostic) {
    sink.report(diagnostic);
  }

  /** An error inside a definition of the user's was met in a use of it, which is shown too. */
  Diagnostic withUse(Diagnostic diagnostic, Span span) {
    if (isLibrary(span.file())) {
      return diagnostic;
    }
    for (var call : calls) {
      if (!isLibrary(call.file()) && !contains(call, span)) {
        return contains(span, call) ? diagnostic : diagnostic.also(call, "in this use");
      }
    }
    return diagnostic;
  }

  /** With the layer that made a tensor and the name it was given. */
  static Diagnostic made(Diagnostic diagnostic, Datum.Tensor tensor) {
    for (var step : tensor.trail().last(2)) {
      var span = step.span();
      if (span != null) {
        diagnostic = diagnostic.also(span, step.text());
      }
    }
    return diagnostic;
  }

  /** Reports a name that is not that of a model. */
  void unknownModel(Ast.Name name, Library library) {
    var models = library.names(Category.VALUE).stream().filter(library::isModel).toList();
    boolean known = library.find(Category.VALUE, name.text()) != null;
    var diagnostic =
        Diagnostic.of(
            Codes.UNKNOWN_MODEL,
            name.span(),
            known ? "`" + name + "` is no model" : "there is no model `" + name + "`");
    var near = DidYouMean.nearest(name.text(), models);
    report(
        near.isPresent()
            ? diagnostic.help("did you mean `" + near.get() + "`?", name.span(), near.get())
            : diagnostic);
  }

  private static Diagnostic withTrail(Diagnostic diagnostic, Trail trail) {
    List<Trail> steps = trail.last(4);
    for (var step : steps) {
      var at = step.span();
      if (at == null
          || at.equals(diagnostic.span())
          || contains(diagnostic.span(), at)
          || contains(at, diagnostic.span())) {
        diagnostic = diagnostic.note(step.text());
      } else {
        diagnostic = diagnostic.also(at, step.text());
      }
    }
    return diagnostic;
  }

  private static boolean contains(Span outer, Span inner) {
    return outer.file() == inner.file()
        && outer.start() <= inner.start()
        && inner.end() <= outer.end();
  }

  static String firstLine(Span span) {
    var text = span.text().strip();
    int end = text.indexOf('\n');
    var line = end < 0 ? text : text.substring(0, end) + " ..";
    return line.length() <= 100 ? line : line.substring(0, 97) + "..";
  }

  DiagnosticSink sink() {
    return sink;
  }

  boolean hasErrors() {
    return sink.hasErrors();
  }
}
