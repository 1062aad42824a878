package org.mdlc.runtime;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalDouble;

/** What callbacks that watch one metric share; Keras's {@code MonitorCallback}. */
abstract class MonitorCallback implements Callback {
  private static final String VALIDATION_PREFIX = "val_";

  String monitor = "val_loss";
  MonitorMode mode = MonitorMode.AUTO;
  double minDelta;
  OptionalDouble best = OptionalDouble.empty();
  private final CurrentModel current = new CurrentModel();
  private boolean greaterIsBetter;
  private boolean warned;

  @Override
  public void setModel(Model newModel) {
    current.set(newModel);
    greaterIsBetter = greaterIsBetter(newModel.spec());
  }

  /** Says it once, as Python's warnings do, not in every epoch. */
  final void warnOnce(PrintStream output, String warning) {
    if (!warned) {
      output.println("warning: " + warning);
      warned = true;
    }
  }

  final Model model() {
    return current.get();
  }

  /** Whether {@code value} is better than {@code reference} by more than the least difference. */
  final boolean isImprovement(double value, OptionalDouble reference) {
    if (reference.isEmpty()) {
      return true;
    }
    return greaterIsBetter
        ? value - minDelta > reference.getAsDouble()
        : value + minDelta < reference.getAsDouble();
  }

  private boolean greaterIsBetter(ModelSpec spec) {
    if (mode != MonitorMode.AUTO) {
      return mode == MonitorMode.MAX;
    }
    String name =
        monitor.startsWith(VALIDATION_PREFIX)
            ? monitor.substring(VALIDATION_PREFIX.length())
            : monitor;
    for (MetricSpec metric : spec.metrics()) {
      if (metric.name().equals(name) && metric.direction() != MetricSpec.Direction.UNKNOWN) {
        return metric.direction() == MetricSpec.Direction.UP;
      }
    }
    if (name.equals("loss")) {
      return false;
    }
    throw new TrainingException(
        String.format(
            Locale.ROOT,
            "%s watches %s, and it is not known whether more or less of it is better; training"
                + " reports %s; with another figure give the mode, max or min",
            getClass().getSimpleName(),
            monitor,
            String.join(", ", spec.metrics().stream().map(MetricSpec::name).toList())));
  }
}
