package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** Keras's callbacks that set the learning rate, write logs and end training. */
class CallbacksTest {
  private static final String RATE = "optimizer/learning_rate";

  /** 40 rows, y = 2 a - b + 0.5. */
  private static final ArrayDataset DATA = data(40);

  @TempDir Path folder;
  private final LinearRegression model = LinearRegression.create(42);
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream output = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private static ArrayDataset data(int rows) {
    float[] x = new float[rows * LinearRegression.FEATURES];
    float[] y = new float[rows];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < LinearRegression.FEATURES; k++) {
        x[i * LinearRegression.FEATURES + k] = (i * 7 + k * 5) % 11 / 11f;
      }
      y[i] = 2 * x[3 * i] - x[3 * i + 1] + 0.5f;
    }
    return ArrayDataset.of("x", HostTensor.of(x, rows, 3), "y", HostTensor.of(y, rows, 1));
  }

  @AfterEach
  void free() {
    model.close();
  }

  private static Fit silent(int epochs) {
    return Fit.epochs(epochs).verbose(Verbosity.SILENT).shuffle(false);
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  // ---- the learning rate

  /** The same rates come from Keras 3.15.1 for these losses. */
  @Test
  void theRateIsLoweredOnAPlateau() {
    var losses = List.of(5.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 3.9999, 3.0);
    var reduce =
        new ReduceLROnPlateau()
            .monitor("plateau")
            .mode(MonitorMode.MIN)
            .patience(2)
            .factor(0.5)
            .cooldown(1)
            .verbose(true)
            .output(output);
    var history =
        model.fit(
            DATA,
            silent(losses.size())
                .callbacks(
                    new LambdaCallback()
                        .onEpochEnd((epoch, logs) -> logs.put("plateau", losses.get(epoch))),
                    reduce));
    // The rate of an epoch is logged before it is lowered. One rest: the counting begins anew after
    // it.
    assertThat(history.get("learning_rate"))
        .containsExactly(rates(0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125, 0.00625));
    assertThat(printed())
        .contains("\nEpoch 4: ReduceLROnPlateau reducing learning rate to 0.025")
        .contains("\nEpoch 6: ReduceLROnPlateau reducing learning rate to 0.0125");
  }

  private static double[] rates(double... rates) {
    double[] rounded = new double[rates.length];
    for (int i = 0; i < rates.length; i++) {
      rounded[i] = (float) rates[i];
    }
    return rounded;
  }

  @Test
  void theRateHasAFloor() {
    var reduce =
        new ReduceLROnPlateau().monitor("flat").mode(MonitorMode.MIN).patience(1).minLr(0.004);
    model.fit(
        DATA,
        silent(6)
            .callbacks(
                new LambdaCallback().onEpochEnd((epoch, logs) -> logs.put("flat", 1)), reduce));
    assertThat(model.variables().scalar(RATE)).isEqualTo((float) 0.004);
    assertThatThrownBy(() -> new ReduceLROnPlateau().factor(1))
        .hasMessage("factor is below 1, not 1.0");
  }

  @Test
  void aPlateauOfWhatIsNotMeasuredIsSaid() {
    model.fit(
        DATA, silent(1).callbacks(new ReduceLROnPlateau().monitor("val_loss").output(output)));
    assertThat(printed())
        .isEqualTo(
            "warning: the learning rate depends on val_loss, which is not measured; there are"
                + " loss, mae, learning_rate\n");
  }

  @Test
  void aScheduleSetsTheRate() {
    var history =
        model.fit(
            DATA,
            silent(3)
                .callbacks(
                    new LearningRateScheduler((epoch, rate) -> epoch == 0 ? 0.25 : rate / 2)
                        .verbose(true)
                        .output(output)));
    assertThat(history.get("learning_rate")).containsExactly(0.25, 0.125, 0.0625);
    assertThat(printed())
        .startsWith("\nEpoch 1: LearningRateScheduler setting learning rate to 0.25.\n");
  }

  // ---- ends

  @Test
  void anInfiniteLossEndsTraining() {
    model.variables().setScalar(RATE, 1e30);
    var history =
        model.fit(DATA, silent(50).batchSize(8).callbacks(new TerminateOnNaN().output(output)));
    assertThat(history.epochs()).hasSize(1);
    assertThat(printed()).matches("Batch \\d: Invalid loss, terminating training\n");
    model.initialize(42);
    model.variables().setScalar(RATE, 1e30);
    assertThatThrownBy(
            () -> model.fit(DATA, silent(50).callbacks(new TerminateOnNaN().raiseError(true))))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("at batch");
  }

  // ---- logs

  @Test
  void writesALinePerEpoch() throws IOException {
    var file = folder.resolve("log.csv");
    var history = model.fit(DATA, silent(2).validationSplit(0.25).callbacks(new CSVLogger(file)));
    assertThat(Files.readString(file))
        .isEqualTo("epoch,loss,mae,val_loss,val_mae\r\n" + row(0, history) + row(1, history));
    model.fit(DATA, silent(1).validationSplit(0.25).callbacks(new CSVLogger(file).append(true)));
    assertThat(Files.readAllLines(file)).hasSize(4).last().asString().startsWith("0,");
  }

  private static String row(int epoch, History history) {
    var cells = new ArrayList<String>(List.of(Integer.toString(epoch)));
    history.names().forEach(n -> cells.add(Double.toString(history.get(n)[epoch])));
    return String.join(",", cells) + "\r\n";
  }

  /** Validation every second epoch: Keras makes its columns in the first all the same. */
  @Test
  void leavesRoomForValidation() throws IOException {
    var file = folder.resolve("log.csv");
    model.fit(
        DATA,
        silent(2)
            .validationSplit(0.25)
            .validationFreq(2)
            .callbacks(new CSVLogger(file).separator(';')));
    var lines = Files.readAllLines(file);
    assertThat(lines.get(0)).isEqualTo("epoch;loss;mae;val_loss;val_mae");
    assertThat(lines.get(1)).endsWith(";NA;NA");
    assertThat(lines.get(2)).doesNotContain("NA");
  }

  @Test
  void namesTheFileThatCannotBeWritten() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "no folder").resolve("log.csv");
    assertThatThrownBy(() -> model.fit(DATA, silent(1).callbacks(new CSVLogger(file))))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("the log " + file + " cannot be written");
  }

  @Test
  void makesTheFolderOfTheLog() {
    var file = folder.resolve("made/log.csv");
    model.fit(DATA, silent(1).callbacks(new CSVLogger(file)));
    assertThat(file).content().startsWith("epoch,");
  }

  @Test
  void functionsAreCalledInOrder() {
    var events = new ArrayList<String>();
    model.fit(
        DATA,
        silent(1)
            .batchSize(20)
            .callbacks(
                new LambdaCallback()
                    .onTrainBegin(() -> events.add("train"))
                    .onEpochBegin(e -> events.add("epoch " + e))
                    .onTrainBatchBegin(b -> events.add("batch " + b))
                    .onTrainBatchEnd((b, logs) -> events.add("end of batch " + b))
                    .onEpochEnd((e, logs) -> events.add("end of epoch " + e))
                    .onTrainEnd(logs -> events.add("end"))));
    assertThat(events)
        .containsExactly(
            "train",
            "epoch 0",
            "batch 0",
            "end of batch 0",
            "batch 1",
            "end of batch 1",
            "end of epoch 0",
            "end");
  }
}
