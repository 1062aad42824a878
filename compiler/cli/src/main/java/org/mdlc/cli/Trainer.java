package org.mdlc.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.runtime.Callback;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.History;
import org.mdlc.runtime.Run;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.plot.HistoryPlot;

/** Trains a model stage by stage, then tests it on the rows that were held out. */
final class Trainer {
  private final Main main;
  private final ModelOptions options;
  private final RunOptions run;
  private final TrainCommand train;

  Trainer(Main main, ModelOptions options, RunOptions run, TrainCommand train) {
    this.main = main;
    this.options = options;
    this.run = run;
    this.train = train;
  }

  void train() throws IOException {
    var save = train.save();
    var history = train.history();
    var plot = train.plot();
    RowSource rows = train.data().<RowSource>map(FileRows::new).orElseGet(this::blockRows);
    try (var running = RunningModel.start(main, options, run, rows)) {
      var parts = TrainingParts.read(running, rows, options);
      var histories = fit(running, parts);
      if (save.isPresent()) {
        running.model().saveWeights(save.get()); // before anything else that may fail
      }
      if (history.isPresent()) {
        HistoryFile.write(history.get(), histories);
      }
      if (plot.isPresent()) {
        HistoryPlot.of(histories.toArray(History[]::new))
            .title(running.bound().model())
            .save(plot.get());
      }
      parts.test().ifPresent(test -> test(running, test));
    }
  }

  private RowSource blockRows() {
    return new BlockRows(Trainer::dataOf, options::besideFile);
  }

  static DataSource dataOf(BoundProgram bound) {
    return settings(bound)
        .data()
        .orElseThrow(
            () ->
                new UserError(
                    "the train block of " + bound.model() + " names no data; give it with --data"));
  }

  static TrainSettings settings(BoundProgram bound) {
    return bound
        .settings()
        .orElseThrow(() -> new UserError(bound.model() + " has no train block, so it has no loss"));
  }

  private List<History> fit(RunningModel running, TrainingParts parts) {
    var settings = settings(running.bound());
    var histories = new ArrayList<History>();
    int epochsBefore = 0;
    var stages = running.bound().stages();
    for (int stage = 0; stage < stages.size(); stage++) {
      int epochs = train.epochs().orElse(stages.get(stage).epochs());
      if (stages.size() > 1 && run.verbose() != Verbosity.SILENT) {
        main.terminal().out().println("Stage " + stages.get(stage).name());
      }
      var fit =
          Fit.epochs(epochsBefore + epochs)
              .initialEpoch(epochsBefore)
              .stage(stage)
              .batchSize(run.batch().orElse(settings.batch()))
              .shuffle(settings.shuffle() && !train.noShuffle())
              .validationSplit(settings.validationSplit())
              .callbacks(callbacks(settings))
              .verbose(run.verbose())
              .output(main.terminal().out());
      parts.validation().ifPresent(fit::validationData);
      histories.add(running.model().fit(parts.training(), fit));
      epochsBefore += epochs;
    }
    return histories;
  }

  private Callback[] callbacks(TrainSettings settings) {
    return settings.callbacks().stream()
        .map(setting -> CallbackSettings.create(setting, main.terminal().out()))
        .toArray(Callback[]::new);
  }

  private void test(RunningModel running, ArrayDataset rows) {
    var settings = settings(running.bound());
    var how = Run.batchSize(run.batch().orElse(settings.batch())).verbose(Verbosity.SILENT);
    MetricLines.print("test ", running.model().evaluate(rows, how), main.terminal().out());
  }
}
