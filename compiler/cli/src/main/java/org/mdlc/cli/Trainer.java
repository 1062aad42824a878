package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.keras.ExportedModel;
import org.mdlc.compiler.keras.KerasExport;
import org.mdlc.runtime.Callback;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.History;
import org.mdlc.runtime.Run;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.IndexedDataset;
import org.mdlc.runtime.plot.HistoryPlot;

/** Trains a model stage by stage, then tests it on the rows that were held out. */
final class Trainer {
  private static final int AHEAD = 256; // rows that wait for training

  private final Main main;
  private final ModelOptions options;
  private final RunOptions run;
  private final TrainCommand train;
  private final Categories categories;

  Trainer(Main main, ModelOptions options, RunOptions run, TrainCommand train) {
    this.main = main;
    this.options = options;
    this.run = run;
    this.train = train;
    this.categories = new Categories(options::besideFile, true);
  }

  /** Returns the exit code. */
  int train() throws IOException {
    var save = train.save();
    var history = train.history();
    var plot = train.plot();
    RowSource rows = rows();
    try (var running = RunningModel.start(main, options, run, rows, this::described)) {
      var parts = TrainingParts.read(running, rows, options, categories);
      boolean interrupted;
      List<History> histories;
      try (var interrupt =
          Interrupt.watch(
              running.model()::interruptTraining,
              main.terminal().err(),
              Runtime.getRuntime()::halt)) {
        histories = fit(running, parts, interrupt);
        interrupted = interrupt.isRequested();
      }
      if (save.isPresent()) {
        running.model().saveWeights(save.get()); // before anything else that may fail
      }
      if (history.isPresent()) {
        HistoryFile.write(history.get(), histories);
      }
      if (plot.isPresent()) {
        plot(running, histories, plot.get());
      }
      if (interrupted) {
        return ExitCode.INTERRUPTED;
      }
      parts.test().ifPresent(test -> test(running, test));
      return ExitCode.OK;
    }
  }

  /**
   * How Keras describes the model, where a {@code .keras} file is to be written. Without that, new
   * weights go into files that are there.
   *
   * @throws ReportedErrors if Keras cannot say something, and a file is not there
   */
  private Optional<ExportedModel> described(BoundProgram bound) {
    var files = kerasFiles(bound);
    if (files.isEmpty()) {
      return Optional.empty();
    }
    var problems = new DiagnosticSink();
    var described = KerasExport.write(bound, problems);
    if (described.isEmpty() && files.stream().allMatch(Files::exists)) {
      return described;
    }
    main.reporter().diagnostics(problems);
    if (described.isEmpty()) {
      throw new ReportedErrors();
    }
    return described;
  }

  private List<Path> kerasFiles(BoundProgram bound) {
    var checkpoints =
        bound.settings().stream()
            .flatMap(settings -> settings.callbacks().stream())
            .filter(callback -> callback.name().equals("ModelCheckpoint"))
            .flatMap(callback -> callback.arguments().stream())
            .filter(argument -> argument.name().equals("filepath"))
            .map(argument -> Path.of(argument.value()));
    return Stream.concat(train.save().stream(), checkpoints)
        .filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".keras"))
        .toList();
  }

  private void plot(RunningModel running, List<History> histories, Path file) throws IOException {
    if (histories.stream().allMatch(history -> history.epochs().isEmpty())) {
      main.reporter().warning("no epoch ran, so " + file + " is not drawn");
      return;
    }
    HistoryPlot.of(histories.toArray(History[]::new)).title(running.bound().model()).save(file);
  }

  private RowSource rows() {
    return train
        .data()
        .<RowSource>map(file -> new FileRows(file, categories))
        .orElseGet(() -> new BlockRows(Trainer::dataOf, options::besideFile, categories));
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

  private List<History> fit(RunningModel running, TrainingParts parts, Interrupt interrupt) {
    var settings = settings(running.bound());
    var histories = new ArrayList<History>();
    int epochsBefore = 0;
    var stages = running.bound().stages();
    for (int stage = 0; stage < stages.size() && !interrupt.isRequested(); stage++) {
      // A backup is of one stage: those before it are done again, and it goes on.
      var folder = stages.size() > 1 ? Path.of(stages.get(stage).name()) : Path.of("");
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
              .validationSplit(
                  parts.training() instanceof ArrayDataset ? settings.validationSplit() : 0)
              .callbacks(interrupt)
              .callbacks(callbacks(settings, folder))
              .verbose(run.verbose())
              .output(main.terminal().out());
      parts.validation().map(Trainer::ahead).ifPresent(fit::validationData);
      histories.add(running.model().fit(inOrder(running, parts.training()), fit));
      epochsBefore += epochs;
    }
    return histories;
  }

  /** Rows in memory are shuffled in training; others here, and made by threads ahead of it. */
  private Dataset inOrder(RunningModel running, Dataset training) {
    boolean shuffled = settings(running.bound()).shuffle() && !train.noShuffle();
    return training instanceof IndexedDataset rows && !(rows instanceof ArrayDataset)
        ? ahead(shuffled ? rows.shuffle(RunningModel.seed(running.bound(), run)) : rows)
        : training;
  }

  static Dataset ahead(Dataset rows) {
    return rows instanceof ArrayDataset
        ? rows
        : rows.prefetch(Runtime.getRuntime().availableProcessors(), AHEAD);
  }

  private Callback[] callbacks(TrainSettings settings, Path folder) {
    return settings.callbacks().stream()
        .map(setting -> CallbackSettings.create(setting, folder, main.terminal().out()))
        .toArray(Callback[]::new);
  }

  private void test(RunningModel running, Dataset rows) {
    var settings = settings(running.bound());
    var how = Run.batchSize(run.batch().orElse(settings.batch())).verbose(Verbosity.SILENT);
    MetricLines.print("test ", running.model().evaluate(ahead(rows), how), main.terminal().out());
  }
}
