package org.mdlc.compiler.bind;

import java.util.HashSet;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
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
    evaluator
        .usage()
        .unused()
        .forEach(
            (span, name) ->
                evaluator
                    .problems()
                    .report(
                        Diagnostic.of(Codes.UNUSED_NAME, span, "`" + name + "` is never used")
                            .help("remove it, or call it `_" + name + "`")));
  }
}
