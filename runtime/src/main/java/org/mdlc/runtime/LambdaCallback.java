package org.mdlc.runtime;

import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A callback made of functions, each for one moment; Keras's {@code LambdaCallback}.
 *
 * <pre>{@code
 * new LambdaCallback().onEpochEnd((epoch, logs) -> plot.add(epoch, logs.require("loss")))
 * }</pre>
 */
public final class LambdaCallback implements Callback {
  /** What is called with a number and logs. */
  @FunctionalInterface
  public interface Numbered {
    /**
     * @param number of the epoch or batch, from 0
     * @param logs metrics by name
     */
    void call(int number, Logs logs);
  }

  private IntConsumer epochBegin = epoch -> {};
  private Numbered epochEnd = (epoch, logs) -> {};
  private Runnable trainBegin = () -> {};
  private Consumer<Logs> trainEnd = logs -> {};
  private IntConsumer trainBatchBegin = batch -> {};
  private Numbered trainBatchEnd = (batch, logs) -> {};

  /** Does nothing until told what. */
  public LambdaCallback() {}

  /** Called before an epoch. */
  public LambdaCallback onEpochBegin(IntConsumer function) {
    epochBegin = function;
    return this;
  }

  /** Called after an epoch. */
  public LambdaCallback onEpochEnd(Numbered function) {
    epochEnd = function;
    return this;
  }

  /** Called before the first epoch. */
  public LambdaCallback onTrainBegin(Runnable function) {
    trainBegin = function;
    return this;
  }

  /** Called after the last epoch. */
  public LambdaCallback onTrainEnd(Consumer<Logs> function) {
    trainEnd = function;
    return this;
  }

  /** Called before a training batch. */
  public LambdaCallback onTrainBatchBegin(IntConsumer function) {
    trainBatchBegin = function;
    return this;
  }

  /** Called after a training batch. */
  public LambdaCallback onTrainBatchEnd(Numbered function) {
    trainBatchEnd = function;
    return this;
  }

  @Override
  public void onEpochBegin(int epoch) {
    epochBegin.accept(epoch);
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    epochEnd.call(epoch, logs);
  }

  @Override
  public void onTrainBegin() {
    trainBegin.run();
  }

  @Override
  public void onTrainEnd(Logs logs) {
    trainEnd.accept(logs);
  }

  @Override
  public void onTrainBatchBegin(int batch) {
    trainBatchBegin.accept(batch);
  }

  @Override
  public void onTrainBatchEnd(int batch, Logs logs) {
    trainBatchEnd.call(batch, logs);
  }
}
