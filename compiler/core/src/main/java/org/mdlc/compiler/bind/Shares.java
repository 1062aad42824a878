package org.mdlc.compiler.bind;

import java.math.BigDecimal;
import java.util.Optional;

/** Shares of a whole, which are often written as percentages. */
final class Shares {
  static final String ADVICE = "it is a share, not a percentage";

  private Shares() {}

  /** {@code 0.2} for 20: what a number from 2 to 100 means when it was a percentage. */
  static Optional<String> ofPercent(double value) {
    return value >= 2 && value <= 100
        ? Optional.of(
            BigDecimal.valueOf(value).movePointLeft(2).stripTrailingZeros().toPlainString())
        : Optional.empty();
  }
}
