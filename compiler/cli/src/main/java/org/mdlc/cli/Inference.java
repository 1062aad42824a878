package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.Logs;
import org.mdlc.runtime.Run;
import org.mdlc.runtime.data.Dataset;

/** Uses a model whose weights are trained. */
final class Inference {
  private final Main main;
  private final ModelOptions options;
  private final RunOptions run;
  private final Categories categories;

  Inference(Main main, ModelOptions options, RunOptions run) {
    this.main = main;
    this.options = options;
    this.run = run;
    this.categories = new Categories(options::besideFile, false);
  }

  /**
   * Loss and metrics.
   *
   * @param model its name
   */
  record Measured(String model, Logs metrics) {}

  Measured evaluate(@Nullable Path file) throws IOException {
    RowSource rows =
        file == null
            ? new BlockRows(Trainer::dataOf, options::besideFile, categories)
            : new FileRows(file, categories);
    try (var running = RunningModel.start(main, options, run, rows)) {
      warnOfUntrainedWeights(running);
      var settings = Trainer.settings(running.bound());
      var measured =
          file == null
              ? heldOut(TrainingParts.read(running, rows, options, categories))
              : rows.read(running.bound(), running.model().spec(), true);
      var how = run(run.batch().orElse(settings.batch()));
      return new Measured(
          running.bound().model(), running.model().evaluate(Trainer.ahead(measured), how));
    }
  }

  void predict(Path input, @Nullable Path output) throws IOException {
    var writer = PredictionWriter.of(output, main.terminal().out());
    var rows = new FileRows(input, categories);
    try (var running = RunningModel.start(main, options, run, rows)) {
      warnOfUntrainedWeights(running);
      var data = rows.read(running.bound(), running.model().spec(), false);
      // the progress bar would mix with predictions that are printed
      var how =
          output == null
              ? Run.silent()
              : run(run.batch().orElse(running.model().spec().usualBatch()));
      writer.write(running.model().predict(data, how));
    }
  }

  private Run run(int batch) {
    return Run.batchSize(batch).verbose(run.verbose()).output(main.terminal().out());
  }

  private Dataset heldOut(TrainingParts parts) {
    if (parts.test().isEmpty()) {
      main.reporter()
          .warning(
              "the train block holds no rows out, so these are the ones it trains on; name others"
                  + " with --data");
    }
    return parts.test().orElse(parts.training());
  }

  private void warnOfUntrainedWeights(RunningModel running) {
    if (run.weights().isEmpty() && running.bound().pretrained().isEmpty()) {
      main.reporter().warning("the weights are untrained; give trained ones with --weights");
    }
  }
}
