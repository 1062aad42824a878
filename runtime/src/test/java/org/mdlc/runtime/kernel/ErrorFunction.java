package org.mdlc.runtime.kernel;

/**
 * The error function in double, for tests: Abramowitz and Stegun 7.1.6, a series whose terms are
 * all positive.
 */
final class ErrorFunction {
  private ErrorFunction() {}

  static double erf(double x) {
    if (Double.isNaN(x) || x == 0) {
      return x;
    }
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
