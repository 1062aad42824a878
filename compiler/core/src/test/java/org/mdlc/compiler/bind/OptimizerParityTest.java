package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdlc.compiler.bind.Parity.close;
import static org.mdlc.compiler.bind.Parity.row;
import static org.mdlc.compiler.bind.Parity.tests;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/** Ten steps of each optimizer, and the rates of each schedule, are those of real Keras. */
class OptimizerParityTest {
  /**
   * Keras works out 1 - beta_2 ** step in float32: 2e-3 at the second step, with a rounding of
   * 6e-8, which is half of it under the root. Where it casts 0.999 first, that factor is off by
   * 1.3e-5 everywhere, and so are the mean squares.
   */
  private static final double BIAS_CORRECTION = 1.5e-5;

  private static final List<String> WEIGHTS = List.of("kernel", "bias");

  /** What Keras adds to a weight's name for a slot, where that is not the library's name for it. */
  private static final Map<String, String> SLOTS =
      Map.of(
          "m",
          "_momentum",
          "v",
          "_velocity",
          "z",
          "_momentum",
          "u",
          "_norm",
          "largest",
          "_velocity_hat",
          "c",
          "");

  @TestFactory
  Stream<DynamicTest> optimizers() {
    return tests("optimizer", (name, expression) -> optimizer(GoldenFile.read(name), expression));
  }

  private static void optimizer(GoldenFile golden, String expression) {
    var mover = new Mover(Programs.bind(golden.name(), Mover.trainedDense("", expression)));
    WEIGHTS.forEach(w -> mover.set("dense/" + w, row(golden.tensor("traj." + w), 0)));
    double way = 0;
    int steps = golden.tensor("grads.bias").size(0);
    for (int step = 0; step < steps; step++) {
      var before = Map.copyOf(mover.memory());
      var gradients = new LinkedHashMap<String, Tensor64>();
      for (var weight : WEIGHTS) {
        gradients.put("dense/" + weight, row(golden.tensor("grads." + weight), step));
      }
      mover.step(gradients);
      for (var weight : WEIGHTS) {
        way += farthest(before.get("dense/" + weight), mover.get("dense/" + weight));
        close(
            golden,
            weight + " after step " + step,
            row(golden.tensor("traj." + weight), step + 1),
            mover.get("dense/" + weight),
            BIAS_CORRECTION * way);
      }
    }
    slots(golden, mover, way);
  }

  private static double farthest(Tensor64 a, Tensor64 b) {
    return IntStream.range(0, a.count())
        .mapToDouble(i -> Math.abs(a.at(i) - b.at(i)))
        .max()
        .orElseThrow();
  }

  /** Everything that Keras's optimizer holds after the last step, its counters included. */
  private static void slots(GoldenFile golden, Mover mover, double way) {
    var left = new ArrayList<>(golden.names("state."));
    mover
        .memory()
        .forEach(
            (path, value) -> {
              var keys =
                  golden.names("state.").stream()
                      .filter(k -> k.matches("[a-z]+/" + kerasName(path)))
                      .toList();
              var key = path.startsWith("optimizer_1/") ? keys.getLast() : own(keys);
              if (key != null) {
                var expected = golden.tensor("state." + key);
                double size =
                    IntStream.range(0, expected.count())
                        .mapToDouble(expected::at)
                        .max()
                        .orElseThrow();
                close(golden, key, expected, value, BIAS_CORRECTION * (way + Math.abs(size)));
                left.remove(key);
              }
            });
    // What a wrapper inherits and never uses; scalars that Keras keeps outside of its own list.
    assertThat(left).allMatch(k -> k.matches("opt/(iteration|learning_rate)|bias|variable"));
  }

  /** {@code optimizer/dense/kernel/m} is {@code kernel_momentum} in Keras. */
  private static String kerasName(String path) {
    var parts = path.split("/");
    var slot = parts[parts.length - 1];
    if (parts.length < 4) {
      return path.startsWith("optimizer") ? slot : "";
    }
    return parts[2] + SLOTS.getOrDefault(slot, "_" + slot);
  }

  /** Of a wrapper and the optimizers in it the first of these. */
  private static @Nullable String own(List<String> keys) {
    return keys.stream()
        .filter(k -> !k.startsWith("opt/"))
        .findFirst()
        .orElse(keys.isEmpty() ? null : keys.getFirst());
  }

  @TestFactory
  Stream<DynamicTest> schedules() {
    var golden = GoldenFile.read("table_schedules");
    return tests(
        "schedule",
        (name, expression) -> schedule(golden, name.substring("schedule_".length()), expression));
  }

  /** With a gradient of -1, plain descent moves a weight by the learning rate. */
  private static void schedule(GoldenFile golden, String name, String expression) {
    var mover =
        new Mover(
            Programs.bind(
                name, Mover.trainedDense(", use_bias = false", "SGD(" + expression + ")")));
    var zero = Tensor64.of(DType.F32, new int[] {4, 3}, i -> 0);
    var minusOne = Tensor64.of(DType.F32, new int[] {4, 3}, i -> -1);
    var expected = golden.tensor("lr." + name);
    for (int step = 0; step < expected.count(); step++) {
      close(
          golden,
          name + " at step " + step,
          Tensor64.scalar(DType.F32, expected.at(step)),
          Tensor64.scalar(DType.F32, mover.move(zero, minusOne).at(0)));
    }
  }
}
