package org.mdlc.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;

/**
 * Lets training that was killed go on where it was, to the last bit; Keras's {@code
 * BackupAndRestore}. What it keeps is everything the rest of the run depends on: variables, epoch
 * and batch, sums of the metrics, generators, the order of the rows, the history and what the other
 * callbacks {@linkplain Callback#saveState remember}. The same {@link Model#fit} called again, in
 * this process or another, finds it and goes on; training that ends by itself deletes it. What
 * {@link Model#stopTraining} ends from outside may go on, too.
 *
 * <p>A backup is a file, {@code training.safetensors} in a folder of its own, that replaces the one
 * before only when it is complete and on the disk. {@link Model#loadCheckpoint} reads it, too. Data
 * that is not in memory must give the same rows again; a backup of another {@linkplain
 * org.mdlc.runtime.data.Dataset#order order} is refused. Each setter changes this object and
 * returns it.
 */
public final class BackupAndRestore implements Callback {
  private static final String FILE = "training.safetensors";
  private static final String PREVIOUS = "training.previous.safetensors";

  private final Path folder;
  private int everyBatches;
  private boolean doubleCheckpoint;
  private boolean deleteCheckpoint = true;
  private int batchesSinceSave;

  /**
   * Keeps backups in {@code backupDir}, which is made if it is missing.
   *
   * @throws IllegalArgumentException if the path is empty
   */
  public BackupAndRestore(Path backupDir) {
    if (backupDir.toString().isEmpty()) {
      throw new IllegalArgumentException("backupDir is empty; name a folder for the backups");
    }
    folder = backupDir;
  }

  /** Saves after every so many batches instead of after each epoch. */
  public BackupAndRestore saveFreq(int batches) {
    if (batches < 1) {
      throw new IllegalArgumentException("saveFreq is at least 1, not " + batches);
    }
    everyBatches = batches;
    return this;
  }

  /** Whether the backup before the last is kept too, for when the last cannot be read. */
  public BackupAndRestore doubleCheckpoint(boolean keepTwo) {
    doubleCheckpoint = keepTwo;
    return this;
  }

  Path folder() {
    return folder;
  }

  /** Whether training that ends by itself deletes its backup; true unless set. */
  public BackupAndRestore deleteCheckpoint(boolean delete) {
    deleteCheckpoint = delete;
    return this;
  }

  /**
   * The one among callbacks, if there is one.
   *
   * @throws IllegalArgumentException if there are two
   */
  static @Nullable BackupAndRestore among(List<Callback> callbacks) {
    List<BackupAndRestore> found =
        callbacks.stream()
            .filter(BackupAndRestore.class::isInstance)
            .map(BackupAndRestore.class::cast)
            .toList();
    if (found.size() > 1) {
      throw new IllegalArgumentException(
          "one BackupAndRestore is enough; there are " + found.size() + " among the callbacks");
    }
    return found.isEmpty() ? null : found.getFirst();
  }

  /**
   * Brings training to where the backup was made.
   *
   * @return whether there is a backup
   * @throws DataException if the backup is of another training, or damaged
   */
  boolean restore(Training training) {
    batchesSinceSave = 0;
    try {
      deletePartial();
      Backup backup = read();
      if (backup == null) {
        return false;
      }
      backup.restore(training);
      return true;
    } catch (IOException e) {
      throw failure("read", e);
    }
  }

  private @Nullable Backup read() throws IOException {
    Path latest = folder.resolve(FILE);
    Path previous = folder.resolve(PREVIOUS);
    if (Files.exists(latest)) {
      try {
        return Backup.read(latest);
      } catch (DataException e) {
        if (!Files.exists(previous)) {
          throw e;
        }
      }
    }
    return Files.exists(previous) ? Backup.read(previous) : null;
  }

  /** After all callbacks have been told of a batch. */
  void afterBatch(Training training) {
    if (everyBatches > 0 && ++batchesSinceSave >= everyBatches) {
      batchesSinceSave = 0;
      save(training);
    }
  }

  /** After all callbacks have been told of an epoch. */
  void afterEpoch(Training training) {
    if (everyBatches == 0) {
      save(training);
    }
  }

  /** After training. */
  void finish(boolean interrupted) {
    if (!deleteCheckpoint || interrupted || !Files.isDirectory(folder)) {
      return;
    }
    try {
      Files.deleteIfExists(folder.resolve(PREVIOUS));
      Files.deleteIfExists(folder.resolve(FILE));
      deletePartial();
      if (isEmpty()) {
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw failure("deleted", e);
    }
  }

  private void save(Training training) {
    try {
      Files.createDirectories(folder);
      Path latest = folder.resolve(FILE);
      if (doubleCheckpoint && Files.exists(latest)) {
        // Killed here, the previous one is the only one and does.
        Files.move(
            latest,
            folder.resolve(PREVIOUS),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
      Backup.write(latest, training);
    } catch (IOException e) {
      throw failure("written", e);
    }
  }

  /** What was being written when training was killed. */
  private void deletePartial() throws IOException {
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "." + FILE + ".*.part")) {
        for (Path part : parts) {
          Files.delete(part);
        }
      }
    }
  }

  private boolean isEmpty() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      return !files.iterator().hasNext();
    }
  }

  private UncheckedIOException failure(String what, IOException e) {
    return new UncheckedIOException(
        "the backup in " + folder + " cannot be " + what + ": " + e.getMessage(), e);
  }
}
