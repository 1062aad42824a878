package org.mdlc.runtime;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Lowers the learning rate when a metric no longer improves; Keras's {@code ReduceLROnPlateau},
 * with its defaults: {@code val_loss}, factor 0.1, patience 10. The rate joins the logs as {@code
 * learning_rate}. Each setter changes this object and returns it.
 */
public final class ReduceLROnPlateau extends MonitorCallback {
  private static final double MIN_DELTA = 1e-4;

  private double factor = 0.1;
  private int patience = 10;
  private int cooldown;
  private double minLr;
  private boolean verbose;
  private PrintStream output = Run.standardOutput();

  private int wait;
  private int cooldownLeft;

  /** Watches {@code val_loss} with patience 10. */
  public ReduceLROnPlateau() {
    minDelta = MIN_DELTA;
  }

  /** The metric to watch. */
  public ReduceLROnPlateau monitor(String metric) {
    monitor = metric;
    return this;
  }

  /**
   * What the rate is multiplied by.
   *
   * @throws IllegalArgumentException if it is not below 1, which would not lower it
   */
  public ReduceLROnPlateau factor(double share) {
    if (!(share < 1)) {
      throw new IllegalArgumentException("factor is below 1, not " + share);
    }
    factor = share;
    return this;
  }

  /** Epochs without improvement after which the rate is lowered. */
  public ReduceLROnPlateau patience(int epochs) {
    patience = epochs;
    return this;
  }

  /** Where better lies. */
  public ReduceLROnPlateau mode(MonitorMode newMode) {
    mode = newMode;
    return this;
  }

  /** A smaller change than this is no improvement. */
  public ReduceLROnPlateau minDelta(double change) {
    minDelta = change;
    return this;
  }

  /** Epochs after a reduction in which nothing is counted. */
  public ReduceLROnPlateau cooldown(int epochs) {
    cooldown = epochs;
    return this;
  }

  /** The rate is never lowered below this. */
  public ReduceLROnPlateau minLr(double rate) {
    minLr = rate;
    return this;
  }

  /** Whether it says what it does. */
  public ReduceLROnPlateau verbose(boolean say) {
    verbose = say;
    return this;
  }

  /** Where it says what it does; the standard output unless set. */
  public ReduceLROnPlateau output(PrintStream stream) {
    output = stream;
    return this;
  }

  @Override
  public void onTrainBegin() {
    best = OptionalDouble.empty();
    wait = 0;
    cooldownLeft = 0;
  }

  @Override
  public void saveState(SavedState state) {
    state.put("best", best);
    state.put("counts", wait, cooldownLeft);
  }

  @Override
  public void onTrainResume(SavedState state) {
    best = state.optional("best");
    double[] counts = state.numbers("counts");
    wait = (int) counts[0];
    cooldownLeft = (int) counts[1];
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    LearningRates.log(model(), logs);
    OptionalDouble current = logs.get(monitor);
    if (current.isEmpty()) {
      warnOnce(
          output,
          "the learning rate depends on "
              + monitor
              + ", which is not measured; there are "
              + String.join(", ", logs.values().keySet()));
      return;
    }
    if (cooldownLeft > 0) {
      cooldownLeft--;
      wait = 0;
    }
    if (isImprovement(current.getAsDouble(), best)) {
      best = current;
      wait = 0;
    } else if (cooldownLeft == 0 && ++wait >= patience) {
      reduce(epoch);
    }
  }

  private void reduce(int epoch) {
    double before = LearningRates.shown(model());
    if (before <= (float) minLr) {
      return;
    }
    LearningRates.update(model(), rate -> Math.max(rate * factor, minLr));
    if (verbose) {
      output.printf(
          Locale.ROOT,
          "\nEpoch %d: ReduceLROnPlateau reducing learning rate to %s.\n",
          epoch + 1,
          Math.max(before * factor, minLr));
    }
    cooldownLeft = cooldown;
    wait = 0;
  }
}
