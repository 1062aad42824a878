package org.mdlc.cli;

import java.io.IOException;
import java.util.Optional;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.runtime.data.ArrayDataset;

/**
 * Rows by what they are for.
 *
 * @param training with the share that {@code validation_split} sets aside later
 * @param validation of a source of their own
 * @param test never seen in training
 */
record TrainingParts(
    ArrayDataset training, Optional<ArrayDataset> validation, Optional<ArrayDataset> test) {

  /** Reads all rows that the train block names; {@code rows} are the training rows. */
  static TrainingParts read(RunningModel running, RowSource rows, ModelOptions options)
      throws IOException {
    var settings = Trainer.settings(running.bound());
    var data = readAll(running, rows);
    var validation = fromSource(running, settings.validation(), options);
    if (settings.holdout().isPresent()) {
      return new TrainingParts(data, validation, fromSource(running, settings.holdout(), options));
    }
    double share = settings.data().map(DataSource::holdout).orElse(0.0);
    if (share == 0) {
      return new TrainingParts(data, validation, Optional.empty());
    }
    var split = data.split(share);
    return new TrainingParts(split.first(), validation, Optional.of(split.last()));
  }

  private static Optional<ArrayDataset> fromSource(
      RunningModel running, Optional<DataSource> source, ModelOptions options) throws IOException {
    return source.isEmpty()
        ? Optional.empty()
        : Optional.of(readAll(running, new BlockRows(_ -> source.get(), options::besideFile)));
  }

  private static ArrayDataset readAll(RunningModel running, RowSource rows) throws IOException {
    return rows.read(running.bound(), running.model().spec(), true);
  }
}
