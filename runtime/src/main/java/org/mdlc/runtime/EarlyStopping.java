package org.mdlc.runtime;

import java.io.PrintStream;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.HostTensor;

/**
 * Ends training when a metric no longer improves; Keras's {@code EarlyStopping}, with its defaults:
 * {@code val_loss}, patience 0. Each setter changes this object and returns it.
 */
public final class EarlyStopping extends MonitorCallback {
  private static final String WEIGHT = "weight/";

  private int patience;
  private OptionalDouble baseline = OptionalDouble.empty();
  private boolean restoreBestWeights;
  private int startFromEpoch;
  private boolean verbose;
  private PrintStream output = Run.standardOutput();

  private int wait;
  private int stoppedEpoch;
  private int bestEpoch;
  private Variables.@Nullable Snapshot bestWeights;

  /** Watches {@code val_loss} with patience 0. */
  public EarlyStopping() {}

  /** The metric to watch. */
  public EarlyStopping monitor(String metric) {
    monitor = metric;
    return this;
  }

  /** Epochs without improvement after which training ends. */
  public EarlyStopping patience(int epochs) {
    patience = epochs;
    return this;
  }

  /** A smaller change than this is no improvement; the sign does not matter. */
  public EarlyStopping minDelta(double change) {
    minDelta = Math.abs(change);
    return this;
  }

  /** Where better lies. */
  public EarlyStopping mode(MonitorMode newMode) {
    mode = newMode;
    return this;
  }

  /** Only what is better than this counts against the patience. */
  public EarlyStopping baseline(double value) {
    baseline = OptionalDouble.of(value);
    return this;
  }

  /** Whether training ends with the weights of the best epoch instead of the last. */
  public EarlyStopping restoreBestWeights(boolean restore) {
    restoreBestWeights = restore;
    return this;
  }

  /** Epochs before the metric is watched at all. */
  public EarlyStopping startFromEpoch(int epoch) {
    startFromEpoch = epoch;
    return this;
  }

  /** Whether it says what it does. */
  public EarlyStopping verbose(boolean say) {
    verbose = say;
    return this;
  }

  /** Where it says what it does; the standard output unless set. */
  public EarlyStopping output(PrintStream stream) {
    output = stream;
    return this;
  }

  /** The epoch at which training was ended, from 0; 0 if it was not. */
  public int stoppedEpoch() {
    return stoppedEpoch;
  }

  @Override
  public void onTrainBegin() {
    wait = 0;
    stoppedEpoch = 0;
    best = OptionalDouble.empty();
    bestWeights = null;
    bestEpoch = 0;
  }

  @Override
  public void saveState(SavedState state) {
    state.put("counts", wait, stoppedEpoch, bestEpoch);
    state.put("best", best);
    if (bestWeights != null) {
      model().variables().weights(bestWeights).forEach((k, v) -> state.put(WEIGHT + k, v));
    }
  }

  @Override
  public void onTrainResume(SavedState state) {
    onTrainBegin();
    double[] counts = state.numbers("counts");
    wait = (int) counts[0];
    stoppedEpoch = (int) counts[1];
    bestEpoch = (int) counts[2];
    best = state.optional("best");
    bestWeights = model().variables().snapshotOf(name -> saved(state, name));
  }

  private static @Nullable HostTensor saved(SavedState state, String variable) {
    return state.has(WEIGHT + variable) ? state.tensor(WEIGHT + variable) : null;
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    OptionalDouble current = logs.get(monitor);
    if (current.isEmpty()) {
      warnOnce(
          output,
          "early stopping watches "
              + monitor
              + ", which is not measured; there are "
              + String.join(", ", logs.values().keySet()));
      return;
    }
    if (epoch < startFromEpoch) {
      return;
    }
    if (restoreBestWeights && bestWeights == null) {
      keepWeights(epoch);
    }
    wait++;
    if (isImprovement(current.getAsDouble(), best)) {
      best = current;
      keepWeights(epoch);
      if (baseline.isEmpty() || isImprovement(current.getAsDouble(), baseline)) {
        wait = 0;
      }
    } else if (wait >= patience && epoch > 0) {
      stoppedEpoch = epoch;
      model().stopTraining();
    }
  }

  @Override
  public void onTrainEnd(Logs logs) {
    if (stoppedEpoch > 0 && verbose) {
      output.print("Epoch " + (stoppedEpoch + 1) + ": early stopping\n");
    }
    if (bestWeights != null) {
      if (verbose) {
        output.print(
            "Restoring model weights from the end of the best epoch: " + (bestEpoch + 1) + ".\n");
      }
      model().variables().restoreWeights(bestWeights);
    }
  }

  private void keepWeights(int epoch) {
    bestEpoch = epoch;
    if (restoreBestWeights) {
      bestWeights = model().variables().snapshot();
    }
  }
}
