package org.mdlc.cli;

import java.io.PrintStream;
import java.util.Locale;
import org.mdlc.runtime.Logs;

/** Prints metrics for people, one per line, the loss first. */
final class MetricLines {
  private static final String LOSS = "loss";

  private MetricLines() {}

  /** Lines such as {@code test accuracy: 0.9833}. */
  static void print(String prefix, Logs logs, PrintStream out) {
    logs.get(LOSS).ifPresent(loss -> line(prefix, LOSS, loss, out));
    logs.values().entrySet().stream()
        .filter(metric -> !metric.getKey().equals(LOSS))
        .forEach(metric -> line(prefix, metric.getKey(), metric.getValue(), out));
  }

  private static void line(String prefix, String name, double value, PrintStream out) {
    boolean small = value != 0 && Math.abs(value) < 1e-3;
    var number = String.format(Locale.ROOT, small ? "%.4e" : "%.4f", value);
    out.println(prefix + name + ": " + number);
  }
}
