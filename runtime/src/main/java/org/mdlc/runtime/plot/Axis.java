package org.mdlc.runtime.plot;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * The numbers along one side of a panel.
 *
 * @param low value at its start
 * @param high value at its end
 * @param step from tick to tick: 1, 2 or 5 times a power of ten
 */
record Axis(double low, double high, double step) {
  private static final int ABOUT = 5;
  private static final double LARGE = 1e6;
  private static final double SMALL = 1e-4;

  /** Holds all finite values and begins and ends at a tick. */
  static Axis around(DoubleStream values) {
    var range = values.filter(Double::isFinite).summaryStatistics();
    if (range.getCount() == 0) {
      return new Axis(0, 1, 0.2);
    }
    double min = range.getMin();
    double max = range.getMax();
    // One value, or values apart by no more than rounding, lie in the middle.
    double least = Math.max(Math.abs(min), Math.abs(max)) * 1e-6;
    if (max - min <= least) {
      double around = min == 0 ? 1 : Math.abs(min) / 2;
      min -= around;
      max += around;
    }
    double step = niceStep((max - min) / ABOUT);
    return new Axis(Math.floor(min / step) * step, Math.ceil(max / step) * step, step);
  }

  /** Whole numbers from one to another. */
  static Axis ofWhole(double from, double to) {
    return new Axis(from, to, Math.max(1, niceStep((to - from) / 8)));
  }

  private static double niceStep(double about) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(about, Double.MIN_NORMAL))));
    double rest = about / power;
    return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
  }

  /** The multiples of the step on the axis. */
  List<Double> ticks() {
    long first = (long) Math.ceil(low / step - 1e-9);
    long last = (long) Math.floor(high / step + 1e-9);
    return LongStream.rangeClosed(first, last).mapToObj(i -> i * step).toList();
  }

  /** 0 at the start, 1 at the end. */
  double share(double value) {
    return high == low ? 0.5 : (value - low) / (high - low);
  }

  /** With as many decimals as the step has. */
  String label(double tick) {
    double size = Math.max(Math.abs(low), Math.abs(high));
    if (size >= LARGE || (size > 0 && step < SMALL)) {
      return tick == 0 ? "0" : String.format(Locale.ROOT, "%.1e", tick);
    }
    int decimals = Math.max(0, new BigDecimal(String.format(Locale.ROOT, "%.0e", step)).scale());
    return String.format(Locale.ROOT, "%." + decimals + "f", tick);
  }
}
