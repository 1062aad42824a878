package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.SafeTensors;

/** A linear regression against the same one in Keras; see make_fit.py. */
class ModelTest {
  // The order of additions differs from XLA's; a few units in the last place of values near 1.
  private static final float TOLERANCE = 2e-6f;

  private static Map<String, HostTensor> golden = Map.of();
  private static ArrayDataset data = ArrayDataset.of("x", HostTensor.of(new float[3], 1, 3));

  @TempDir private Path folder;
  private LinearRegression model = LinearRegression.create(42);

  @BeforeAll
  static void readGolden() throws IOException {
    golden = TestFiles.golden(ModelTest.class, "fit.npz");
    data = ArrayDataset.of("x", golden("x"), "y", golden("y"));
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void startsWithTheWeightsOfKeras() {
    assertThat(model.variables().get("dense/kernel")).isEqualTo(golden("start_kernel"));
    assertThat(model.variables().get("dense/bias")).isEqualTo(golden("start_bias"));
  }

  @Test
  void fitsAsKeras() {
    History history = model.fit(data, silent(3).batchSize(16).validationSplit(0.2));
    assertThat(history.names()).containsExactly("loss", "mae", "val_loss", "val_mae");
    assertThat(history.epochs()).containsExactly(0, 1, 2);
    assertAsKeras("shuffled", history);

    // The second fit goes on with the shuffles and draws no extra one.
    assertAsKeras("again", model.fit(data, silent(2).batchSize(16)));
    assertClose(
        golden("evaluated"),
        HostTensor.of(
            new float[] {
              (float) model.evaluate(data).require("loss"),
              (float) model.evaluate(data).require("mae")
            },
            2));
    assertClose(golden("predicted"), model.predict(data).get("y"));
  }

  @Test
  void fitsInOrderAsKeras() {
    recreate(7);
    ArrayDataset validation = data.slice(0, 7);
    History history =
        model.fit(
            data,
            silent(4).batchSize(20).shuffle(false).validationData(validation).validationFreq(2));
    assertAsKeras("ordered", history);
    assertThat(history.get("val_loss")).hasSize(2);
  }

  @Test
  void trainsOnBatchAsKeras() {
    recreate(9);
    ArrayDataset batch = data.slice(0, 11);
    for (int i = 0; i < 2; i++) {
      Logs logs = model.trainOnBatch(batch);
      assertThat((float) logs.require("loss"))
          .isCloseTo(expected("on_batch", 2 * i), within(1e-5f));
      assertThat((float) logs.require("mae"))
          .isCloseTo(expected("on_batch", 2 * i + 1), within(1e-5f));
    }
    assertAsKeras("after_batch", model.fit(data, silent(2).batchSize(50)));
    Logs once = model.testOnBatch(data);
    assertThat(model.testOnBatch(data).values()).isEqualTo(once.values());
  }

  @Test
  void callsBackInTheOrderOfKeras() throws IOException {
    Trace trace = new Trace();
    model.fit(data, silent(3).batchSize(16).validationSplit(0.2).callbacks(trace));
    model.evaluate(data, Run.silent().callbacks(trace));
    model.predict(data, Run.silent().callbacks(trace));
    assertThat(String.join("\n", trace.events) + "\n")
        .isEqualTo(TestFiles.text(ModelTest.class, "events.txt"));
  }

  @Test
  void sameSeedGivesTheSameBits() {
    model.fit(data, silent(5));
    HostTensor kernel = model.variables().get("dense/kernel");
    recreate(42);
    model.fit(data, silent(5));
    assertThat(model.variables().get("dense/kernel")).isEqualTo(kernel);
    model.initialize(42);
    assertThat(model.variables().get("dense/kernel")).isEqualTo(golden("start_kernel"));
    model.fit(data, silent(5));
    assertThat(model.variables().get("dense/kernel")).isEqualTo(kernel);
    recreate(43);
    model.fit(data, silent(5));
    assertThat(model.variables().get("dense/kernel")).isNotEqualTo(kernel);
  }

  @Test
  void seedOfFitDecidesTheOrder() {
    model.fit(data, silent(2).seed(5));
    HostTensor kernel = model.variables().get("dense/kernel");
    recreate(42);
    model.fit(data, silent(2).seed(5));
    assertThat(model.variables().get("dense/kernel")).isEqualTo(kernel);
    recreate(42);
    model.fit(data, silent(2));
    assertThat(model.variables().get("dense/kernel")).isNotEqualTo(kernel);
  }

  @Test
  void buildsOneStepForEachBatchSize() {
    model.fit(data, silent(3).batchSize(16).validationSplit(0.2));
    // initialize; train 16 and 8; evaluate 10
    assertThat(model.stepsBuilt()).isEqualTo(4);
    model.fit(data, silent(3).batchSize(16));
    assertThat(model.stepsBuilt()).isEqualTo(5);
    for (int size = 1; size <= 40; size++) {
      model.predict(data.slice(0, size));
    }
    assertThat(model.predict(data).rows()).isEqualTo(50);
  }

  @Test
  void stagesHaveTheirOwnSteps() {
    model.fit(data, silent(1));
    HostTensor trained = model.variables().get("dense/kernel");
    model.fit(data, silent(1).stage(1));
    assertThat(model.variables().get("dense/kernel")).isEqualTo(trained);
    model.fit(data, silent(1));
    assertThat(model.variables().get("dense/kernel")).isNotEqualTo(trained);
    assertThatThrownBy(() -> model.fit(data, silent(1).stage(2)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void savesAndLoadsWeights() throws IOException {
    model.fit(data, silent(1));
    Path file = folder.resolve("weights.safetensors");
    model.saveWeights(file);
    HostTensor predicted = model.predict(data).get("y");
    recreate(1);
    assertThat(model.predict(data).get("y")).isNotEqualTo(predicted);
    LoadReport report = model.loadWeights(file);
    assertThat(report.loaded()).containsExactly("dense/kernel", "dense/bias");
    assertThat(report.unused()).isEmpty();
    assertThat(model.predict(data).get("y")).isEqualTo(predicted);
  }

  @Test
  void aLayerIsLoadedFromAFileOfItsOwn() throws IOException {
    Path file = folder.resolve("dense.safetensors");
    SafeTensors.write(
        file,
        Map.of(
            "kernel", HostTensor.of(new float[] {1, 2, 3}, 3, 1),
            "bias", HostTensor.of(new float[] {4}, 1)));
    LoadReport report = model.loadWeights(file, "dense");
    assertThat(report.loaded()).containsExactly("dense/kernel", "dense/bias");
    assertThat(model.variables().get("dense/bias")).isEqualTo(HostTensor.of(new float[] {4}, 1));
  }

  @Test
  void checkpointContinuesToTheLastBit() throws IOException {
    model.fit(data, silent(2));
    Path file = folder.resolve("all.safetensors");
    model.saveCheckpoint(file);
    model.fit(data, silent(4).initialEpoch(2));
    HostTensor kernel = model.variables().get("dense/kernel");
    recreate(5);
    model.loadCheckpoint(file);
    assertThat(model.variables().scalar("optimizer/iteration")).isEqualTo(4);
    model.fit(data, silent(4).initialEpoch(2));
    assertThat(model.variables().get("dense/kernel")).isEqualTo(kernel);
    // The weights of a checkpoint can be loaded alone.
    assertThat(model.loadWeights(file).unused()).isEmpty();
  }

  @Test
  void aDamagedCheckpointIsRefusedAndChangesNothing() throws IOException {
    Path file = folder.resolve("all.safetensors");
    model.saveCheckpoint(file);
    Map<String, HostTensor> saved = SafeTensors.read(file);
    model.fit(data, silent(1));
    HostTensor before = model.variables().get("dense/kernel");
    int[] beyond = saved.get("__seeds__").ints().clone();
    beyond[beyond.length - 1] = 625;
    Map<String, int[]> damages = Map.of("__shuffle__", new int[] {1, 2, 3}, "__seeds__", beyond);
    for (Map.Entry<String, int[]> damage : damages.entrySet()) {
      Map<String, HostTensor> tensors = new LinkedHashMap<>(saved);
      tensors.put(damage.getKey(), HostTensor.of(damage.getValue(), damage.getValue().length));
      SafeTensors.write(file, tensors);
      assertThatThrownBy(() -> model.loadCheckpoint(file))
          .isInstanceOf(DataException.class)
          .hasMessage(
              file
                  + ": damaged checkpoint: "
                  + damage.getKey()
                  + " is not the state of a random generator");
      assertThat(model.variables().get("dense/kernel")).isEqualTo(before);
    }
  }

  @Test
  void saysWhatDoesNotFitAndChangesNothing() throws IOException {
    Path file = folder.resolve("other.safetensors");
    SafeTensors.write(
        file,
        Map.of(
            "dense/kernel", HostTensor.of(new float[6], 3, 2),
            "conv/kernel", HostTensor.of(new float[1], 1)));
    HostTensor before = model.variables().get("dense/kernel");
    assertThatThrownBy(() -> model.loadWeights(file))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file
                + " does not fit LinearRegression:\n"
                + "  1 missing in the file:\n"
                + "    dense/bias f32[1]\n"
                + "  1 of another type or shape:\n"
                + "    dense/kernel is f32[3, 1] here, f32[3, 2] in the file\n"
                + "  1 in the file but not in the model:\n"
                + "    conv/kernel");
    assertThat(model.variables().get("dense/kernel")).isEqualTo(before);
    Path weights = folder.resolve("weights.safetensors");
    model.saveWeights(weights);
    assertThatThrownBy(() -> model.loadCheckpoint(weights))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("not a checkpoint");
  }

  @Test
  void saysWhatIsWrongWithTheData() {
    assertData(
        ArrayDataset.of("x", golden("x")),
        "LinearRegression needs the target y: f32[1], which the");
    assertData(
        ArrayDataset.of("x", HostTensor.of(new float[100], 50, 2), "y", golden("y")),
        "the input x of LinearRegression takes rows of shape [3], the data has [2]");
    assertData(
        ArrayDataset.of(
            "x", HostTensor.of(new float[0], 0, 3), "y", HostTensor.of(new float[0], 0)),
        "the data has no rows");
    assertThatThrownBy(() -> model.fit(data, silent(1).validationSplit(0.99)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("leaves one part of 50 rows empty");
    assertThatThrownBy(() -> model.initialize(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> model.variables().get("dense/karnel"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("dense/kernel, dense/bias");
    assertThatThrownBy(() -> model.variables().set("dense/bias", HostTensor.of(new float[2], 2)))
        .isInstanceOf(DataException.class)
        .hasMessage("dense/bias is f32[1], the value is f32[2]");
  }

  @Test
  void integersDoForFloats() {
    HostTensor whole = HostTensor.of(new int[] {1, 2, 3, -4, 5, 6}, 2, 3);
    assertThat(model.predict(ArrayDataset.of("x", whole)).get("y"))
        .isEqualTo(model.predict(ArrayDataset.of("x", whole.toFloats())).get("y"));
  }

  @Test
  void stopsEarlyAndRestoresTheBest() {
    model.variables().setScalar("optimizer/learning_rate", 3.0);
    EarlyStopping stopping =
        new EarlyStopping().monitor("loss").patience(2).restoreBestWeights(true);
    History history = model.fit(data, silent(20).callbacks(stopping));
    double[] losses = history.get("loss");
    // A rate of 3 diverges from the start: the first epoch is the best, two more are waited for.
    assertThat(losses).hasSize(3);
    assertThat(losses[1]).isGreaterThan(losses[0]);
    assertThat(stopping.stoppedEpoch()).isEqualTo(2);
    recreate(42);
    model.variables().setScalar("optimizer/learning_rate", 3.0);
    model.fit(data, silent(1));
    HostTensor afterFirst = model.variables().get("dense/kernel");
    recreate(42);
    model.variables().setScalar("optimizer/learning_rate", 3.0);
    model.fit(data, silent(20).callbacks(stopping));
    assertThat(model.variables().get("dense/kernel")).isEqualTo(afterFirst);
  }

  @Test
  void patienceZeroOnAFlatLossStopsAfterTwoEpochs() {
    model.variables().setScalar("optimizer/learning_rate", 0.0);
    // Unshuffled, so that the sums are flat to the last bit.
    assertThat(flatEpochs(new EarlyStopping().monitor("loss"))).isEqualTo(2);
    assertThat(flatEpochs(new EarlyStopping().monitor("loss").patience(2))).isEqualTo(3);
    assertThat(flatEpochs(new EarlyStopping().monitor("loss").startFromEpoch(3))).isEqualTo(5);
    assertThat(flatEpochs(new EarlyStopping().monitor("loss").baseline(1e-9).patience(3)))
        .isEqualTo(3);
  }

  @Test
  void keepsTheBestCheckpoint() throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ModelCheckpoint checkpoint =
        new ModelCheckpoint(folder + "/best-{epoch:02d}-{loss:.1f}.safetensors")
            .monitor("loss")
            .saveBestOnly(true)
            .verbose(true)
            .output(new PrintStream(printed, true, StandardCharsets.UTF_8));
    model.variables().setScalar("optimizer/learning_rate", 0.0);
    History history = model.fit(data, silent(3).shuffle(false).callbacks(checkpoint));
    String loss = String.format(Locale.ROOT, "%.5f", history.last("loss"));
    String file =
        String.format(Locale.ROOT, "%s/best-01-%.1f.safetensors", folder, history.last("loss"));
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "\nEpoch 1: loss improved from None to "
                + loss
                + ", saving model to "
                + file
                + "\n\nEpoch 1: finished saving model to "
                + file
                + "\n\nEpoch 2: loss did not improve from "
                + loss
                + "\n\nEpoch 3: loss did not improve from "
                + loss
                + "\n");
    assertThat(model.loadWeights(Path.of(file)).loaded()).hasSize(2);
  }

  @Test
  void savesCheckpointsByBatches() {
    model.fit(
        data,
        silent(1)
            .batchSize(10)
            .callbacks(
                new ModelCheckpoint(folder + "/{batch:03d}.safetensors")
                    .saveFreq(2)
                    .saveWeightsOnly(false)));
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder("002.safetensors", "004.safetensors");
    assertThatThrownBy(() -> new ModelCheckpoint("best.pkl"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void unknownMonitorNeedsAMode() {
    assertThatThrownBy(
            () -> model.fit(data, silent(1).callbacks(new EarlyStopping().monitor("sharpness"))))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("give the mode, max or min");
  }

  @Test
  void printsAsKeras() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream output = new PrintStream(printed, true, StandardCharsets.UTF_8);
    model.fit(data, Fit.epochs(2).verbose(Verbosity.LINE).output(output));
    model.evaluate(data, Run.batchSize(25).verbose(Verbosity.BAR).output(output));
    String[] lines = printed.toString(StandardCharsets.UTF_8).split("\n", -1);
    assertThat(lines[0]).isEqualTo("Epoch 1/2");
    assertThat(lines[1])
        .matches("2/2 - 0s - \\d+(ms|us)/step - loss: \\d\\.\\d{4} - mae: \\d\\.\\d{4}");
    assertThat(lines[2]).isEqualTo("Epoch 2/2");
    assertThat(lines[4])
        .startsWith("\r\u001b[1m1/2\u001b[0m")
        .contains("\b\r\u001b[1m2/2\u001b[0m");
    assertThat(lines).hasSize(6);
  }

  /** The tests run without a terminal. */
  @Test
  void withoutATerminalAnEpochIsOneLine() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream output = new PrintStream(printed, true, StandardCharsets.UTF_8);
    model.fit(data, Fit.epochs(2).output(output));
    model.fit(data, Fit.epochs(1).output(output));
    String line = "2/2 - 0s - \\d+(ms|us)/step - loss: \\d\\.\\d{4} - mae: \\d\\.\\d{4}\n";
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .matches("Epoch 1/2 - " + line + "Epoch 2/2 - " + line + line);
  }

  @Test
  void writesHistoryAsCsv() throws IOException {
    model.variables().setScalar("optimizer/learning_rate", 0.0);
    History history =
        model.fit(data, silent(2).shuffle(false).validationSplit(0.5).validationFreq(2));
    Path file = folder.resolve("history.csv");
    history.writeCsv(file);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.getFirst()).isEqualTo("epoch,loss,mae,val_loss,val_mae");
    assertThat(lines.get(1))
        .isEqualTo("0," + history.get("loss")[0] + "," + history.get("mae")[0] + ",NA,NA");
    assertThat(lines.get(2)).startsWith("1,").doesNotContain("NA");
    assertThatThrownBy(() -> history.get("accuracy")).isInstanceOf(DataException.class);
  }

  @Test
  void closedModelFailsCleanly() {
    LinearRegression closed = LinearRegression.create(0);
    closed.predict(data);
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.predict(data))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(closed.spec().name() + " is closed");
  }

  private int flatEpochs(EarlyStopping stopping) {
    return model.fit(data, silent(10).shuffle(false).callbacks(stopping)).epochs().size();
  }

  private void assertData(ArrayDataset wrong, String message) {
    assertThatThrownBy(() -> model.fit(wrong, silent(1)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(message);
  }

  private void recreate(long seed) {
    model.close();
    model = LinearRegression.create(seed);
  }

  private void assertAsKeras(String name, History history) {
    assertClose(golden(name + "_kernel"), model.variables().get("dense/kernel"));
    assertClose(golden(name + "_bias"), model.variables().get("dense/bias"));
    for (String metric : history.names()) {
      double[] values = history.get(metric);
      float[] expected = golden(name + "_" + metric).floats();
      assertThat(values).hasSameSizeAs(expected);
      for (int i = 0; i < values.length; i++) {
        assertThat((float) values[i])
            .as("%s of epoch %d", metric, i)
            .isCloseTo(expected[i], within(TOLERANCE * (1 + Math.abs(expected[i]))));
      }
    }
  }

  private static void assertClose(HostTensor expected, HostTensor actual) {
    assertThat(actual.size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.floats()[i])
          .isCloseTo(
              expected.floats()[i], within(TOLERANCE * (1 + Math.abs(expected.floats()[i]))));
    }
  }

  private static float expected(String name, int index) {
    return golden(name).floats()[index];
  }

  private static HostTensor golden(String name) {
    return golden.get(name);
  }

  private static Fit silent(int epochs) {
    return Fit.epochs(epochs).verbose(Verbosity.SILENT);
  }

  /** Writes down every event with the names in its logs. */
  private static final class Trace implements Callback {
    private final List<String> events = new ArrayList<>();

    private void log(String event, Logs logs) {
      events.add(
          logs.values().isEmpty() ? event : event + " " + String.join(" ", logs.values().keySet()));
    }

    private void log(String event) {
      log(event, Logs.empty());
    }

    @Override
    public void onTrainBegin() {
      log("train_begin");
    }

    @Override
    public void onTrainEnd(Logs logs) {
      log("train_end", logs);
    }

    @Override
    public void onEpochBegin(int epoch) {
      log("epoch_begin " + epoch);
    }

    @Override
    public void onEpochEnd(int epoch, Logs logs) {
      log("epoch_end " + epoch, logs);
    }

    @Override
    public void onTrainBatchBegin(int batch) {
      log("train_batch_begin " + batch);
    }

    @Override
    public void onTrainBatchEnd(int batch, Logs logs) {
      log("train_batch_end " + batch, logs);
    }

    @Override
    public void onTestBegin() {
      log("test_begin");
    }

    @Override
    public void onTestEnd(Logs logs) {
      log("test_end", logs);
    }

    @Override
    public void onTestBatchBegin(int batch) {
      log("test_batch_begin " + batch);
    }

    @Override
    public void onTestBatchEnd(int batch, Logs logs) {
      log("test_batch_end " + batch, logs);
    }

    @Override
    public void onPredictBegin() {
      log("predict_begin");
    }

    @Override
    public void onPredictEnd() {
      log("predict_end");
    }

    @Override
    public void onPredictBatchBegin(int batch) {
      log("predict_batch_begin " + batch);
    }

    @Override
    public void onPredictBatchEnd(int batch) {
      log("predict_batch_end " + batch);
    }
  }
}
