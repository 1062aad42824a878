package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.utils.TimeseriesDatasetFromArray;

/** Training that fails goes on, from any batch, as if it had not; what does not fit is refused. */
class BackupAndRestoreTest {
  private static final int EPOCHS = 4;

  @TempDir private Path folder;
  private Path backups = Path.of("none");
  private LinearRegression model = LinearRegression.create(3);

  @BeforeEach
  void name() {
    backups = folder.resolve("backups");
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static ArrayDataset data(int rows) {
    float[] x = new float[rows * 3];
    float[] y = new float[rows];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < 3; k++) {
        x[i * 3 + k] = (i * 7 + k * 5) % 11 / 11f;
      }
      y[i] = 2 * x[3 * i] - x[3 * i + 1] + 0.5f + i % 3 * 0.1f;
    }
    return ArrayDataset.of("x", HostTensor.of(x, rows, 3), "y", HostTensor.of(y, rows, 1));
  }

  private static Fit options(Callback... callbacks) {
    return Fit.epochs(EPOCHS)
        .batchSize(4)
        .validationSplit(0.25)
        .verbose(Verbosity.SILENT)
        .output(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))
        .callbacks(callbacks);
  }

  private BackupAndRestore backup() {
    return new BackupAndRestore(backups);
  }

  /** A model that starts as the other did, as another process would. */
  private void restart() {
    model.close();
    model = LinearRegression.create(3);
  }

  private void failAt(Fit options, int batches) {
    int[] left = {batches};
    LambdaCallback failing =
        new LambdaCallback()
            .onTrainBatchEnd(
                (batch, logs) -> {
                  if (left[0]-- == 0) {
                    throw new TrainingException("out of power");
                  }
                });
    assertThatThrownBy(() -> model.fit(data(24), options.callbacks(failing)))
        .hasMessage("out of power");
  }

  // 18 rows to train on: batches of 4, 4, 4, 4, 2.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7})
  void goesOnFromAnyBatch(int every) throws IOException {
    History whole = model.fit(data(24), options(stopping(), slowing()));
    byte[] end = checkpoint();
    assertThat(whole.epochs()).hasSizeGreaterThan(1);
    for (int failure = 0; failure < 5 * whole.epochs().size(); failure++) {
      restart();
      failAt(options(stopping(), backup().saveFreq(every), slowing()), failure);
      restart();
      History resumed =
          model.fit(data(24), options(stopping(), backup().saveFreq(every), slowing()));
      assertThat(checkpoint()).as("after batch %d", failure).isEqualTo(end);
      assertSame(resumed, whole);
      assertThat(backups).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"steps", "batch", "ordered", "epoch"})
  void goesOnInAnyOrder(String kind) throws IOException {
    model.fit(data(24), ordered(kind, options()));
    byte[] end = checkpoint();
    for (int failure = 0; failure < 11; failure += 3) {
      restart();
      BackupAndRestore backup = kind.equals("epoch") ? backup() : backup().saveFreq(2);
      failAt(ordered(kind, options(backup)), failure);
      restart();
      model.fit(data(24), ordered(kind, options(backup)));
      assertThat(checkpoint()).as("after batch %d", failure).isEqualTo(end);
    }
  }

  private static Fit ordered(String kind, Fit options) {
    return switch (kind) {
      case "steps" -> options.stepsPerEpoch(3);
      case "batch" -> options.shuffle("batch").stepsPerEpoch(4);
      case "ordered" -> options.shuffle(false).initialEpoch(1);
      default -> options;
    };
  }

  private static EarlyStopping stopping() {
    return new EarlyStopping().patience(2).minDelta(0.005).restoreBestWeights(true);
  }

  private static ReduceLROnPlateau slowing() {
    return new ReduceLROnPlateau().patience(1).factor(0.5).minDelta(0.1);
  }

  private byte[] checkpoint() throws IOException {
    Path file = folder.resolve("end.safetensors");
    model.saveCheckpoint(file);
    return Files.readAllBytes(file);
  }

  private static void assertSame(History resumed, History whole) {
    assertThat(resumed.epochs()).isEqualTo(whole.epochs());
    assertThat(resumed.names()).isEqualTo(whole.names());
    for (String name : whole.names()) {
      assertThat(resumed.get(name)).isEqualTo(whole.get(name));
    }
  }

  // ---- what is left behind

  /** In Keras the second fit runs no epoch: the start of the first is left in the model. */
  @Test
  void theNextFitBeginsAtItsStart() {
    failAt(options(backup()), 12);
    assertThat(model.fit(data(24), options(backup())).epochs()).containsExactly(0, 1, 2, 3);
    assertThat(backups).doesNotExist();
    assertThat(model.fit(data(24), options(backup())).epochs()).hasSize(EPOCHS);
    assertThat(model.fit(data(24), options()).epochs()).hasSize(EPOCHS);
  }

  @Test
  void aKeptBackupLetsALongerTrainingGoOn() throws IOException {
    model.fit(data(24), options());
    model.fit(data(24), options().withEpochs(7).initialEpoch(EPOCHS));
    byte[] end = checkpoint();
    restart();
    model.fit(data(24), options(backup().deleteCheckpoint(false)));
    restart();
    Files.writeString(backups.resolve("notes.txt"), "of the user");
    History history = model.fit(data(24), options(backup()).withEpochs(7));
    assertThat(history.epochs()).hasSize(7);
    assertThat(checkpoint()).isEqualTo(end);
    // Only its own files are deleted.
    assertThat(backups.resolve("notes.txt")).exists();
    assertThat(backups.resolve("training.safetensors")).doesNotExist();
  }

  @Test
  void aBackupThatIsPastTheEpochsAskedForStays() {
    failAt(options(backup()), 18);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Fit fewer =
        options(backup())
            .withEpochs(1)
            .verbose(Verbosity.LINE)
            .output(new PrintStream(said, true, StandardCharsets.UTF_8));
    model.fit(data(24), fewer);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("more than 1: it stays");
    assertThat(backups.resolve("training.safetensors")).exists();
    restart();
    assertThat(model.fit(data(24), options(backup())).epochs()).hasSize(EPOCHS);
  }

  @Test
  void whatSomebodyOutsideEndsCanGoOn() throws IOException {
    model.fit(data(24), options());
    byte[] end = checkpoint();
    restart();
    int[] batches = {0};
    LambdaCallback other =
        new LambdaCallback()
            .onTrainBatchEnd(
                (batch, logs) -> {
                  if (++batches[0] == 7) {
                    Thread stopping = new Thread(model::stopTraining);
                    stopping.start();
                    try {
                      stopping.join();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }
                });
    assertThat(model.fit(data(24), options(backup(), other)).epochs()).containsExactly(0, 1);
    assertThat(backups).exists();
    restart();
    assertThat(model.fit(data(24), options(backup())).epochs()).containsExactly(0, 1, 2, 3);
    assertThat(checkpoint()).isEqualTo(end);
    assertThat(backups).doesNotExist();
  }

  /** Ctrl-C before training has begun is told to it when it begins, on its own thread. */
  @Test
  void anInterruptBeforeTrainingKeepsTheBackup() throws IOException {
    model.fit(data(24), options());
    byte[] end = checkpoint();
    restart();
    LambdaCallback replaying = new LambdaCallback().onTrainBegin(() -> model.interruptTraining());
    assertThat(model.fit(data(24), options(backup().saveFreq(1), replaying)).epochs()).hasSize(1);
    assertThat(backups.resolve("training.safetensors")).exists();
    restart();
    model.fit(data(24), options(backup().saveFreq(1)));
    assertThat(checkpoint()).isEqualTo(end);
    assertThat(backups).doesNotExist();
  }

  @Test
  void aCallbackThatEndsTrainingEndsItForGood() {
    LambdaCallback ending =
        new LambdaCallback().onTrainBatchEnd((batch, logs) -> model.stopTraining());
    model.fit(data(24), options(backup(), ending));
    assertThat(backups).doesNotExist();
  }

  // ---- what does not fit

  @Test
  void theBackupOfAnotherTrainingIsRefused() throws IOException {
    failAt(options(backup()), 12);
    byte[] before = checkpoint();
    assertRefused(24, options(backup()).batchSize(8), "batch size: 4 in the backup, 8 now");
    assertRefused(24, options(backup()).shuffle(false), "shuffle: rows in the backup, none now");
    assertRefused(23, options(backup()), "training data: 18 elements of x f32[3], y f32[1]");
    assertRefused(
        24, options(backup()).validationData(data(5)), "training data: 18 elements of x f32[3]");
    HostTensor values = data(24).get("x").times(2);
    assertThatThrownBy(() -> model.fit(data(24).with("x", values), options(backup())))
        .hasMessageContaining("checksum");
    assertThat(checkpoint()).isEqualTo(before);
    model.initialize(5);
    assertRefused(24, options(backup()), "seed of the model: 3 in the backup, 5 now");
  }

  /** Rows that another process would give in another order. */
  @Test
  void anotherOrderIsRefused() {
    ArrayDataset rows = data(24);
    assertOrderRefused(rows.shuffle(1).batch(4), rows.shuffle(2).batch(4), "shuffled with seed 1");
    assertOrderRefused(
        rows.map(row -> row).shuffle(8, 1).batch(4).prefetch(1, 2),
        rows.map(row -> row).shuffle(8, 2).batch(4).prefetch(1, 2),
        "shuffled in a buffer of 8 with seed 1");
    assertOrderRefused(windows(1), windows(2), "windows in order ");
  }

  private void assertOrderRefused(Dataset before, Dataset now, String order) {
    restart();
    LambdaCallback failing =
        new LambdaCallback()
            .onEpochBegin(
                epoch -> {
                  if (epoch == 1) {
                    throw new TrainingException("out of power");
                  }
                });
    assertThatThrownBy(() -> model.fit(before, twoEpochs(backup(), failing)))
        .hasMessage("out of power");
    restart();
    assertThatThrownBy(() -> model.fit(now, twoEpochs(backup())))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is of another training")
        .hasMessageContaining(order);
    assertThat(model.fit(before, twoEpochs(backup())).epochs()).hasSize(2);
  }

  private static Fit twoEpochs(Callback... callbacks) {
    return Fit.epochs(2).verbose(Verbosity.SILENT).callbacks(callbacks);
  }

  private static Dataset windows(long seed) {
    ArrayDataset rows = data(24);
    return TimeseriesDatasetFromArray.of(rows.get("x"), rows.get("y"), 1)
        .batchSize(4)
        .shuffle(true)
        .seed(seed)
        .names("x", "y")
        .load()
        .map(
            DataSpec.of(data(1)),
            row -> ArrayDataset.of("x", row.get("x").reshape(row.rows(), 3), "y", row.get("y")));
  }

  private void assertRefused(int rows, Fit options, String difference) {
    assertThatThrownBy(() -> model.fit(data(rows), options))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            "the backup "
                + backups.resolve("training.safetensors")
                + " is of another training; delete it to begin anew, or name another folder:\n")
        .hasMessageContaining(difference);
  }

  @Test
  void theStateOfACallbackIsNotLost() {
    failAt(options(backup(), new EarlyStopping().patience(9)), 12);
    assertThatThrownBy(() -> model.fit(data(24), options(backup())))
        .hasMessageContaining("other callbacks; it also had EarlyStopping. Add them");
    // One that is new begins anew.
    assertThat(
            model
                .fit(data(24), options(backup(), new EarlyStopping(), slowing()))
                .get("learning_rate"))
        .isNotEmpty();
    assertThatThrownBy(() -> model.fit(data(24), options(backup(), backup())))
        .hasMessageContaining("one BackupAndRestore is enough");
  }

  @Test
  void aDamagedBackupGivesWayToTheOneBefore() throws IOException {
    model.fit(data(24), options());
    byte[] end = checkpoint();
    Path latest = backups.resolve("training.safetensors");
    for (boolean two : new boolean[] {true, false}) {
      restart();
      failAt(options(backup().doubleCheckpoint(two)), 12);
      Files.write(latest, Arrays.copyOf(Files.readAllBytes(latest), 1000));
      Files.writeString(backups.resolve(".training.safetensors.1234.part"), "half a backup");
      restart();
      if (two) {
        model.fit(data(24), options(backup().doubleCheckpoint(true)));
        assertThat(checkpoint()).isEqualTo(end);
        assertThat(backups).doesNotExist();
      } else {
        assertThatThrownBy(() -> model.fit(data(24), options(backup())))
            .isInstanceOf(DataException.class)
            .hasMessageStartingWith("the backup " + latest + " cannot be read; delete it");
      }
    }
  }

  @Test
  void checksItsArguments() {
    assertThatThrownBy(() -> new BackupAndRestore(Path.of("")))
        .hasMessage("backupDir is empty; name a folder for the backups");
    assertThatThrownBy(() -> backup().saveFreq(0)).hasMessage("saveFreq is at least 1, not 0");
  }

  // ---- callbacks of users

  @Test
  void callbacksOfUsersGoOn() {
    model.fit(data(24), options(new Counting()));
    Counting interrupted = new Counting();
    restart();
    failAt(options(backup().saveFreq(3), interrupted), 8);
    restart();
    Counting resumed = new Counting();
    model.fit(data(24), options(backup().saveFreq(3), resumed));
    assertThat(resumed.seen).hasSize(20);
    assertThat(resumed.places).containsExactly("epoch 1, 1 done");
    assertThat(resumed.note).isEqualTo("größer");
    assertThat(resumed.nothing).isEmpty();
  }

  private static final class Counting implements Callback {
    private final List<Double> seen = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    private String note = "größer";
    private OptionalDouble nothing = OptionalDouble.of(1);

    @Override
    public void onTrainBatchEnd(int batch, Logs logs) {
      seen.add(logs.require("loss"));
    }

    @Override
    public void saveState(SavedState state) {
      state.put("seen", seen.stream().mapToDouble(Double::doubleValue).toArray());
      state.put("note", note);
      state.put("nothing", OptionalDouble.empty());
    }

    @Override
    public void onTrainResume(SavedState state) {
      places.add("epoch " + state.epoch() + ", " + state.batches() + " done");
      for (double loss : state.numbers("seen")) {
        seen.add(loss);
      }
      note = state.text("note");
      nothing = state.optional("nothing");
      assertThatThrownBy(() -> state.number("loss"))
          .hasMessageContaining("a callback's state has no loss");
    }
  }
}
