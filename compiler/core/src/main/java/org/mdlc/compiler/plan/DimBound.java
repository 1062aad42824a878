package org.mdlc.compiler.plan;

import org.mdlc.compiler.type.Dim;

/** Bounds of dimensions that still depend on the batch size, which is one or more. */
final class DimBound {
  private DimBound() {}

  /** The power of the batch size that the dimension grows with. */
  static int degree(Dim dim) {
    int degree = 0;
    for (var term : dim.terms()) {
      int own = 0;
      for (var factor : term.factors()) {
        own +=
            switch (factor) {
              case Dim.Symbol _ -> 1;
              case Dim.Floor f -> degree(f.numerator());
            };
      }
      degree = Math.max(degree, own);
    }
    return degree;
  }

  /** A number c with {@code dim <= c * batch^degree(dim)} for every batch size from one up. */
  static long coefficientSum(Dim dim) {
    long sum = 0;
    for (var term : dim.terms()) {
      long product = term.coefficient();
      if (product < 0) {
        continue; // leaving out what is taken away keeps the bound
      }
      for (var factor : term.factors()) {
        if (factor instanceof Dim.Floor f) {
          product =
              Math.multiplyExact(product, Math.ceilDiv(coefficientSum(f.numerator()), f.divisor()));
        }
      }
      sum = Math.addExact(sum, product);
    }
    return sum;
  }

  /** True when the dimension is surely zero or more at every batch size from one up. */
  static boolean isNonNegative(Dim dim) {
    // batch = 1 + more: a polynomial in `more` without negative coefficients has no negative value
    var shifted = dim.substitute(name -> Dim.symbol(name).plus(1));
    return shifted.terms().stream()
        .allMatch(
            t ->
                t.coefficient() >= 0
                    && t.factors().stream()
                        .allMatch(
                            f ->
                                f instanceof Dim.Symbol
                                    || isNonNegative(((Dim.Floor) f).numerator())));
  }
}
