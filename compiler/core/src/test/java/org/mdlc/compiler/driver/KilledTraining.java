package org.mdlc.compiler.driver;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mdlc.runtime.BackupAndRestore;
import org.mdlc.runtime.CSVLogger;
import org.mdlc.runtime.Callback;
import org.mdlc.runtime.EarlyStopping;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Logs;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.ReduceLROnPlateau;
import org.mdlc.runtime.SavedState;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;

/**
 * The process that {@link KillTest} kills: trains a model, and says after each batch where it is.
 */
final class KilledTraining {
  static final String MODEL =
      """
      model Killed {
        input x: f32[5]
        output y = x |> Dense(8, activation = relu) |> BatchNormalization() |> Dropout(0.3) |> Dense(3)
      }
      train Killed {
        loss SparseCategoricalCrossentropy(from_logits = true)
        metrics "accuracy"
        optimizer Adam(0.02)
      }
      """;

  private static final int ROWS = 75;
  private static final int BATCH = 8; // of 60 rows to train on: the last one has 4

  private KilledTraining() {}

  /**
   * @param args folder for what is written; batches between backups, 0 for epochs, -1 for none;
   *     milliseconds a batch takes at least, -1 for none and large backups
   */
  public static void main(String[] args) throws IOException, ReflectiveOperationException {
    Path folder = Path.of(args[0]);
    try (var model =
        (Model) Class.forName("Killed").getMethod("create", long.class).invoke(null, 11L)) {
      int every = Integer.parseInt(args[1]);
      var callbacks = new ArrayList<Callback>();
      callbacks.add(new CSVLogger(folder.resolve("log.csv")));
      if (every >= 0) {
        var backup = new BackupAndRestore(folder.resolve("backup")).doubleCheckpoint(every == 4);
        callbacks.add(every == 0 ? backup : backup.saveFreq(every));
      }
      callbacks.add(new ReduceLROnPlateau().factor(0.5).patience(1).minDelta(0.05));
      callbacks.add(new EarlyStopping().patience(4).restoreBestWeights(true));
      callbacks.add(new Pace(Integer.parseInt(args[2])));
      var history =
          model.fit(
              data(),
              Fit.epochs(9)
                  .batchSize(BATCH)
                  .validationSplit(0.2)
                  .verbose(Verbosity.SILENT)
                  .callbacks(callbacks.toArray(Callback[]::new)));
      model.saveCheckpoint(folder.resolve("end.safetensors"));
      history.writeCsv(folder.resolve("history.csv"));
    }
  }

  private static ArrayDataset data() {
    float[] x = new float[ROWS * 5];
    int[] y = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      for (int k = 0; k < 5; k++) {
        x[5 * i + k] = (i * 31 + k * 17) % 23 / 23f;
      }
      y[i] = (i * 31 % 23 + i % 4) % 3;
    }
    return ArrayDataset.of("x", HostTensor.of(x, ROWS, 5), "y", HostTensor.of(y, ROWS));
  }

  /**
   * Makes batches slow enough for another process to hit them, and backups large enough to be hit
   * while they are written.
   */
  private static final class Pace implements Callback {
    private static final int BALLAST = 1 << 21;
    private static final int LARGE = 1 << 24;

    private final int millis;
    private final List<HostTensor> ballast = new ArrayList<>();

    Pace(int millis) {
      this.millis = millis;
      ballast.add(HostTensor.zeros(DType.F32, millis < 0 ? LARGE : BALLAST));
    }

    @Override
    public void onTrainBatchEnd(int batch, Logs logs) {
      System.out.println("batch");
      try {
        Thread.sleep(Math.max(0, millis));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void saveState(SavedState state) {
      if (millis != 0) {
        System.out.println("save");
        state.put("ballast", ballast.getFirst());
      }
    }
  }
}
