package org.mdlc.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.file.EventFile;

/**
 * Writes what TensorBoard shows: metrics, the spread of the weights, the graph of the model;
 * Keras's {@code TensorBoard}, with its names of files and figures. {@code tensorboard --logdir
 * logs} shows them. Each setter changes this object and returns it.
 */
public final class TensorBoard implements Callback {
  private static final String VALIDATION = "val_";
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Path logDir;
  private int histogramFreq;
  private boolean writeGraph = true;
  private boolean writeStepsPerSecond;
  private int updateBatches;

  private final CurrentModel current = new CurrentModel();
  private @Nullable EventFile train;
  private @Nullable EventFile validation;
  private long trainBatch;
  private int batchesOfEpoch;
  private long epochStart;
  private long batchStart;

  /** Writes below the folder {@code logs}. */
  public TensorBoard() {
    this(Path.of("logs"));
  }

  /** Writes to {@code train} and {@code validation} in {@code logDir}. */
  public TensorBoard(Path logDir) {
    this.logDir = logDir;
  }

  /** Every how many epochs the spread of each weight is written; 0, never, unless set. */
  public TensorBoard histogramFreq(int epochs) {
    if (epochs < 0) {
      throw new IllegalArgumentException("histogramFreq is at least 0, not " + epochs);
    }
    histogramFreq = epochs;
    return this;
  }

  /** Whether the graph of the model is written; true unless set. */
  public TensorBoard writeGraph(boolean write) {
    writeGraph = write;
    return this;
  }

  /** Whether the number of batches in a second is written. */
  public TensorBoard writeStepsPerSecond(boolean write) {
    writeStepsPerSecond = write;
    return this;
  }

  /** Writes metrics after every so many batches too, as {@code batch_loss} and so on. */
  public TensorBoard updateFreq(int batches) {
    if (batches < 1) {
      throw new IllegalArgumentException("updateFreq is at least 1, not " + batches);
    }
    updateBatches = batches;
    return this;
  }

  /**
   * When metrics are written.
   *
   * @param when {@code "epoch"}, which it is unless set, or {@code "batch"}
   * @throws IllegalArgumentException for any other word
   */
  public TensorBoard updateFreq(String when) {
    updateBatches =
        switch (when) {
          case "epoch" -> 0;
          case "batch" -> 1;
          default ->
              throw new IllegalArgumentException(
                  "updateFreq is \"epoch\", \"batch\" or a number of batches, not \""
                      + when
                      + "\"");
        };
    return this;
  }

  @Override
  public void setModel(Model model) {
    current.set(model);
    train = null;
    validation = null;
  }

  /**
   * @throws UncheckedIOException if the files cannot be written
   */
  @Override
  public void onTrainBegin() {
    trainBatch = 0;
    if (writeGraph) {
      train().graph(ModelGraph.of(current.get()));
    }
    flush(train());
  }

  @Override
  public void saveState(SavedState state) {
    state.put("batches", (double) trainBatch);
  }

  @Override
  public void onTrainResume(SavedState state) {
    onTrainBegin();
    trainBatch = (long) state.number("batches");
    batchesOfEpoch = 0; // of those before it is not known how long they took
    epochStart = System.nanoTime();
  }

  @Override
  public void onEpochBegin(int epoch) {
    batchesOfEpoch = 0;
    epochStart = System.nanoTime();
  }

  @Override
  public void onTrainBatchBegin(int batch) {
    trainBatch++;
    batchesOfEpoch++;
    batchStart = System.nanoTime();
  }

  @Override
  public void onTrainBatchEnd(int batch, Logs logs) {
    if (updateBatches == 0 || trainBatch % updateBatches != 0) {
      return;
    }
    if (writeStepsPerSecond) {
      train().scalar("batch_steps_per_second", perSecond(1, batchStart), trainBatch);
    }
    logs.values()
        .forEach((name, value) -> train().scalar("batch_" + name, value.floatValue(), trainBatch));
    flush(train());
  }

  @Override
  public void onTestEnd(Logs logs) {
    current.get().variables().specs().stream()
        .filter(v -> v.role() == Role.SLOT && v.name().matches("(.*/)?iteration"))
        .findFirst()
        .ifPresent(
            counter -> {
              long iteration = (long) current.get().variables().scalar(counter.name());
              logs.values()
                  .forEach(
                      (name, value) ->
                          validation()
                              .scalar(
                                  "evaluation_" + name + "_vs_iterations",
                                  value.floatValue(),
                                  iteration));
              flush(validation());
            });
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    logs.values()
        .forEach(
            (name, value) -> {
              if (name.startsWith(VALIDATION)) {
                String shown = "epoch_" + name.substring(VALIDATION.length());
                validation().scalar(shown, value.floatValue(), epoch);
              } else if (!name.equals("learning_rate")) {
                train().scalar("epoch_" + name, value.floatValue(), epoch);
              }
            });
    if (LearningRates.isSettable(current.get())) {
      train().scalar("epoch_learning_rate", (float) LearningRates.shown(current.get()), epoch);
    }
    if (writeStepsPerSecond) {
      train().scalar("epoch_steps_per_second", perSecond(batchesOfEpoch, epochStart), epoch);
    }
    if (histogramFreq > 0 && epoch % histogramFreq == 0) {
      writeHistograms(epoch);
    }
    flush(train());
    if (validation != null) {
      flush(validation);
    }
  }

  private void writeHistograms(int epoch) {
    Variables variables = current.get().variables();
    for (VariableSpec variable : variables.specs()) {
      if (variable.isWeight()) {
        train()
            .histogram(
                variable.name() + "/histogram",
                Histogram.buckets(variables.get(variable.name())),
                epoch);
      }
    }
  }

  private static float perSecond(int count, long sinceNanos) {
    return (float) (count * NANOS_PER_SECOND / Math.max(1, System.nanoTime() - sinceNanos));
  }

  private EventFile train() {
    if (train == null) {
      train = file("train");
    }
    return train;
  }

  private EventFile validation() {
    if (validation == null) {
      validation = file("validation");
    }
    return validation;
  }

  private EventFile file(String run) {
    return new EventFile(logDir.resolve(run), () -> System.currentTimeMillis() / MILLIS_PER_SECOND);
  }

  private void flush(EventFile file) {
    try {
      file.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the events in " + logDir + " cannot be written: " + e.getMessage(), e);
    }
  }
}
