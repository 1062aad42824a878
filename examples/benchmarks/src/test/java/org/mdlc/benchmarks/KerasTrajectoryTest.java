package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.data.ArrayDataset;

/**
 * Generated code against real Keras: from the same seed, 20 training steps of each fixed workload,
 * dropout included, have the losses that Keras 3 on JAX had. docs/golden.md says how those were
 * made.
 */
class KerasTrajectoryTest {
  /** What a loss may be off by, as a share. */
  private static final double TOLERANCE = 1e-3;

  /**
   * Where rounding alone moves Keras's own losses further than that (W4 from the tenth step on),
   * three times as far as the widest of the three disturbed runs that the file tells of. That the
   * computation is the same one all the same is what {@link KerasFloat64Test} shows.
   */
  private static final double NOISE = 3;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void followsKeras(int number) throws IOException {
    var workload = Workload.load(number);
    try (var model = workload.compile()) {
      var wrong = new ArrayList<String>();
      var losses = workload.numbers("losses");
      for (int step = 0; step < losses.size(); step++) {
        double loss = model.trainOnBatch(ArrayDataset.of(workload.batch(step))).require("loss");
        double expected = losses.get(step);
        double allowed = Math.max(TOLERANCE, NOISE * noise(workload, step));
        if (!(Math.abs(loss - expected) <= allowed * expected)) {
          wrong.add("step " + step + ": Keras " + expected + ", ours " + loss);
        }
      }
      assertThat(wrong).as(workload.name()).isEmpty();
    }
  }

  /** The largest of the steps so far: what has drifted apart does not come back together. */
  private static double noise(Workload workload, int step) {
    return Collections.max(workload.numbers("noise").subList(0, step + 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void startsFromKerassWeights(int number) throws IOException {
    var workload = Workload.load(number);
    try (var model = workload.compile()) {
      var ours = Workload.weights(model);
      var theirs = workload.golden().getAsJsonArray("weights");
      assertThat(ours).hasSize(theirs.size());
      for (int i = 0; i < theirs.size(); i++) {
        var expected = theirs.get(i).getAsJsonObject();
        var name = expected.get("name").getAsString();
        var values = ours.get(i).floats();
        assertThat(sizes(ours.get(i).shape()))
            .as(name)
            .isEqualTo(expected.getAsJsonArray("shape").toString());
        double sum = 0;
        double absolute = 0;
        for (float value : values) {
          sum += value;
          absolute += Math.abs(value);
        }
        var start = expected.getAsJsonObject("start");
        // Uniform numbers are the same bits; the orthogonal ones of recurrent layers go through a
        // QR, good to 1e-6 each.
        double tolerance = 1e-6 * values.length + 1e-12;
        assertThat(sum)
            .as("sum of " + name)
            .isCloseTo(start.get("sum").getAsDouble(), within(tolerance));
        assertThat(absolute)
            .as("sum of |" + name + "|")
            .isCloseTo(start.get("abs_sum").getAsDouble(), within(tolerance));
      }
    }
  }

  private static String sizes(int[] shape) {
    var sizes = new JsonArray();
    for (int size : shape) {
      sizes.add(size);
    }
    return sizes.toString();
  }
}
