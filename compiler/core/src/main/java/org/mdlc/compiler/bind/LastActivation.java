package org.mdlc.compiler.bind;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Tensor;

/**
 * What the last layer of an output does to its numbers.
 *
 * @param name of the activation: {@code linear} for none, empty when it cannot be told
 * @param layer the layer that has it
 */
record LastActivation(String name, @Nullable Instance layer) {
  private static final LastActivation UNKNOWN = new LastActivation("", null);
  private static final String ARGUMENT = "activation";

  /** Of the library; their numbers are neither probabilities nor free to be any logit. */
  private static final Set<String> NEITHER =
      Set.of(
          "relu",
          "relu6",
          "leaky_relu",
          "elu",
          "selu",
          "gelu",
          "celu",
          "silu",
          "mish",
          "tanh",
          "hard_tanh",
          "softplus",
          "softsign",
          "exponential",
          "threshold");

  /** Read off the layer that made the value, when nothing came after it. */
  static LastActivation of(Tensor prediction) {
    var layer = ShapeAdvice.maker(prediction);
    return layer == null ? UNKNOWN : new LastActivation(name(layer), layer);
  }

  private static String name(Instance layer) {
    return switch (layer.arguments().values().get(ARGUMENT)) {
      case Datum.None _ -> "linear";
      case Datum.Function f -> f.tree().name().text();
      case Datum.Native n -> n.builtin().name();
      case null, default ->
          switch (layer.kind()) {
            case "Softmax" -> "softmax";
            case "ReLU" -> "relu";
            default -> "";
          };
    };
  }

  boolean isSoftmax() {
    return name.equals("softmax");
  }

  boolean isSigmoid() {
    return name.equals("sigmoid");
  }

  boolean isLinear() {
    return name.equals("linear");
  }

  /** True for one like relu, after which neither probabilities nor logits come out. */
  boolean isNeither() {
    return NEITHER.contains(name);
  }

  /** Gives the layer another activation. */
  Optional<Edit> replaced(String other) {
    return call().map(c -> c.with(ARGUMENT, other));
  }

  /** Leaves the activation out. */
  Optional<Edit> removed() {
    return call().flatMap(c -> c.without(ARGUMENT));
  }

  private Optional<CallText> call() {
    return layer == null || !layer.arguments().values().containsKey(ARGUMENT)
        ? Optional.empty()
        : CallText.of(layer);
  }
}
