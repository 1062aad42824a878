package org.mdlc.compiler.bind;

import java.util.HashSet;
import java.util.Set;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.syntax.Ast;

/** Warns of outputs whose own layer no loss trains, which Keras leaves as it was drawn. */
final class OutputLosses {
  private final Evaluator evaluator;
  private final TrainItems items;
  private final ModelPhases.Phase predict;

  OutputLosses(Evaluator evaluator, TrainItems items, ModelPhases.Phase predict) {
    this.evaluator = evaluator;
    this.items = items;
    this.predict = predict;
  }

  void warn() {
    var losses = items.stages().stream().flatMap(s -> s.losses().stream()).toList();
    var named = new HashSet<String>();
    losses.forEach(item -> addName(item, named));
    if (named.isEmpty() || evaluator.problems().hasErrors()) {
      return; // one output, or several objectives
    }
    var last = losses.getLast();
    predict.run().outputs().entrySet().stream()
        .filter(o -> !named.contains(o.getKey()) && hasOwnWeights(o.getValue()))
        .forEach(o -> warn(o.getKey(), o.getValue(), last));
  }

  private static void addName(Ast.LossItem item, Set<String> names) {
    if (item.output() != null) {
      names.add(item.output().text());
    }
  }

  /** True when its layer has weights and serves nothing else. */
  private boolean hasOwnWeights(Tensor output) {
    var layer = ShapeAdvice.maker(output);
    var id = predict.frame().use(output).id();
    return layer != null
        && predict.frame().builder().nodes().stream()
            .flatMap(node -> node.operands().stream())
            .noneMatch(value -> value.id() == id)
        && evaluator.variables().all().stream()
            .anyMatch(v -> v.role() == Role.PARAM && v.path().startsWith(layer.path() + "/"));
  }

  private void warn(String output, Tensor value, Ast.LossItem last) {
    var at = predict.run().spans().get("output " + output);
    if (at == null) {
      return;
    }
    var diagnostic =
        Diagnostic.of(
                Codes.OUTPUT_WITHOUT_LOSS,
                at,
                "the output `" + output + "` has no loss, so its layer stays as it was drawn")
            .also(last.span(), "the losses are here");
    evaluator
        .problems()
        .report(
            diagnostic.help(
                "give it one",
                last.span().after(),
                ", " + output + ": " + usual(LastActivation.of(value), value)));
  }

  /** The loss that the last activation suggests. */
  private static String usual(LastActivation last, Tensor value) {
    boolean one = value.shape().dim(-1).is(1);
    if (last.isSigmoid()) {
      return "BinaryCrossentropy()";
    }
    if (last.isSoftmax()) {
      return "SparseCategoricalCrossentropy()";
    }
    return one ? "MeanSquaredError()" : "SparseCategoricalCrossentropy(from_logits = true)";
  }
}
