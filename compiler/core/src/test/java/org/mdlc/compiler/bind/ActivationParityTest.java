package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.mdlc.compiler.bind.Parity.AGAINST;
import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.compare;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.withGradients;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/** Activations and their gradients are those of real Keras. */
class ActivationParityTest {
  @TestFactory
  Stream<DynamicTest> activations() {
    var golden = GoldenFile.read("table_activations");
    return golden.names("y.").stream()
        .filter(n -> !n.equals("sparsemax")) // Keras 3.15.1 adds up all running sums: see below
        .map(n -> dynamicTest(n, () -> activation(golden, n)));
  }

  private static void activation(GoldenFile golden, String name) {
    var source =
        AGAINST
            + WEIGHTED
            + "model Case {\n  input a: f32[29]\n  output o0 = a |> Activation(\""
            + name
            + "\") |> Weighted()\n}\n\ntrain Case {\n  loss Against()\n  optimizer SGD()\n}\n";
    var program = Programs.bind(name, source);
    var arguments = Programs.filled(program);
    arguments.putAll(Map.of("a", golden.tensor("x"), targetOf(program, 0), golden.tensor("cot")));
    compare(golden, "y." + name, Interpreter.run(program.predict(), arguments, 1), "o0");
    compare(
        golden,
        "grad." + name,
        Interpreter.run(
            withGradients(Objects.requireNonNull(program.evaluate()), List.of("a")), arguments, 1),
        "d a");
  }

  /**
   * By the paper (arXiv:1602.02068, equations 2 and 9): max(x - t, 0) with a sum of 1; the gradient
   * is that of the entries that stay, less their mean. Keras 3.15.1 gives (0, 0, 0) for the first
   * row.
   */
  @Test
  void sparsemaxIsTheNearestPointOfTheSimplex() {
    var program =
        Programs.bind(
            "sparsemax",
            AGAINST
                + WEIGHTED
                + "model Case {\n  input a: f32[3, 2]\n  output o0 = sparsemax(a, axis = 1) |> Weighted()\n}\n\n"
                + "train Case {\n  loss Against()\n  optimizer SGD()\n}\n");
    var arguments = Programs.filled(program);
    var x = new double[] {1, 3, 0.9, 1, 0.8, 0}; // columns (1, 0.9, 0.8) and (3, 1, 0)
    var slope = new double[] {1, 1, 2, 2, 6, 3};
    arguments.put("a", new Tensor64(DType.F32, new int[] {1, 3, 2}, x));
    arguments.put(targetOf(program, 0), new Tensor64(DType.F32, new int[] {1, 3, 2}, slope));
    var y = Interpreter.run(program.predict(), arguments, 1).get("o0");
    var graph = withGradients(Objects.requireNonNull(program.evaluate()), List.of("a"));
    var dx = Interpreter.run(graph, arguments, 1).get("d a");
    assertThat(Objects.requireNonNull(y).data())
        .containsExactly(new double[] {13 / 30.0, 1, 1 / 3.0, 0, 7 / 30.0, 0}, offset(1e-12));
    assertThat(Objects.requireNonNull(dx).data())
        .containsExactly(new double[] {-2, 0, -1, 0, 3, 0}, offset(1e-12));
  }
}
