package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.pass.BuildTrainStep;
import org.mdlc.compiler.pass.MixedPrecision;
import org.mdlc.compiler.type.DType;

/** Ten training steps under each mixed policy are those of real Keras under it. */
class MixedPrecisionTest {
  private static final int ROWS = 16;
  private static final int STEPS = 10;

  private record Example(String input, String layers, String optimizer) {}

  private static final Map<String, Example> EXAMPLES =
      Map.of(
          "mlp",
          new Example(
              "f32[6]",
              "Dense(16, activation = relu) |> LayerNormalization() |> Dense(3)",
              "Adam(0.01)"),
          "cnn",
          new Example(
              "f32[8, 8, 2]",
              "Conv2D(4, 3, activation = relu) |> BatchNormalization() |> MaxPooling2D(2)"
                  + " |> Flatten() |> Dense(3)",
              "SGD(0.05, momentum = 0.9)"),
          "gru",
          new Example("f32[5, 4]", "GRU(6) |> Dense(3)", "RMSprop(0.01)"));

  private static BoundProgram program(String name, String policy) {
    var example = EXAMPLES.get(name);
    var text =
        """
        model Case {
          input x: %s
          precision %s
          output y = x |> %s
        }

        train Case {
          loss SparseCategoricalCrossentropy(from_logits = true)
          optimizer %s
        }
        """
            .formatted(example.input(), policy, example.layers(), example.optimizer());
    return MixedPrecision.of(Programs.bind(name, text));
  }

  private static Map<String, Tensor64> start(BoundProgram program, GoldenFile golden) {
    var state = new LinkedHashMap<>(Programs.filled(program));
    for (var variable : program.variables()) {
      var keras = "start." + variable.path().replace("gru/", "gru/gru_cell/");
      if (golden.has(keras)) {
        state.put(variable.path(), golden.tensor(keras));
      }
      // Keys of initializers and generators; nothing is drawn here.
      state.putIfAbsent(
          variable.path(),
          Tensor64.of(variable.type().dtype(), Tensor64.sizes(variable.type().shape()), i -> 0));
    }
    state.put("x", golden.tensor("x"));
    state.put("y", golden.tensor("y"));
    return state;
  }

  private static double[] losses(BoundProgram program, Map<String, Tensor64> state) {
    var step = BuildTrainStep.of(program, program.stages().getFirst());
    var losses = new double[STEPS];
    for (int i = 0; i < STEPS; i++) {
      state.put("loss/total", Tensor64.scalar(DType.F32, 0));
      state.put("loss/count", Tensor64.scalar(DType.F32, 0));
      state.putAll(Interpreter.run(step, state, ROWS));
      losses[i] = state.get("loss").at(0);
    }
    return losses;
  }

  /**
   * XLA leaves out some roundings (between operations that it joins) and adds in other orders, so a
   * rounding here and there falls to the other side. A logit near 1 is then off by one unit of
   * roundoff, u = 2^-8 for bf16 and 2^-11 for f16, and the mean loss of 16 rows by a part of that:
   * u / 2 is allowed. So that this cannot hide that nothing is rounded, the first loss must be
   * twice as near to Keras's as that of the same model in float32.
   */
  @ParameterizedTest
  @CsvSource({
    "mlp, bfloat16",
    "cnn, bfloat16",
    "gru, bfloat16",
    "mlp, float16",
    "cnn, float16",
    "gru, float16"
  })
  void lossesAreThoseOfKeras(String name, String type) {
    var golden = GoldenFile.read("mixed_" + name + "_" + type);
    var mixed = program(name, "mixed_" + type);
    var found = losses(mixed, start(mixed, golden));
    double roundoff = type.equals("bfloat16") ? 0x1p-8 : 0x1p-11;
    for (int i = 0; i < STEPS; i++) {
      assertThat(found[i])
          .as("loss of step " + i)
          .isCloseTo(golden.tensor("losses").at(i), within(roundoff / 2));
    }
    var plain = program(name, "float32");
    double distance = Math.abs(found[0] - golden.tensor("losses").at(0));
    double withoutRounding =
        Math.abs(losses(plain, start(plain, golden))[0] - golden.tensor("losses").at(0));
    assertThat(distance).isLessThan(withoutRounding / 2);
  }

  /** What leaves the model is f32 and one of the numbers that the narrow type has. */
  @Test
  void outputsAreNarrowNumbersInFloat32() {
    var golden = GoldenFile.read("mixed_mlp_bfloat16");
    var program = program("mlp", "mixed_bfloat16");
    assertThat(program.outputs().getFirst().type().dtype()).isEqualTo(DType.F32);
    var y = Interpreter.run(program.predict(), start(program, golden), ROWS).get("y");
    assertThat(y.dtype()).isEqualTo(DType.F32);
    for (int i = 0; i < y.count(); i++) {
      assertThat(y.at(i)).isEqualTo(DType.BF16.nearest(y.at(i)));
    }
  }

  /** Keras wraps the optimizer under mixed_float16, and under nothing else. */
  @Test
  void halfPrecisionScalesItsLoss() {
    assertThat(program("mlp", "mixed_float16").variables())
        .anyMatch(v -> v.path().equals("optimizer/dynamic_scale") && v.fill() == 32768);
    assertThat(program("mlp", "mixed_bfloat16").variables())
        .noneMatch(v -> v.path().equals("optimizer/dynamic_scale"));
  }

  /** A query that may see nothing meets equal scores, not infinite ones, whose shares are NaN. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Softmax()(h, mask = counts)",
        "MultiHeadAttention(1, 2)(h, h, value_mask = counts)",
        "Attention()(h, h, value_mask = counts)"
      })
  void rowsOfPaddingAreNumbers(String layer) {
    var text =
        """
        model Case {
          input x: f32[2, 2], counts: bool[2]
          precision mixed_float16
          let h = x |> Dense(2)
          output y = %s
        }

        train Case {
          loss MeanSquaredError()
          optimizer SGD()
        }
        """
            .formatted(layer);
    var program = MixedPrecision.of(Programs.bind("padding", text));
    var state = new LinkedHashMap<>(Programs.filled(program));
    for (var variable : program.variables()) {
      state.putIfAbsent(
          variable.path(),
          Tensor64.of(variable.type().dtype(), Tensor64.sizes(variable.type().shape()), i -> 0.5));
    }
    state.put("x", Tensor64.of(DType.F32, new int[] {1, 2, 2}, i -> i));
    state.put("counts", Tensor64.of(DType.BOOL, new int[] {1, 2}, i -> 0));
    var y = Interpreter.run(program.predict(), state, 1).get("y");
    assertThat(y.data()).doesNotContain(Double.NaN);
    state.put("y", Tensor64.of(DType.F32, new int[] {1, 2, 2}, i -> 0));
    Interpreter.run(BuildTrainStep.of(program, program.stages().getFirst()), state, 1)
        .forEach((name, value) -> assertThat(value.data()).as(name).doesNotContain(Double.NaN));
  }

  /** An objective has an optimizer of its own, which can scale it. */
  @Test
  void halfPrecisionScalesEveryObjective() {
    var text =
        """
        model Case {
          input x: f32[2]
          precision mixed_float16
          let a = Dense(1), b = Dense(1)
          output y = x |> a |> b
        }

        train Case {
          minimize first: mean(y ** 2) over a with SGD()
          minimize second: mean(y ** 2) over b with SGD()
        }
        """;
    var program = MixedPrecision.of(Programs.bind("objectives", text));
    assertThat(program.variables().stream().map(BoundProgram.Variable::path))
        .contains("optimizer_first/dynamic_scale", "optimizer_second/dynamic_scale");
    var state = new LinkedHashMap<>(Programs.filled(program));
    state.put("dense/kernel", Tensor64.of(DType.F32, new int[] {2, 1}, i -> 0.5));
    state.put("dense_1/kernel", Tensor64.of(DType.F32, new int[] {1, 1}, i -> 0.5));
    for (var variable : program.variables()) {
      state.putIfAbsent(
          variable.path(),
          Tensor64.of(variable.type().dtype(), Tensor64.sizes(variable.type().shape()), i -> 0));
    }
    state.put("x", Tensor64.of(DType.F32, new int[] {1, 2}, i -> 1));
    var step = BuildTrainStep.of(program, program.stages().getFirst());
    var after = Interpreter.run(step, state, 1);
    // y = a b with a = 1 (the sum of a's weights) and b = 1/2: d y^2 / d a = 2 y b = 1/2.
    assertThat(after.get("dense/kernel").at(0)).isCloseTo(0.495, within(1e-7));
    assertThat(after.get("first").at(0)).isEqualTo(0.25);
  }

  @Test
  void weightsAndSlotsStayWide() {
    assertThat(program("cnn", "mixed_bfloat16").variables())
        .noneMatch(v -> v.type().dtype().isNarrow());
  }
}
