package org.mdlc.runtime;

import java.io.PrintStream;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.utils.Progbar;
import org.mdlc.runtime.utils.TerminalWidth;

/**
 * Shows the progress of a run; Keras's {@code ProgbarLogger}. Validation inside fit is silent.
 * Where {@link Verbosity#AUTO} finds no terminal, an epoch is exactly one line, with its number in
 * front.
 */
final class ProgbarLogger implements Callback {
  private final Verbosity verbosity;
  private final PrintStream output;
  private Params params = new Params(0, 1, OptionalLong.empty());
  private int target = Progbar.UNKNOWN;
  private int seen;
  private @Nullable Progbar bar;
  private boolean insideFit;
  private String epochPrefix = "";

  ProgbarLogger(Verbosity verbosity, PrintStream output) {
    this.verbosity = verbosity;
    this.output = output;
  }

  @Override
  public void setParams(Params newParams) {
    params = newParams;
    target = params.steps().isPresent() ? (int) params.steps().getAsLong() : Progbar.UNKNOWN;
  }

  @Override
  public void onTrainBegin() {
    insideFit = true;
  }

  @Override
  public void saveState(SavedState state) {
    state.put("shown", 1);
  }

  @Override
  public void onTrainResume(SavedState state) {
    insideFit = true;
    if (state.batches() > 0) {
      onEpochBegin(state.epoch());
    }
  }

  @Override
  public void onEpochBegin(int epoch) {
    String epochOf = params.epochs() > 1 ? "Epoch " + (epoch + 1) + "/" + params.epochs() : "";
    boolean oneLine = verbosity == Verbosity.AUTO && params.verbose() == 2;
    epochPrefix = oneLine && !epochOf.isEmpty() ? epochOf + " - " : "";
    start();
    if (!oneLine && !epochOf.isEmpty()) {
      output.print(epochOf + "\n");
    }
  }

  @Override
  public void onTrainBatchEnd(int batch, Logs logs) {
    update(batch, logs.values());
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    finish(logs.values());
  }

  @Override
  public void onTestBegin() {
    if (!insideFit) {
      start();
    }
  }

  @Override
  public void onTestBatchEnd(int batch, Logs logs) {
    if (!insideFit) {
      update(batch, logs.values());
    }
  }

  @Override
  public void onTestEnd(Logs logs) {
    if (!insideFit) {
      finish(logs.values());
    }
  }

  @Override
  public void onPredictBegin() {
    start();
  }

  @Override
  public void onPredictBatchEnd(int batch) {
    update(batch, Map.of());
  }

  @Override
  public void onPredictEnd() {
    finish(Map.of());
  }

  private void start() {
    seen = 0;
    bar =
        Progbar.builder()
            .target(target)
            .verbose(params.verbose())
            .statelessMetrics()
            .columns(TerminalWidth.isTerminal() ? TerminalWidth.columns(System.getenv()) : 0)
            .prefix(epochPrefix)
            .output(output)
            .build();
  }

  private void update(int batch, Map<String, Double> values) {
    seen = batch + 1;
    if (params.verbose() == 1 && bar != null) {
      bar.update(seen, values, false);
    }
  }

  private void finish(Map<String, Double> values) {
    if (bar != null) {
      if (target == Progbar.UNKNOWN) {
        target = seen;
        bar.setTarget(target);
      }
      bar.update(target, values, true);
    }
  }
}
