package org.mdlc.compiler.bind;

import java.util.HashSet;
import java.util.Optional;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** Warns of what a model makes and never uses, when nothing worse is wrong with it. */
final class Unused {
  private final Evaluator evaluator;
  private final Ast.Model model;
  private final ModelPhases.Phase predict;

  Unused(Evaluator evaluator, Ast.Model model, ModelPhases.Phase predict) {
    this.evaluator = evaluator;
    this.model = model;
    this.predict = predict;
  }

  void warn() {
    if (evaluator.problems().hasErrors()) {
      return; // what an error left out may have been the use
    }
    layers();
    inputs();
    names();
  }

  private void layers() {
    for (var layer : evaluator.layers().made()) {
      if (!layer.called() && !Problems.isLibrary(layer.span().file())) {
        evaluator
            .problems()
            .report(
                Diagnostic.of(
                        Codes.UNUSED_LAYER,
                        layer.span(),
                        "the layer " + layer.kind() + " is made and never applied")
                    .help("apply it with `x |> ..`, or remove it"));
      }
    }
  }

  private void inputs() {
    var read = new HashSet<Integer>();
    predict.frame().builder().nodes().forEach(n -> n.operands().forEach(v -> read.add(v.id())));
    predict.run().outputs().values().forEach(t -> read.add(predict.frame().use(t).id()));
    predict
        .run()
        .inputs()
        .forEach(
            (name, value) -> {
              boolean unread =
                  value instanceof Datum.Tensor t && !read.contains(t.value().id())
                      || value instanceof Datum.Strings s
                          && evaluator.hostLayers().steps().stream()
                              .noneMatch(step -> step.sources().contains(s.name()));
              if (unread) {
                var span = predict.run().spans().get(name);
                evaluator
                    .problems()
                    .report(
                        Diagnostic.of(
                                Codes.UNUSED_INPUT,
                                span == null ? model.name().span() : span,
                                "no output depends on the input `" + name + "`")
                            .help("use it, or remove it"));
              }
            });
  }

  private void names() {
    evaluator.usage().unused().forEach(this::name);
  }

  private void name(Span span, String name) {
    var diagnostic = Diagnostic.of(Codes.UNUSED_NAME, span, "`" + name + "` is never used");
    var help = "remove it, or call it `_" + name + "`";
    evaluator
        .problems()
        .report(
            statement(span)
                .map(s -> Edit.remove(s).advisedBy(diagnostic, help))
                .orElseGet(() -> diagnostic.help(help, span, "_" + name)));
  }

  /** The {@code let} of this name alone, on a line of its own. */
  private Optional<Span> statement(Span name) {
    return model.body().statements().stream()
        .filter(s -> s instanceof Ast.Let l && l.names().size() == 1)
        .map(s -> (Ast.Let) s)
        .filter(l -> l.names().getFirst().span().equals(name))
        .flatMap(l -> alone(l).stream())
        .findFirst();
  }

  private static Optional<Span> alone(Ast.Let let) {
    var file = let.span().file();
    var start = file.lineStart(let.span().line());
    var before = file.span(start, let.span().start()).text().strip();
    int end = let.span().end();
    int lineEnd =
        file.lineStart(let.span().endLine()) + file.lineText(let.span().endLine()).length();
    boolean last = file.span(end, lineEnd).text().isBlank();
    boolean begins = before.equals(let.variable() ? "var" : "let") || before.isEmpty();
    return begins && last ? Optional.of(file.span(start, end)) : Optional.empty();
  }
}
