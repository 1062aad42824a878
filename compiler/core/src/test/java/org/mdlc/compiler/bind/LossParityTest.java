package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.close;
import static org.mdlc.compiler.bind.Parity.compare;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.tests;
import static org.mdlc.compiler.bind.Parity.type;
import static org.mdlc.compiler.bind.Parity.withGradients;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;

/** Losses and their gradients are those of real Keras, in every reduction, weighted and masked. */
class LossParityTest {
  /** Where the gradients of Keras are not ours, and why; values are compared all the same. */
  private static final Map<String, String> OTHER_GRADIENTS =
      Map.of(
          "loss_CosineSimilarity_with-zeros",
          "at a vector of zeros that of Keras on JAX is NaN",
          "loss_MeanAbsolutePercentageError_with-zeros",
          "at the kink of |x| it is 0, on JAX 1");

  @TestFactory
  Stream<DynamicTest> losses() {
    return tests("loss", (name, expression) -> losses(GoldenFile.read(name), expression));
  }

  private static void losses(GoldenFile golden, String expression) {
    var keys = golden.names("loss.");
    assertThat(keys).isNotEmpty();
    for (var key : keys) {
      var reduction = key.replaceFirst("\\..*", "");
      var weights =
          key.contains(".weighted_rows")
              ? Optional.of("sample_weight_rows")
              : key.contains(".weighted") ? Optional.of("sample_weight") : Optional.<String>empty();
      boolean masked = key.contains(".masked");
      if (reduction.equals("none")) {
        unreduced(golden, expression, key, weights, masked);
      } else if (key.equals("mean_with_sample_weight.weighted_rows")
          && !expression.contains("ignore_class")) { // which makes a mask
        byRow(golden, expression, key);
      } else {
        trained(golden, reduced(expression, reduction), key, weights, masked);
      }
    }
  }

  private static String reduced(String expression, String reduction) {
    return expression.replaceFirst(
        "\\)$", (expression.endsWith("()") ? "" : ", ") + "reduction = \"" + reduction + "\")");
  }

  private static void trained(
      GoldenFile golden, String expression, String key, Optional<String> weights, boolean masked) {
    var source =
        WEIGHTED
            + "model Case {\n  input p: "
            + type(golden.tensor("y_pred"))
            + (masked ? ", m: " + type(golden.tensor("mask")) : "")
            + "\n  output o0 = "
            + (masked ? "with_mask(p |> Weighted(), m)" : "p |> Weighted()")
            + "\n}\n\ntrain Case {\n"
            + (weights.isPresent() ? "  sample_weight o0\n" : "")
            + "  loss "
            + expression
            + "\n  optimizer SGD()\n}\n";
    var program = Parity.bind(golden, source, golden.tensor("y_true"));
    var arguments = Programs.filled(program);
    arguments.put("p", golden.tensor("y_pred"));
    arguments.put(
        targetOf(program, 0), Parity.shaped(golden.tensor("y_true"), program.targets().get(0)));
    if (masked) {
      arguments.put("m", golden.tensor("mask"));
    }
    weights.ifPresent(
        w -> {
          var port = program.weights().get(0);
          arguments.put(port.name(), Parity.shaped(golden.tensor(w), port));
        });
    var found =
        Interpreter.run(
            withGradients(Objects.requireNonNull(program.evaluate()), List.of("p")),
            arguments,
            golden.tensor("y_pred").size(0));
    var objective = Objects.requireNonNull(found.get(BoundProgram.OBJECTIVE));
    close(golden, "loss." + key, golden.tensor("loss." + key), objective);
    if (golden.has("grad." + key) && !OTHER_GRADIENTS.containsKey(golden.name())) {
      var gradient = Objects.requireNonNull(found.get("d p"));
      close(golden, "grad." + key, golden.tensor("grad." + key), gradient);
    }
  }

  /** One weight for all steps of a row, which no train block has: its data has one per step. */
  private static void byRow(GoldenFile golden, String expression, String key) {
    var source =
        WEIGHTED
            + "model Case {\n  input p: "
            + type(golden.tensor("y_pred"))
            + ", y: "
            + type(golden.tensor("y_true"))
            + ", w: "
            + type(golden.tensor("sample_weight_rows"))
            + "\n  let layer_ = Weighted()\n  output o0 = p |> layer_\n}\n\ntrain Case {\n"
            + "  minimize reduce_weighted_values("
            + reduced(expression, "none")
            + "(y, o0), w, reduction = \"mean_with_sample_weight\") over layer_ with SGD()\n}\n";
    var program = Programs.bind(golden.name(), source);
    var arguments = Programs.filled(program);
    arguments.put("p", golden.tensor("y_pred"));
    arguments.put("y", golden.tensor("y_true"));
    arguments.put("w", golden.tensor("sample_weight_rows"));
    var forward = program.stages().getFirst().objectives().getFirst().forward();
    var found =
        Interpreter.run(
            withGradients(forward, List.of("p")), arguments, golden.tensor("y_pred").size(0));
    compare(golden, "loss." + key, found, BoundProgram.OBJECTIVE);
    compare(golden, "grad." + key, found, "d p");
  }

  /** What is not reduced cannot be trained, but it can be looked at. */
  private static void unreduced(
      GoldenFile golden, String expression, String key, Optional<String> weights, boolean masked) {
    var source =
        "model Case {\n  input p: "
            + type(golden.tensor("y_pred"))
            + ", y: "
            + type(golden.tensor("y_true"))
            + weights.map(w -> ", w: " + type(golden.tensor(w))).orElse("")
            + (masked ? ", m: " + type(golden.tensor("mask")) : "")
            + "\n  let values = "
            + reduced(expression, "none")
            + "(y, p)\n  output o0 = reduce_weighted_values(values, "
            + (weights.isPresent() ? "w" : "none")
            + ", "
            + (masked ? "m" : "none")
            + ", \"none\")\n}\n";
    var program = Programs.bind(golden.name(), source);
    var arguments = Programs.filled(program);
    arguments.put("p", golden.tensor("y_pred"));
    arguments.put("y", golden.tensor("y_true"));
    weights.ifPresent(w -> arguments.put("w", golden.tensor(w)));
    if (masked) {
      arguments.put("m", golden.tensor("mask"));
    }
    var found = Interpreter.run(program.predict(), arguments, golden.tensor("y_pred").size(0));
    compare(golden, "loss." + key, found, "o0");
  }
}
