package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.Dataset;

/** One run of {@link Model#fit}, from its first epoch to its last or from a backup on. */
final class Training {
  private final Model model;
  private final Fit options;
  private final TrainingLoop loop;
  private final EpochIterator data;
  private final @Nullable Batches validation;
  private final History history = new History();
  private final List<Callback> callbacks;
  private final Callbacks all;
  private final @Nullable BackupAndRestore backup;
  private final Map<String, String> settings;

  private int epoch;
  private boolean insideEpoch;
  private boolean cutShort;
  private Logs logs = Logs.empty();
  private Checkpoints.Generators beforePass;

  Training(
      Model model,
      Fit options,
      Batches batches,
      @Nullable Batches validation,
      Dataset trained,
      @Nullable Dataset validated) {
    this.model = model;
    this.options = options;
    this.validation = validation;
    loop = new TrainingLoop(model);
    epoch = options.initialEpoch;
    beforePass = Checkpoints.Generators.of(model);
    data =
        new EpochIterator(
            batches,
            options.stepsPerEpoch,
            () -> beforePass = Checkpoints.Generators.of(model),
            () -> TrainingLoop.warn(options.output, EpochIterator.RAN_OUT));
    backup = BackupAndRestore.among(options.callbacks);
    settings = backup == null ? Map.of() : BackupSettings.of(model, options, trained, validated);
    int verbose = options.verbose.level();
    callbacks = new ArrayList<>(options.callbacks);
    callbacks.add(history);
    if (verbose > 0) {
      callbacks.add(new ProgbarLogger(options.verbose, options.output));
    }
    all = new Callbacks(callbacks);
    all.start(model, new Callback.Params(verbose, options.epochs, data.stepsOfEpoch()));
  }

  History run() {
    try (data) {
      boolean resumed = backup != null && backup.restore(this);
      if (resumed) {
        sayWhereItGoesOn();
      } else {
        all.onTrainBegin();
      }
      boolean stopped = resumed && !insideEpoch && model.isStopped();
      while (epoch < options.epochs && !stopped) {
        runEpoch();
        epoch++;
        keepEpoch();
        stopped = model.isStopped();
      }
    }
    if (options.initialEpoch < options.epochs) {
      takeAverages(options.stage);
    }
    all.onTrainEnd(logs);
    if (backup != null) {
      backup.finish(isInterrupted() || epoch > options.epochs);
    }
    return history;
  }

  private void sayWhereItGoesOn() {
    if (backup == null || options.verbose.level() == 0) {
      return;
    }
    String place = "the backup in " + backup.folder();
    String text =
        epoch > options.epochs
            ? place + " has " + epoch + " epochs, more than " + options.epochs + ": it stays"
            : epoch == options.epochs
                ? place + " has all " + epoch + " epochs"
                : "Going on from " + place + ", after " + done();
    options.output.println(text);
  }

  /** Such as {@code 3 epochs and 12 batches}. */
  private String done() {
    String epochs = epoch + (epoch == 1 ? " epoch" : " epochs");
    long batches = data.position().steps();
    return insideEpoch
        ? epochs + " and " + batches + (batches == 1 ? " batch" : " batches")
        : epochs;
  }

  private void runEpoch() {
    if (insideEpoch) {
      insideEpoch = false;
      trainBatches(model.isStopped());
    } else {
      model.variables().resetMetrics();
      data.startEpoch(epoch);
      logs = Logs.empty();
      all.onEpochBegin(epoch);
      trainBatches(false);
    }
    Map<String, Double> values = new TreeMap<>(logs.values());
    if (validation != null && options.validatesAfter(epoch)) {
      loop.evaluate(validation, options.validationSteps, epoch, all, options.output)
          .values()
          .forEach((name, value) -> values.put("val_" + name, value));
    }
    logs = Logs.of(values);
    all.onEpochEnd(epoch, logs);
  }

  private void trainBatches(boolean stoppedBefore) {
    boolean stopped = stoppedBefore;
    while (!stopped) {
      int rows = data.next();
      if (rows == 0) {
        break;
      }
      int batch = Math.toIntExact(data.position().steps() - 1);
      all.onTrainBatchBegin(batch);
      Step step = model.trainingStep(options.stage, rows);
      data.fill(step);
      step.run();
      logs = loop.logs(step);
      all.onTrainBatchEnd(batch, logs);
      if (backup != null) {
        insideEpoch = true;
        backup.afterBatch(this);
        insideEpoch = false;
      }
      stopped = model.isStopped();
    }
    if (!stopped && data.position().steps() == 0) {
      throw new DataException(
          epoch == options.initialEpoch
              ? "the data has no rows"
              : "the data has no rows for epoch "
                  + (epoch + 1)
                  + ": every pass must give them again; keep them with cache()");
    }
    cutShort = stopped && !data.isEpochComplete();
    if (stopped && !cutShort) {
      data.next(); // the end of the epoch, after which the next one starts
    }
  }

  /** A backup must be a moment of the undisturbed run, which half an epoch's end is not. */
  private void keepEpoch() {
    if (backup != null && !(cutShort && isInterrupted())) {
      backup.afterEpoch(this);
    }
  }

  /** Whether somebody outside ended training before it was done. */
  private boolean isInterrupted() {
    return model.isStoppedFromOutside() && (epoch < options.epochs || cutShort);
  }

  /** With {@code use_ema}, the weights that training ends with are the averages of those it had. */
  private void takeAverages(int stage) {
    Variables variables = model.variables();
    for (ModelSpec.Average average : model.spec().averages()) {
      if (average.stage() == stage) {
        variables.set(average.weight(), variables.get(average.average()));
      }
    }
  }

  // ---- what a backup keeps

  Model model() {
    return model;
  }

  List<Callback> callbacks() {
    return callbacks;
  }

  /** What must be the same for training to go on as if nothing had happened. */
  Map<String, String> settings() {
    return settings;
  }

  Position position() {
    EpochIterator.Position at = data.position();
    return new Position(
        epoch,
        insideEpoch ? at : new EpochIterator.Position(at.pass(), at.batches(), 0),
        insideEpoch,
        model.isStopped() && !model.isStoppedFromOutside(),
        new LinkedHashMap<>(logs.values()));
  }

  /** The generators as they were when the pass at hand had not drawn its order. */
  Checkpoints.Generators generators() {
    return data.position().batches() > 0 ? beforePass : Checkpoints.Generators.of(model);
  }

  /** Goes on from there, once variables and generators are what they were. */
  void resume(Position position, Function<Callback, @Nullable SavedState> states) {
    epoch = position.epoch();
    insideEpoch = position.insideEpoch();
    logs = Logs.of(position.logs());
    data.resume(position.data());
    all.resume(states);
    if (position.stopped()) {
      model.stopTraining();
    }
  }

  /**
   * A moment of training.
   *
   * @param epoch at hand or, between epochs, the next one
   * @param insideEpoch whether the epoch has begun
   * @param stopped whether a callback has ended training
   * @param logs of the last batch or epoch
   */
  record Position(
      int epoch,
      EpochIterator.Position data,
      boolean insideEpoch,
      boolean stopped,
      Map<String, Double> logs) {}
}
