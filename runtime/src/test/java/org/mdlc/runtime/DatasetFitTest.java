package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.utils.PyDataset;

/** Training, evaluating and predicting with data that is made while it is used. */
@Timeout(60)
class DatasetFitTest {
  @TempDir private Path folder;

  private static ArrayDataset rows(int count) {
    float[] x = new float[count * 3];
    float[] y = new float[count];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < 3; k++) {
        x[i * 3 + k] = (i * 7 + k * 5) % 11 / 11f;
      }
      y[i] = 2 * x[3 * i] - x[3 * i + 1] + 0.5f + i % 3 * 0.1f;
    }
    return ArrayDataset.of("x", HostTensor.of(x, count, 3), "y", HostTensor.of(y, count, 1));
  }

  private static Fit options(int epochs) {
    return Fit.epochs(epochs).verbose(Verbosity.SILENT);
  }

  private static Map<String, List<Double>> metrics(History history) {
    Map<String, List<Double>> all = new TreeMap<>();
    history.names().forEach(n -> all.put(n, DoubleStream.of(history.get(n)).boxed().toList()));
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7})
  void givesTheSameBitsAsArrays(int workers) {
    Dataset lazy = rows(23).skip(0).prefetch(workers, 3);
    try (LinearRegression arrays = LinearRegression.create(3);
        LinearRegression made = LinearRegression.create(3)) {
      History expected =
          arrays.fit(rows(23), options(3).batchSize(4).shuffle(false).validationData(rows(9)));
      History history = made.fit(lazy, options(3).batchSize(4).validationData(rows(9).batch(4)));

      assertThat(metrics(history)).isEqualTo(metrics(expected));
      assertThat(made.evaluate(lazy, Run.batchSize(5).verbose(Verbosity.SILENT)).values())
          .isEqualTo(
              arrays.evaluate(rows(23), Run.batchSize(5).verbose(Verbosity.SILENT)).values());
      assertThat(made.predict(lazy).get("y")).isEqualTo(arrays.predict(rows(23)).get("y"));
      assertThat(made.predict(lazy.batch(6)).get("y")).isEqualTo(arrays.predict(rows(23)).get("y"));
    }
  }

  @Test
  void theNumberOfWorkersChangesNoBit() {
    List<HostTensor> kernels = new ArrayList<>();
    for (int workers : new int[] {0, 1, 2, 7}) {
      try (LinearRegression model = LinearRegression.create(3)) {
        model.fit(
            rows(50).shuffle(8).map(row -> row).prefetch(workers, 4), options(4).batchSize(7));
        kernels.add(model.variables().get("dense/kernel"));
      }
    }
    assertThat(kernels).allMatch(kernel -> kernel.equals(kernels.getFirst()));
  }

  @Test
  void showsBothSidesBeforeAnyRowIsRead() {
    Dataset other =
        rows(4)
            .map(
                DataSpec.of(DataSpec.Column.of("x", DType.F32, 5)),
                row -> {
                  throw new AssertionError("a row was read");
                });
    try (LinearRegression model = LinearRegression.create(3)) {
      assertThatThrownBy(() -> model.fit(other, options(1)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("the model takes: x f32[3], y f32[1]")
          .hasMessageContaining("the data has:    x f32[5]");
      assertThatThrownBy(() -> model.fit(rows(8).batch(2), options(1).validationSplit(0.5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("validationData");
      assertThatThrownBy(() -> model.fit(rows(8).batch(2), options(1).batchSize(4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("batches of 2 rows");
    }
  }

  // ---- PyDataset

  private static final class Batches4 extends PyDataset {
    final List<String> events = new ArrayList<>();

    @Override
    public DataSpec spec() {
      return rows(1).spec();
    }

    @Override
    public ArrayDataset getItem(long index) {
      events.add("" + index);
      return rows(16).slice((int) index * 4, (int) index * 4 + 4);
    }

    @Override
    public OptionalLong numBatches() {
      return OptionalLong.of(4);
    }

    @Override
    public void onEpochBegin() {
      events.add("begin");
    }

    @Override
    public void onEpochEnd() {
      events.add("end");
    }
  }

  // Keras 3.15.1 on JAX after keras.utils.set_random_seed(3) and a Dense(1, input 3) takes the
  // batches in these orders; it also reads one batch before them, here nothing.
  @Test
  void fitTakesTheBatchesInTheOrdersOfKeras() {
    Batches4 data = new Batches4();
    try (LinearRegression model = LinearRegression.create(3)) {
      model.fit(data, options(2));

      assertThat(String.join(" ", data.events)).isEqualTo("begin 1 3 2 0 end begin 2 0 1 3 end");
      data.events.clear();
      model.fit(data, options(1).shuffle(false));
      assertThat(String.join(" ", data.events)).isEqualTo("begin 0 1 2 3 end");
    }
  }

  @Test
  void anEpochThatFailsEndsToo() {
    Batches4 data = new Batches4();
    try (LinearRegression model = LinearRegression.create(3)) {
      LambdaCallback failing =
          new LambdaCallback()
              .onTrainBatchEnd(
                  (batch, logs) -> {
                    throw new TrainingException("out of power");
                  });
      assertThatThrownBy(() -> model.fit(data, options(2).shuffle(false).callbacks(failing)))
          .hasMessage("out of power");
      assertThat(data.events).containsExactly("begin", "0", "end");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 7, 10})
  void goesOnInTheMiddleOfAnEpochOfShuffledBatches(int failure) throws IOException {
    Path whole = folder.resolve("whole.safetensors");
    Path resumed = folder.resolve("resumed.safetensors");
    for (boolean indexed : new boolean[] {true, false}) {
      Dataset data = indexed ? rows(16).shuffle(4).batch(4).prefetch(2, 2) : new Batches4();
      try (LinearRegression model = LinearRegression.create(3)) {
        model.fit(data, options(3));
        model.saveCheckpoint(whole);
      }
      int[] left = {failure};
      LambdaCallback failing =
          new LambdaCallback()
              .onTrainBatchEnd(
                  (batch, logs) -> {
                    if (left[0]-- == 0) {
                      throw new TrainingException("out of power");
                    }
                  });
      Path backups = folder.resolve("backups" + indexed);
      try (LinearRegression model = LinearRegression.create(3)) {
        assertThatThrownBy(
                () ->
                    model.fit(
                        data,
                        options(3).callbacks(new BackupAndRestore(backups).saveFreq(1), failing)))
            .hasMessage("out of power");
      }
      try (LinearRegression model = LinearRegression.create(3)) {
        model.fit(data, options(3).callbacks(new BackupAndRestore(backups).saveFreq(1)));
        model.saveCheckpoint(resumed);
      }
      assertThat(resumed).hasSameBinaryContentAs(whole);
    }
  }
}
