package org.mdlc.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.IndexedDataset;

/**
 * Rows by what they are for.
 *
 * @param training with the share that {@code validation_split} sets aside later, if they are in
 *     memory; otherwise it is in {@code validation} already
 * @param validation of a source of their own
 * @param test never seen in training
 */
record TrainingParts(Dataset training, Optional<Dataset> validation, Optional<Dataset> test) {

  /** Reads all rows that the train block names; {@code rows} are the training rows. */
  static TrainingParts read(
      RunningModel running, RowSource rows, ModelOptions options, Categories categories)
      throws IOException {
    var settings = Trainer.settings(running.bound());
    var data = readAll(running, rows);
    var validation = fromSource(running, settings.validation(), options, categories);
    if (settings.holdout().isPresent()) {
      var test = fromSource(running, settings.holdout(), options, categories);
      return new TrainingParts(data, validation, test).split(settings.validationSplit());
    }
    double share = settings.data().map(DataSource::holdout).orElse(0.0);
    if (share == 0) {
      return new TrainingParts(data, validation, Optional.empty())
          .split(settings.validationSplit());
    }
    var parts = parts(data, share);
    return new TrainingParts(parts.getFirst(), validation, Optional.of(parts.getLast()))
        .split(settings.validationSplit());
  }

  /** Rows that are not in memory cannot be parted any more once training has begun. */
  private TrainingParts split(double share) {
    if (share == 0 || validation.isPresent() || training instanceof ArrayDataset) {
      return this;
    }
    var parts = parts(training, share);
    return new TrainingParts(parts.getFirst(), Optional.of(parts.getLast()), test);
  }

  /** The first rows and the last ones, of which there is a share. */
  private static List<? extends Dataset> parts(Dataset data, double share) {
    return switch (data) {
      case ArrayDataset arrays -> {
        var split = arrays.split(share);
        yield List.of(split.first(), split.last());
      }
      case IndexedDataset rows -> {
        long first = (long) Math.floor(rows.count() * (1 - share));
        yield rows.split(first, rows.count() - first);
      }
      default -> throw new UserError("rows that come one after the other cannot be parted");
    };
  }

  private static Optional<Dataset> fromSource(
      RunningModel running,
      Optional<DataSource> source,
      ModelOptions options,
      Categories categories)
      throws IOException {
    return source.isEmpty()
        ? Optional.empty()
        : Optional.of(
            readAll(running, new BlockRows(_ -> source.get(), options::besideFile, categories)));
  }

  private static Dataset readAll(RunningModel running, RowSource rows) throws IOException {
    return rows.read(running.bound(), running.model().spec(), true);
  }
}
