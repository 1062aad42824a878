package org.mdlc.compiler.bind;

import static org.mdlc.compiler.bind.Parity.close;
import static org.mdlc.compiler.bind.Parity.row;
import static org.mdlc.compiler.bind.Parity.tests;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/** Ten steps of each optimizer, and the rates of each schedule, are those of real Keras. */
class OptimizerParityTest {
  /**
   * Keras works out 1 - beta_2 ** step in float32: 2e-3 at the second step, with a rounding of
   * 6e-8, which is half of it under the root.
   */
  private static final double BIAS_CORRECTION = 1.5e-5;

  @TestFactory
  Stream<DynamicTest> optimizers() {
    return tests("optimizer", (name, expression) -> optimizer(GoldenFile.read(name), expression));
  }

  private static void optimizer(GoldenFile golden, String expression) {
    var program = Programs.bind(golden.name(), Mover.trainedDense("", expression));
    for (var update : program.stages().get(0).objectives().get(0).updates()) {
      var name = update.parameter().substring(update.parameter().indexOf('/') + 1);
      var path = golden.tensor("traj." + name);
      var gradients = golden.tensor("grads." + name);
      var mover = new Mover(program, update);
      var weight = row(path, 0);
      double way = 0;
      for (int step = 0; step < gradients.size(0); step++) {
        var before = weight;
        weight = mover.move(weight, row(gradients, step), step);
        var after = weight;
        way +=
            IntStream.range(0, weight.count())
                .mapToDouble(i -> Math.abs(after.at(i) - before.at(i)))
                .max()
                .orElseThrow();
        close(
            golden,
            update.parameter() + " after step " + step,
            row(path, step + 1),
            weight,
            BIAS_CORRECTION * way);
      }
    }
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
    var program =
        Programs.bind(name, Mover.trainedDense(", use_bias = false", "SGD(" + expression + ")"));
    var mover = new Mover(program, program.stages().get(0).objectives().get(0).updates().get(0));
    var zero = Tensor64.of(DType.F32, new int[] {4, 3}, i -> 0);
    var minusOne = Tensor64.of(DType.F32, new int[] {4, 3}, i -> -1);
    var expected = golden.tensor("lr." + name);
    for (int step = 0; step < expected.count(); step++) {
      close(
          golden,
          name + " at step " + step,
          Tensor64.scalar(DType.F32, expected.at(step)),
          Tensor64.scalar(DType.F32, mover.move(zero, minusOne, step).at(0)));
    }
  }
}
