package org.mdlc.cli.show;

import java.util.Locale;

/** Large numbers in a few letters, as {@code mdlc summary} has them. */
final class Quantity {
  private static final String[] THOUSANDS = {"", "K", "M", "G", "T", "P"};
  private static final String[] BYTES = {"B", "KB", "MB", "GB", "TB", "PB"};

  private Quantity() {}

  /** {@code 640}, {@code 37.7 M}: units of 1000. */
  static String count(long number) {
    return scaled((double) number, 1000, THOUSANDS);
  }

  /** {@code 36 B}, {@code 1.88 KB}: units of 1024. */
  static String bytes(long bytes) {
    return scaled((double) bytes, 1024, BYTES);
  }

  /** {@code 3.10 ms}. */
  static String time(double nanos) {
    return nanos < 1
        ? String.format(Locale.ROOT, "%.2f ns", nanos)
        : scaled(nanos, 1000, new String[] {"ns", "us", "ms", "s"});
  }

  /** {@code 0.62}, {@code 14.3}, {@code 205}: three digits that count. */
  static String ratio(double number) {
    return String.format(
        Locale.ROOT, number < 9.995 ? "%.2f" : number < 99.95 ? "%.1f" : "%.0f", number);
  }

  private static String scaled(double number, int step, String[] units) {
    int unit = 0;
    double rest = number;
    // what would be printed as 1000 is 1.00 of the next unit
    while (rest >= step - 0.5 && unit < units.length - 1) {
      rest /= step;
      unit++;
    }
    var digits =
        unit == 0 && rest == Math.rint(rest)
            ? String.format(Locale.ROOT, "%.0f", rest)
            : ratio(rest);
    return units[unit].isEmpty() ? digits : digits + " " + units[unit];
  }
}
