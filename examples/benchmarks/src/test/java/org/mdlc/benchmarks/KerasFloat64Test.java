package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.pass.BuildTrainStep;
import org.mdlc.compiler.type.DType;
import org.mdlc.runtime.data.HostTensor;

/**
 * The meaning of whole training steps against real Keras, both in float64 from the same float32
 * weights and data, where rounding cannot hide a difference: forward, backward, optimizer, moving
 * statistics. docs/golden.md says how Keras's losses were made. Only workloads without dropout,
 * whose masks are other ones in float64.
 */
class KerasFloat64Test {
  /** More steps of every workload, up to 20; by hand, since they take minutes. */
  private static final int STEPS = Integer.getInteger("float64.steps", 0);

  /**
   * @param tolerance as a share. Sums of float64 in another order differ by 1e-16, which grew to
   *     2e-15 in 20 steps of W4. The recurrent weights of W5 and W8 start from a QR that is good to
   *     1e-7, which is 2e-7 of the loss in the end.
   */
  @ParameterizedTest
  @CsvSource({"2, 20, 1e-12", "4, 6, 1e-12", "5, 2, 1e-6", "8, 5, 1e-6"})
  void followsKeras(int number, int steps, double tolerance) throws IOException {
    var workload = Workload.load(number);
    var bound = workload.bound();
    var step = BuildTrainStep.of(bound, bound.stages().getFirst());
    var values = start(workload);
    var keras = workload.numbers("losses64");
    var ours = new ArrayList<Double>();
    for (int i = 0; i < Math.max(steps, STEPS); i++) {
      var batch = workload.batch(i);
      bound.inputs().forEach(port -> values.put(port.name(), tensor(batch, port)));
      bound.targets().forEach(port -> values.put(port.name(), tensor(batch, port)));
      var results = Interpreter.run(step, values, workload.rows());
      values.putAll(results); // the next step starts from the variables that this one leaves
      double loss = Objects.requireNonNull(results.get(BoundProgram.OBJECTIVE)).at(0);
      ours.add(loss / keras.get(i) - 1);
    }
    assertThat(ours)
        .as("%s, distance from Keras step by step", workload.name())
        .allSatisfy(distance -> assertThat(distance).isCloseTo(0, within(tolerance)));
  }

  /** Every variable as generated code starts it; those that start at one number, at that number. */
  private static Map<String, Tensor64> start(Workload workload) throws IOException {
    var values = new LinkedHashMap<String, Tensor64>();
    try (var model = workload.compile()) {
      var golden = workload.golden();
      if (golden.has("start_sha256")) {
        assertThat(sha256(Workload.weights(model)))
            .isEqualTo(golden.get("start_sha256").getAsString());
      }
      for (var variable : workload.bound().variables()) {
        var type = variable.type();
        values.put(
            variable.path(),
            Double.isNaN(variable.fill())
                ? tensor(model.variables().get(variable.path()), type.dtype())
                : Tensor64.of(type.dtype(), Tensor64.sizes(type.shape()), _ -> variable.fill()));
      }
    }
    return values;
  }

  private static Tensor64 tensor(Map<String, HostTensor> batch, Port port) {
    return tensor(Objects.requireNonNull(batch.get(port.name())), port.type().dtype());
  }

  private static Tensor64 tensor(HostTensor tensor, DType dtype) {
    return Tensor64.of(dtype, tensor.shape(), tensor::get);
  }

  private static String sha256(List<HostTensor> weights) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var weight : weights) {
        var bytes = ByteBuffer.allocate(4 * weight.size()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(weight.floats());
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
