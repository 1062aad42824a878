package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.mdlc.compiler.bind.Parity.close;
import static org.mdlc.compiler.bind.Parity.compare;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.withGradients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/** Initializers, regularizers and constraints are those of real Keras. */
class WeightParityTest {
  @TestFactory
  Stream<DynamicTest> initializers() {
    var golden = GoldenFile.read("table_initializers");
    return golden.tensors().keySet().stream()
        .map(n -> dynamicTest(n, () -> initializer(golden, n)));
  }

  /**
   * Uniform numbers are the same bits; normal ones go through erfinv, of which JAX has an
   * approximation good to 2e-6; QR adds its own rounding.
   */
  private static void initializer(GoldenFile golden, String key) {
    var name = key.substring(0, key.indexOf('.'));
    boolean dense = golden.tensor(key).rank() == 2;
    var made = name + "(seed = 42)";
    var program =
        Programs.bind(
            key,
            "model Case {\n  input a: "
                + (dense ? "f32[6]" : "f32[5, 5, 4]")
                + "\n  output o0 = a |> "
                + (dense ? "Dense(4, " : "Conv2D(5, 3, ")
                + "use_bias = false, kernel_initializer = "
                + made
                + ")\n}\n");
    var keys = new LinkedHashMap<String, Tensor64>();
    program
        .initialize()
        .inputs()
        .forEach(
            i -> keys.put(i.name(), new Tensor64(DType.U32, new int[] {2}, new double[] {42, 0})));
    var kernel = Interpreter.run(program.initialize(), keys, 1).values().iterator().next();
    double tolerance = name.endsWith("Uniform") ? 1e-7 : name.equals("Orthogonal") ? 1e-5 : 2e-6;
    var expected = golden.tensor(key);
    assertThat(kernel.sizes()).isEqualTo(expected.sizes());
    for (int i = 0; i < expected.count(); i++) {
      assertThat(kernel.at(i))
          .as(key + " at " + i)
          .isCloseTo(expected.at(i), org.assertj.core.data.Offset.offset(tolerance));
    }
  }

  @Test
  void regularizers() {
    var golden = GoldenFile.read("table_regularizers_constraints");
    for (var regularizer :
        Map.of("l1", "L1()", "l2", "L2()", "l1_l2", "L1L2(0.1, 0.2)").entrySet()) {
      var program =
          Programs.bind(
              regularizer.getKey(),
              Mover.trainedDense(
                  ", use_bias = false, kernel_regularizer = " + regularizer.getValue(), "SGD()"));
      var nothing = Tensor64.of(DType.F32, new int[] {1, 3}, i -> 0);
      var arguments = Programs.filled(program);
      arguments.putAll(
          Map.of(
              "a",
              Tensor64.of(DType.F32, new int[] {1, 4}, i -> 1),
              targetOf(program, 0),
              nothing,
              "dense/kernel",
              golden.tensor("w")));
      var graph =
          withGradients(
              program.stages().get(0).objectives().get(0).forward(), List.of("dense/kernel"));
      var found = Interpreter.run(graph, arguments, 1);
      compare(golden, "value." + regularizer.getKey(), found, BoundProgram.OBJECTIVE);
      compare(golden, "grad." + regularizer.getKey(), found, "d dense/kernel");
    }
  }

  @Test
  void constraints() {
    var golden = GoldenFile.read("table_regularizers_constraints");
    var constraints =
        Map.of(
            "max_norm",
            "MaxNorm(0.7)",
            "unit_norm",
            "UnitNorm()",
            "non_neg",
            "NonNeg()",
            "min_max",
            "MinMaxNorm(0.5, 1.0, rate = 0.6)");
    for (var constraint : constraints.entrySet()) {
      var program =
          Programs.bind(
              constraint.getKey(),
              Mover.trainedDense(
                  ", use_bias = false, kernel_constraint = " + constraint.getValue(), "SGD()"));
      var mover = new Mover(program);
      var still = Tensor64.of(DType.F32, new int[] {4, 3}, i -> 0);
      close(
          golden,
          constraint.getKey(),
          golden.tensor("constrained." + constraint.getKey()),
          mover.move(golden.tensor("w"), still));
    }
  }
}
