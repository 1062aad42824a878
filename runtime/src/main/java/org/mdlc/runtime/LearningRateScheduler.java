package org.mdlc.runtime;

import java.io.PrintStream;

/**
 * Sets the learning rate at the start of every epoch; Keras's {@code LearningRateScheduler}. The
 * rate joins the logs as {@code learning_rate}.
 *
 * <pre>{@code
 * new LearningRateScheduler((epoch, rate) -> epoch < 10 ? rate : rate * Math.exp(-0.1))
 * }</pre>
 */
public final class LearningRateScheduler implements Callback {
  /** The rate of an epoch. */
  @FunctionalInterface
  public interface Schedule {
    /**
     * @param epoch from 0
     * @param rate of the epoch before
     */
    double rate(int epoch, double rate);
  }

  private final Schedule schedule;
  private boolean verbose;
  private PrintStream output = Run.standardOutput();
  private final CurrentModel current = new CurrentModel();

  /** Asks {@code schedule} before every epoch. */
  public LearningRateScheduler(Schedule schedule) {
    this.schedule = schedule;
  }

  /** Whether it says what it does. */
  public LearningRateScheduler verbose(boolean say) {
    verbose = say;
    return this;
  }

  /** Where it says what it does; the standard output unless set. */
  public LearningRateScheduler output(PrintStream stream) {
    output = stream;
    return this;
  }

  @Override
  public void setModel(Model model) {
    current.set(model);
  }

  @Override
  public void onEpochBegin(int epoch) {
    LearningRates.update(current.get(), rate -> schedule.rate(epoch, rate));
    if (verbose) {
      output.print(
          "\nEpoch "
              + (epoch + 1)
              + ": LearningRateScheduler setting learning rate to "
              + LearningRates.shown(current.get())
              + ".\n");
    }
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    LearningRates.log(current.get(), logs);
  }
}
