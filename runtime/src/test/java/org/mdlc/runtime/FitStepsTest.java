package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StreamDataset;

/** Steps, orders of rows and choices of epochs, against Keras; see make_steps.py. */
class FitStepsTest {
  // As in ModelTest.
  private static final float TOLERANCE = 2e-6f;

  private static Map<String, HostTensor> golden = Map.of();
  private static ArrayDataset all = ArrayDataset.of("x", HostTensor.of(new float[3], 1, 3));
  private static ArrayDataset data = all;

  private LinearRegression model = LinearRegression.create(42);
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream output = new PrintStream(printed, true, StandardCharsets.UTF_8);

  @BeforeAll
  static void readGolden() throws IOException {
    golden = TestFiles.golden(FitStepsTest.class, "steps.npz");
    Map<String, HostTensor> rows = TestFiles.golden(FitStepsTest.class, "fit.npz");
    all = ArrayDataset.of("x", rows.get("x"), "y", rows.get("y"));
    data = all.slice(0, 11);
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void anEpochGoesOnWhereTheOneBeforeEnded() {
    assertAsKeras("continued", 1, Fit.epochs(5).batchSize(4).stepsPerEpoch(2));
    assertAsKeras("exact", 2, Fit.epochs(3).batchSize(4).stepsPerEpoch(3));
    assertAsKeras("beyond", 3, Fit.epochs(3).batchSize(4).stepsPerEpoch(5));
    assertAsKeras(
        "late", 8, Fit.epochs(4).batchSize(4).stepsPerEpoch(2).initialEpoch(2).shuffle(false));
  }

  @Test
  void stepsWithoutABatchSizeSpreadTheRows() {
    assertAsKeras("spread", 4, Fit.epochs(3).stepsPerEpoch(4));
    ArrayDataset rest = all.slice(11, 50);
    assertAsKeras("validated_spread", 9, Fit.epochs(2).validationData(rest).validationSteps(4));
  }

  @Test
  void shufflesInsideBatches() {
    assertAsKeras("in_batches", 5, Fit.epochs(3).batchSize(4).shuffle("batch"));
    assertAsKeras(
        "in_batches_by_steps", 6, Fit.epochs(4).batchSize(4).shuffle("batch").stepsPerEpoch(2));
    assertThatThrownBy(() -> Fit.epochs(1).shuffle("rows"))
        .hasMessage("shuffle is true, false or \"batch\", not \"rows\"");
  }

  @Test
  void validatesAfterSomeEpochs() {
    assertAsKeras(
        "validated",
        7,
        Fit.epochs(6)
            .batchSize(4)
            .validationData(all.slice(11, 50))
            .validationSteps(2)
            .validationBatchSize(3)
            .validationFreq(List.of(2, 3, 6)));
  }

  @Test
  void evaluatesAndPredictsSomeBatches() {
    Run two = Run.batchSize(4).steps(2).verbose(Verbosity.SILENT);
    Logs logs = model.evaluate(data, two);
    assertClose(golden.get("evaluated"), (float) logs.require("loss"), (float) logs.require("mae"));
    assertClose(golden.get("predicted"), model.predict(data, two).get("y").floats());
    assertClose(
        golden.get("on_batch"),
        model.predictOnBatch(ArrayDataset.of("x", data.get("x"))).get("y").floats());
    model.evaluate(data, Run.batchSize(4).steps(9).verbose(Verbosity.SILENT).output(output));
    assertThat(printed()).isEqualTo("warning: " + EpochIterator.RAN_OUT + "\n");
  }

  // ---- data of unknown length

  /** What a pass over data whose length nobody knows gives, and how the bar shows it. */
  @Test
  void anUnknownLengthIsKnownAfterOnePass() {
    CountedBatches batches = new CountedBatches(3);
    List<String> epochs = new ArrayList<>();
    try (EpochIterator epoch = new EpochIterator(batches, 0, () -> {}, FitStepsTest::failRanOut)) {
      assertThat(epoch.stepsOfEpoch()).isEmpty();
      for (int i = 0; i < 2; i++) {
        epoch.startEpoch(i);
        epochs.add(batches(epoch));
        assertThat(epoch.stepsOfEpoch()).hasValue(3);
      }
    }
    assertThat(epochs).containsExactly("0:0 0:1 0:2", "1:0 1:1 1:2");
    assertThat(batches.open).isZero();
  }

  @Test
  void stepsOverAnUnknownLength() {
    List<String> warnings = new ArrayList<>();
    List<String> epochs = new ArrayList<>();
    try (EpochIterator epoch =
        new EpochIterator(new CountedBatches(4), 2, () -> {}, () -> warnings.add("ran out"))) {
      for (int i = 0; i < 4; i++) {
        epoch.startEpoch(i);
        epochs.add(batches(epoch));
      }
    }
    assertThat(epochs).containsExactly("0:0 0:1", "0:2 0:3", "1:0 1:1", "1:2 1:3");
    assertThat(warnings).isEmpty();
  }

  /** A source that cannot be gone through twice, and an epoch that takes all of it. */
  @Test
  void aSecondPassWithoutRowsIsNoStep() {
    Iterator<ArrayDataset> once =
        IntStream.range(0, 3).mapToObj(i -> data.slice(i, i + 1)).iterator();
    Supplier<Stream<ArrayDataset>> source =
        () -> StreamSupport.stream(Spliterators.spliteratorUnknownSize(once, 0), false);
    List<Integer> batches = new ArrayList<>();
    assertThatThrownBy(
            () ->
                model.fit(
                    StreamDataset.of(data.spec(), source),
                    Fit.epochs(3)
                        .batchSize(1)
                        .stepsPerEpoch(3)
                        .verbose(Verbosity.SILENT)
                        .output(output)
                        .callbacks(
                            new LambdaCallback()
                                .onTrainBatchEnd((batch, logs) -> batches.add(batch)))))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "the data has no rows for epoch 2: every pass must give them again; keep them with"
                + " cache()");
    assertThat(batches).containsExactly(0, 1, 2);
    assertThat(printed()).isEqualTo("warning: " + EpochIterator.RAN_OUT + "\n");
  }

  @Test
  void goesOnInTheMiddle() {
    try (EpochIterator whole = iterator(5, 3);
        EpochIterator resumed = iterator(5, 3)) {
      for (int i = 0; i < 4; i++) {
        whole.startEpoch(i);
        if (i < 3) {
          batches(whole);
        }
      }
      whole.next();
      resumed.resume(whole.position());
      assertThat(resumed.position()).isEqualTo(whole.position());
      assertThat(batches(resumed)).isEqualTo(batches(whole));
    }
  }

  private static EpochIterator iterator(int length, int steps) {
    return new EpochIterator(new CountedBatches(length), steps, () -> {}, () -> {});
  }

  private static void failRanOut() {
    throw new AssertionError("nobody asked for more");
  }

  private static String batches(EpochIterator epoch) {
    List<String> taken = new ArrayList<>();
    while (epoch.next() > 0) {
      EpochIterator.Position at = epoch.position();
      taken.add(at.pass() + ":" + (at.batches() - 1));
    }
    return String.join(" ", taken);
  }

  @Test
  void theBarSaysUnknownUntilTheEpochEnds() {
    ProgbarLogger bar = new ProgbarLogger(Verbosity.BAR, output);
    bar.setParams(new Callback.Params(1, 1, OptionalLong.empty()));
    bar.onTrainBegin();
    bar.onEpochBegin(0);
    bar.onTrainBatchEnd(0, Logs.of(Map.of("loss", 1.0)));
    bar.onTrainBatchEnd(1, Logs.of(Map.of("loss", 1.0)));
    bar.onEpochEnd(0, Logs.of(Map.of("loss", 1.0)));
    assertThat(printed()).contains("1/Unknown").contains("2/2");
  }

  // ---- errors

  @Test
  void aFailureWhileTheFirstBatchIsMadeLeavesTheWeights() {
    HostTensor before = model.variables().get("dense/kernel");
    Batches failing =
        new CountedBatches(3) {
          @Override
          public Pass pass(int epoch) {
            throw new DataException("row 0 cannot be read");
          }
        };
    Training training = new Training(model, Fit.epochs(1), failing, null, data, null);
    assertThatThrownBy(training::run).hasMessage("row 0 cannot be read");
    assertThat(model.variables().get("dense/kernel")).isEqualTo(before);
    assertThat(model.fit(data, Fit.epochs(1).verbose(Verbosity.SILENT)).epochs()).hasSize(1);
  }

  @Test
  void showsBothSidesOfWhatDoesNotFit() {
    ArrayDataset wrong = ArrayDataset.of("x", HostTensor.of(new float[8], 4, 2));
    assertThatThrownBy(() -> model.fit(wrong, Fit.epochs(1)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            """
            the input x of LinearRegression takes rows of shape [3], the data has [2]
            LinearRegression needs the target y: f32[1], which the data lacks
              the model takes: x f32[3], y f32[1]
              the data has:    x f32[2]""");
    assertThatThrownBy(
            () -> model.fit(data, Fit.epochs(1).validationData(wrong).verbose(Verbosity.SILENT)))
        .hasMessageStartingWith("the input x of LinearRegression takes rows of shape [3]");
  }

  @Test
  void anotherThreadEndsTrainingAfterTheBatch() throws InterruptedException {
    List<Integer> batches = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    LambdaCallback stopping =
        new LambdaCallback()
            .onTrainBatchEnd(
                (batch, logs) -> {
                  batches.add(batch);
                  if (batch == 1) {
                    Thread other = new Thread(model::stopTraining);
                    other.start();
                    joined(other);
                  }
                })
            .onTrainEnd(logs -> ends.add("end"));
    History history =
        model.fit(data, Fit.epochs(5).batchSize(2).verbose(Verbosity.SILENT).callbacks(stopping));
    assertThat(batches).containsExactly(0, 1);
    assertThat(history.epochs()).containsExactly(0);
    assertThat(ends).containsExactly("end");
    // The next training is not stopped.
    assertThat(model.fit(data, Fit.epochs(2).verbose(Verbosity.SILENT)).epochs()).hasSize(2);
  }

  private static void joined(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ----

  private void assertAsKeras(String name, long seed, Fit options) {
    model.close();
    model = LinearRegression.create(seed);
    printed.reset();
    History history = model.fit(data, options.verbose(Verbosity.SILENT).output(output));
    assertClose(golden.get(name + "_kernel"), model.variables().get("dense/kernel").floats());
    assertClose(golden.get(name + "_bias"), model.variables().get("dense/bias").floats());
    for (String metric : history.names()) {
      double[] values = history.get(metric);
      float[] floats = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        floats[i] = (float) values[i];
      }
      assertClose(golden.get(name + "_" + metric), floats);
    }
    assertThat(history.epochs().stream().mapToInt(Integer::intValue).toArray())
        .isEqualTo(golden.get(name + "_epochs").ints());
    assertThat(history.params().steps()).hasValue(golden.get(name + "_steps").ints()[0]);
    assertThat(printed())
        .isEqualTo(
            ("warning: " + EpochIterator.RAN_OUT + "\n")
                .repeat(golden.get(name + "_warnings").ints()[0]));
  }

  private static void assertClose(HostTensor expected, float... actual) {
    assertThat(actual).as(() -> Arrays.toString(actual)).hasSize(expected.size());
    for (int i = 0; i < actual.length; i++) {
      float value = expected.floats()[i];
      assertThat(actual[i]).isCloseTo(value, within(TOLERANCE * (1 + Math.abs(value))));
    }
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** So many batches of one row, whose number is not told. */
  private static class CountedBatches implements Batches {
    private final int length;
    private int open;

    CountedBatches(int length) {
      this.length = length;
    }

    @Override
    public OptionalLong count() {
      return OptionalLong.empty();
    }

    @Override
    public Pass pass(int epoch) {
      open++;
      return new Pass() {
        private int taken;

        @Override
        public int next() {
          return taken++ < length ? 1 : 0;
        }

        @Override
        public void fill(Step step) {
          throw new AssertionError("only counted");
        }

        @Override
        public void close() {
          open--;
        }
      };
    }
  }
}
