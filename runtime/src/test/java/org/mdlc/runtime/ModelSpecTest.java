package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.random.PythonRandom;

/** What a specification refuses, and what variables do with it. */
class ModelSpecTest {
  private static final ModelSpec SPEC =
      ModelSpec.builder("Small")
          .seed("dense/kernel/seed", 0, 0)
          .parameter("dense/kernel", 64, Initial.ONES, 2, 3)
          .frozen("base/kernel", 128, Initial.fill(-0.5), 2)
          .variable("norm/mean", Role.STATE, DType.F32, 192, Initial.ZEROS, 3)
          .variable("dropout/seed", Role.SEED, DType.I32, 256, Initial.seeded(0xFFFF_FFFFL), 2)
          .variable("accuracy/total", Role.METRIC, DType.F32, 320, Initial.fill(2), 2)
          .seed("last/seed", 384, 1)
          .build(448);

  @Test
  void countsWhatItHas() {
    assertThat(SPEC.drawCount()).isEqualTo(2);
    assertThat(SPEC.trainableCount()).isEqualTo(6);
    assertThat(SPEC.nonTrainableCount()).isEqualTo(5);
    assertThat(SPEC.trains()).isFalse();
    assertThat(SPEC.variables().get(1).type()).isEqualTo("f32[2, 3]");
  }

  @Test
  void refusesWhatCannotBe() {
    assertRefused(
        "overlaps",
        ModelSpec.builder("M")
            .parameter("a", 0, Initial.ZEROS, 17)
            .parameter("b", 64, Initial.ZEROS, 1),
        128);
    assertRefused(
        "end at byte 68", ModelSpec.builder("M").parameter("a", 64, Initial.ZEROS, 1), 64);
    assertRefused(
        "two variables are named a",
        ModelSpec.builder("M")
            .parameter("a", 0, Initial.ZEROS, 1)
            .parameter("a", 64, Initial.ZEROS, 1),
        128);
    assertRefused(
        "two inputs are named x",
        ModelSpec.builder("M").input("x", DType.F32).input("x", DType.I32),
        0);
    assertThatThrownBy(() -> ModelSpec.builder("M").parameter("a", 8, Initial.ZEROS, 1))
        .hasMessageContaining("not aligned");
    assertThatThrownBy(() -> ModelSpec.builder("M").parameter("a", 0, Initial.drawn(0), 2))
        .hasMessageContaining("a seed is i32[2]");
    assertThatThrownBy(
            () -> new VariableSpec("a", Role.STATE, DType.F32, List.of(1), 0, true, Initial.ZEROS))
        .hasMessageContaining("only a parameter is trainable");
  }

  @Test
  void variablesStartWithTheirInitialValues() {
    try (Variables variables = new Variables(SPEC)) {
      variables.initialize(new PythonRandom(42));
      assertThat(variables.get("dense/kernel").floats()).containsOnly(1f);
      assertThat(variables.get("base/kernel").floats()).containsExactly(-0.5f, -0.5f);
      // random.seed(42); random.randint(1, 10**9) twice
      assertThat(variables.get("dense/kernel/seed").ints()).containsExactly(686579304, 0);
      assertThat(variables.get("last/seed").ints()).containsExactly(119540832, 0);
      assertThat(variables.get("dropout/seed").ints()).containsExactly(-1, 0);
      assertThat(variables.segment().address() % Variables.ALIGNMENT).isZero();
    }
  }

  @Test
  void metricsAreResetAndNothingElse() {
    try (Variables variables = new Variables(SPEC)) {
      variables.set("accuracy/total", HostTensor.of(new float[] {7, 8}, 2));
      variables.set("norm/mean", HostTensor.of(new float[] {1, 2, 3}, 3));
      variables.resetMetrics();
      assertThat(variables.get("accuracy/total").floats()).containsExactly(2, 2);
      assertThat(variables.get("norm/mean").floats()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void snapshotsKeepEveryBit() {
    try (Variables variables = new Variables(SPEC)) {
      HostTensor odd = HostTensor.of(new float[] {Float.NaN, -0f, Float.MIN_VALUE}, 3);
      variables.set("norm/mean", odd);
      variables.set("dropout/seed", HostTensor.of(new int[] {1, 2}, 2));
      Variables.Snapshot snapshot = variables.snapshot();
      variables.set("norm/mean", HostTensor.of(new float[3], 3));
      variables.set("dropout/seed", HostTensor.of(new int[] {1, 3}, 2));
      variables.restoreWeights(snapshot);
      assertThat(variables.get("norm/mean")).isEqualTo(odd);
      assertThat(variables.get("dropout/seed").ints()).containsExactly(1, 3);
      variables.restore(snapshot);
      assertThat(variables.get("dropout/seed").ints()).containsExactly(1, 2);
      try (Variables other = new Variables(ModelSpec.builder("Other").build(0))) {
        assertThatThrownBy(() -> other.restore(snapshot))
            .hasMessage("a snapshot of Small does not fit Other");
      }
    }
  }

  @Test
  void batchesArePadded() {
    assertThat(Step.padded(1)).isEqualTo(16);
    assertThat(Step.padded(16)).isEqualTo(16);
    assertThat(Step.padded(17)).isEqualTo(32);
  }

  private static void assertRefused(String message, ModelSpec.Builder spec, long bytes) {
    assertThatThrownBy(() -> spec.build(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
