package org.mdlc.runtime;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Passes every event to several callbacks in order; Keras's {@code CallbackList}. */
final class Callbacks implements Callback {
  private final List<Callback> callbacks;

  Callbacks(List<Callback> callbacks) {
    this.callbacks = List.copyOf(callbacks);
  }

  void start(Model model, Params params) {
    setParams(params);
    setModel(model);
  }

  @Override
  public void setParams(Params params) {
    each(callback -> callback.setParams(params));
  }

  @Override
  public void setModel(Model model) {
    each(callback -> callback.setModel(model));
  }

  @Override
  public void onTrainBegin() {
    each(Callback::onTrainBegin);
  }

  /** Tells each that training goes on, with its own state; those without one begin. */
  void resume(Function<Callback, @Nullable SavedState> states) {
    each(
        callback -> {
          SavedState state = states.apply(callback);
          if (state == null) {
            callback.onTrainBegin();
          } else {
            callback.onTrainResume(state);
          }
        });
  }

  @Override
  public void onTrainEnd(Logs logs) {
    each(callback -> callback.onTrainEnd(logs));
  }

  @Override
  public void onEpochBegin(int epoch) {
    each(callback -> callback.onEpochBegin(epoch));
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    each(callback -> callback.onEpochEnd(epoch, logs));
  }

  @Override
  public void onTrainBatchBegin(int batch) {
    each(callback -> callback.onTrainBatchBegin(batch));
  }

  @Override
  public void onTrainBatchEnd(int batch, Logs logs) {
    each(callback -> callback.onTrainBatchEnd(batch, logs));
  }

  @Override
  public void onTestBegin() {
    each(Callback::onTestBegin);
  }

  @Override
  public void onTestEnd(Logs logs) {
    each(callback -> callback.onTestEnd(logs));
  }

  @Override
  public void onTestBatchBegin(int batch) {
    each(callback -> callback.onTestBatchBegin(batch));
  }

  @Override
  public void onTestBatchEnd(int batch, Logs logs) {
    each(callback -> callback.onTestBatchEnd(batch, logs));
  }

  @Override
  public void onPredictBegin() {
    each(Callback::onPredictBegin);
  }

  @Override
  public void onPredictEnd() {
    each(Callback::onPredictEnd);
  }

  @Override
  public void onPredictBatchBegin(int batch) {
    each(callback -> callback.onPredictBatchBegin(batch));
  }

  @Override
  public void onPredictBatchEnd(int batch) {
    each(callback -> callback.onPredictBatchEnd(batch));
  }

  private void each(Consumer<Callback> event) {
    callbacks.forEach(event);
  }
}
