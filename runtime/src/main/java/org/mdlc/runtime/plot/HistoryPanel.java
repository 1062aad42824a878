package org.mdlc.runtime.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** One metric over the epochs: a title with the key of its lines, two axes, at most two lines. */
final class HistoryPanel {
  static final double WIDTH = 420;
  static final double HEIGHT = 290;

  static final String INK = "#222222";
  private static final String QUIET = "#666666";
  private static final String GRID = "#e6e6e6";
  private static final String AXIS = "#999999";

  // Blue and vermilion of Okabe and Ito's palette, which every kind of colour vision tells apart.
  private static final String TRAINING = "#0072b2";
  private static final String VALIDATION = "#d55e00";

  private static final double HEAD = 34;
  private static final double TITLE_SIZE = 15;
  private static final double FOOT = 40;
  private static final double LABEL = 12;
  private static final double KEY_LINE = 24;
  private static final int MOST_MARKED = 40;

  private final Drawing drawing;
  private final double x;
  private final double y;
  private final List<Double> epochs;

  /**
   * @param x left end
   * @param y upper end
   */
  HistoryPanel(Drawing drawing, double x, double y, List<Double> epochs) {
    this.drawing = drawing;
    this.x = x;
    this.y = y;
    this.epochs = epochs;
  }

  void draw(String metric, double @Nullable [] training, double @Nullable [] validation) {
    drawing.add(new Drawing.Words(x, y + 14, metric, TITLE_SIZE, true, Drawing.Align.START, INK));
    double keyWidth = keyWidth(training) + keyWidth(validation);
    boolean beside = Drawing.widthOf(metric, TITLE_SIZE) + 12 + keyWidth <= WIDTH;
    double keyLine = beside ? y + 14 : y + 34;
    key(keyLine, beside ? x + WIDTH : x + keyWidth, training, validation);
    Axis values = Axis.around(DoubleStream.concat(stream(training), stream(validation)));
    double labels =
        values.ticks().stream()
            .mapToDouble(tick -> Drawing.widthOf(values.label(tick), LABEL))
            .max()
            .orElse(0);
    Frame frame =
        new Frame(
            x + labels + 8, keyLine + HEAD - 14, x + WIDTH, y + HEIGHT - FOOT, values, epochAxis());
    grid(frame);
    line(frame, training, TRAINING);
    line(frame, validation, VALIDATION);
  }

  private static DoubleStream stream(double @Nullable [] values) {
    return values == null ? DoubleStream.empty() : DoubleStream.of(values);
  }

  private Axis epochAxis() {
    return Axis.ofWhole(
        epochs.stream().mapToDouble(e -> e + 1).min().orElse(1),
        epochs.stream().mapToDouble(e -> e + 1).max().orElse(1));
  }

  private static double keyWidth(double @Nullable [] values) {
    return values == null
        ? 0
        : Drawing.widthOf("validation " + last(values), LABEL) + KEY_LINE + 18;
  }

  /** Up to {@code right}: what each line is, with its last value. */
  private void key(
      double line, double right, double @Nullable [] training, double @Nullable [] validation) {
    double end = right;
    if (validation != null) {
      end = keyEntry(line, end, "validation " + last(validation), VALIDATION) - 18;
    }
    if (training != null) {
      keyEntry(line, end, "training " + last(training), TRAINING);
    }
  }

  private double keyEntry(double line, double right, String text, String colour) {
    double left = right - Drawing.widthOf(text, LABEL);
    drawing.add(new Drawing.Words(left, line, text, LABEL, false, Drawing.Align.START, INK));
    drawing.add(
        Drawing.Line.solid(
            List.of(
                new Drawing.Start(left - KEY_LINE, line - 4), new Drawing.To(left - 8, line - 4)),
            colour,
            3));
    return left - KEY_LINE;
  }

  /** The last value that was measured, as the progress bar shows it. */
  private static String last(double[] values) {
    double last = Double.NaN;
    for (double value : values) {
      last = Double.isNaN(value) ? last : value;
    }
    if (Double.isNaN(last)) {
      return "";
    }
    return String.format(Locale.ROOT, Math.abs(last) > 1e-3 || last == 0 ? "%.4f" : "%.4e", last);
  }

  private void grid(Frame frame) {
    for (double tick : frame.values.ticks()) {
      double at = frame.y(tick);
      drawing.add(rule(frame.left, at, frame.right, at, GRID));
      drawing.add(
          new Drawing.Words(
              frame.left - 8,
              at + 4,
              frame.values.label(tick),
              LABEL,
              false,
              Drawing.Align.END,
              QUIET));
    }
    drawing.add(rule(frame.left, frame.bottom, frame.right, frame.bottom, AXIS));
    for (double tick : frame.epochs.ticks()) {
      double at = frame.x(tick);
      drawing.add(rule(at, frame.bottom, at, frame.bottom + 4, AXIS));
      drawing.add(
          new Drawing.Words(
              at,
              frame.bottom + 18,
              frame.epochs.label(tick),
              LABEL,
              false,
              Drawing.Align.MIDDLE,
              QUIET));
    }
    drawing.add(
        new Drawing.Words(
            (frame.left + frame.right) / 2,
            frame.bottom + 36,
            "epoch",
            LABEL,
            false,
            Drawing.Align.MIDDLE,
            QUIET));
  }

  private static Drawing.Line rule(double x1, double y1, double x2, double y2, String colour) {
    return Drawing.Line.solid(
        List.of(new Drawing.Start(x1, y1), new Drawing.To(x2, y2)), colour, 1);
  }

  /** Goes on over epochs in which nothing was measured, and stops where a value is infinite. */
  private void line(Frame frame, double @Nullable [] values, String colour) {
    if (values == null) {
      return;
    }
    List<Drawing.Move> path = new ArrayList<>();
    List<Drawing.Shape> marks = new ArrayList<>();
    boolean down = false;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        down &= Double.isNaN(values[i]);
        continue;
      }
      double at = frame.x(epochs.get(i) + 1);
      double height = frame.y(values[i]);
      path.add(down ? new Drawing.To(at, height) : new Drawing.Start(at, height));
      marks.add(new Drawing.Box(at - 2.5, height - 2.5, 5, 5, 2.5, colour, ""));
      down = true;
    }
    if (!path.isEmpty()) {
      drawing.add(Drawing.Line.solid(path, colour, 2));
    }
    if (marks.size() <= MOST_MARKED) {
      marks.forEach(drawing::add);
    }
  }

  /** Where values and epochs lie in the picture. */
  private record Frame(
      double left, double top, double right, double bottom, Axis values, Axis epochs) {
    private static final double INSET = 12;

    double x(double epoch) {
      return left + INSET + epochs.share(epoch) * (right - left - 2 * INSET);
    }

    double y(double value) {
      return bottom - values.share(value) * (bottom - top);
    }
  }
}
