package org.mdlc.runtime;

import java.util.OptionalLong;

/**
 * What a program wants to do at certain moments of training, evaluation and prediction; Keras's
 * {@code Callback}. All batch and epoch numbers start at 0.
 */
public interface Callback {
  /**
   * How the run was asked for.
   *
   * @param verbose 0, 1 or 2
   * @param epochs number of epochs
   * @param steps number of batches in one epoch, where it is known
   */
  record Params(int verbose, int epochs, OptionalLong steps) {}

  /** Called first, with how the run was asked for. */
  default void setParams(Params params) {}

  /** Called first, with the model that runs. */
  default void setModel(Model model) {}

  /** Before the first epoch. */
  default void onTrainBegin() {}

  /**
   * In place of {@link #onTrainBegin} when training goes on from a backup; see {@link
   * BackupAndRestore}.
   *
   * @param state what {@link #saveState} kept
   */
  default void onTrainResume(SavedState state) {
    onTrainBegin();
  }

  /**
   * Keeps what {@link #onTrainResume} needs. Called after a batch or an epoch, when all callbacks
   * have been told of it. A callback that keeps nothing gets {@link #onTrainBegin} again.
   */
  default void saveState(SavedState state) {}

  /** After the last epoch, with the logs of that epoch; not when training failed. */
  default void onTrainEnd(Logs logs) {}

  /** Before an epoch. */
  default void onEpochBegin(int epoch) {}

  /** After an epoch and its validation; validation values have the prefix {@code val_}. */
  default void onEpochEnd(int epoch, Logs logs) {}

  /** Before a training batch. */
  default void onTrainBatchBegin(int batch) {}

  /** After a training batch, with the metrics over the epoch so far. */
  default void onTrainBatchEnd(int batch, Logs logs) {}

  /** Before evaluation, validation included. */
  default void onTestBegin() {}

  /** After evaluation, with its metrics. */
  default void onTestEnd(Logs logs) {}

  /** Before a batch of evaluation. */
  default void onTestBatchBegin(int batch) {}

  /** After a batch of evaluation, with the metrics so far. */
  default void onTestBatchEnd(int batch, Logs logs) {}

  /** Before prediction. */
  default void onPredictBegin() {}

  /** After prediction. */
  default void onPredictEnd() {}

  /** Before a batch of prediction. */
  default void onPredictBatchBegin(int batch) {}

  /** After a batch of prediction. */
  default void onPredictBatchEnd(int batch) {}
}
