package org.mdlc.compiler.expr;

/** Functions that {@link Math} lacks, in float64 to about 1e-15. */
final class SpecialFunctions {
  private SpecialFunctions() {}

  /**
   * Error function. Maclaurin series below 2.5, continued fraction of erfc (Abramowitz and Stegun
   * 7.1.14) above: both to the last digits of a double.
   */
  static double erf(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    double size = Math.abs(x);
    if (size > 6) {
      return Math.signum(x);
    }
    if (size < 2.5) {
      // erf x = 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (1*3*5*..*(2n+1)): all terms positive, so
      // no cancellation
      double term = size;
      double sum = size;
      for (int n = 1; term > 1e-18 * sum; n++) {
        term *= 2 * size * size / (2 * n + 1);
        sum += term;
      }
      return Math.copySign(2 / Math.sqrt(Math.PI) * Math.exp(-size * size) * sum, x);
    }
    double fraction = size;
    for (int n = 60; n > 0; n--) {
      fraction = size + n / 2.0 / fraction;
    }
    return Math.copySign(1 - Math.exp(-size * size) / (Math.sqrt(Math.PI) * fraction), x);
  }

  /** Inverse error function: Winitzki's first guess, then Newton steps of second order (Halley). */
  static double erfinv(double y) {
    if (!(Math.abs(y) < 1)) {
      return Math.abs(y) == 1 ? y * Double.POSITIVE_INFINITY : Double.NaN;
    }
    if (y == 0) {
      return y;
    }
    double a = 0.147;
    double log = Math.log1p(-y * y);
    double t = 2 / (Math.PI * a) + log / 2;
    double x = Math.copySign(Math.sqrt(Math.sqrt(t * t - log / a) - t), y);
    for (int i = 0; i < 4; i++) {
      double error = erf(x) - y;
      double slope = 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
      x -= error / (slope + x * error);
    }
    return x;
  }
}
