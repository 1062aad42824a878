package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** What to do where labels are given in another form than loss and output want them. */
final class LabelAdvice {
  static final String UNITS = "units";

  private final ModelPhases.Phase predict;
  private final TrainItems items;

  LabelAdvice(ModelPhases.Phase predict, TrainItems items) {
    this.predict = predict;
    this.items = items;
  }

  /** For a label that is given another number of columns than it takes. */
  Misuse advised(Misuse misuse, String output, long columns) {
    var prediction = prediction(output);
    var loss = loss(output).map(Span::text).orElse("");
    var layer = prediction == null ? null : ShapeAdvice.maker(prediction);
    if (prediction == null) {
      return misuse;
    }
    if (columns == 1 && prediction.inner().size() > 1 && layer != null) {
      var places = prediction.inner().subList(0, prediction.inner().size() - 1);
      return misuse.help(
          "the output still has the dimensions " + places + "; flatten them before the last layer",
          _ -> ShapeAdvice.before(layer, "Flatten()"));
    }
    if (columns == 1 && loss.matches("Categorical\\w*Crossentropy.*")) {
      return renamed(
          misuse,
          output,
          "one class number per row goes with SparseCategoricalCrossentropy",
          "SparseCategoricalCrossentropy");
    }
    if (columns > 1 && loss.startsWith("Sparse")) {
      return renamed(
          misuse,
          output,
          "a column for each class goes with CategoricalCrossentropy",
          "CategoricalCrossentropy");
    }
    if (columns == 1 && loss.startsWith("Binary")) {
      return misuse.help(
          "one label of two classes needs one unit with sigmoid",
          _ ->
              call(layer)
                  .map(
                      c ->
                          c.argument("activation").isPresent()
                              ? c.with(UNITS, "1").and(c.with("activation", "sigmoid"))
                              : c.with(UNITS, "1")));
    }
    return misuse.help(
        "give the output "
            + (columns == 1 ? "one unit" : columns + " units")
            + ", or name as many columns as it has units",
        _ -> call(layer).map(c -> c.with(UNITS, String.valueOf(columns))));
  }

  private Misuse renamed(Misuse misuse, String output, String advice, String loss) {
    return misuse.help(
        advice,
        _ ->
            loss(output)
                .flatMap(at -> CallText.of(at, List.<String>of()))
                .map(call -> call.rename(loss)));
  }

  @Nullable Tensor prediction(String output) {
    return predict.run().outputs().get(output);
  }

  /** The call of the layer that made an output, when it has units to change. */
  static Optional<CallText> call(@Nullable Instance layer) {
    return layer == null || !layer.arguments().values().containsKey(UNITS)
        ? Optional.empty()
        : CallText.of(layer);
  }

  /** Where the loss of an output is written. */
  Optional<Span> loss(String output) {
    return items.stages().stream()
        .flatMap(stage -> stage.losses().stream())
        .filter(item -> item.output() == null || item.output().text().equals(output))
        .map(Ast.LossItem::loss)
        .map(Ast.Expr::span)
        .findFirst();
  }
}
