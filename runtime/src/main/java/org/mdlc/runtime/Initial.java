package org.mdlc.runtime;

/**
 * How a variable gets its first value.
 *
 * @param kind the way
 * @param value the number for {@link Kind#FILL} and {@link Kind#SEEDED}, else 0
 */
public record Initial(Kind kind, double value) {
  /** The ways a variable gets its first value. */
  public enum Kind {
    /** Every element is {@link Initial#value}. */
    FILL,
    /**
     * A {@link Role#SEED} variable whose key is draw number {@link Initial#value} of Python's
     * generator.
     */
    DRAWN,
    /** A {@link Role#SEED} variable whose key is {@link Initial#value}, given in the model. */
    SEEDED,
    /** Written by the {@link Phase#INITIALIZE} step. */
    COMPUTED
  }

  /** Every element zero. */
  public static final Initial ZEROS = fill(0);

  /** Every element one. */
  public static final Initial ONES = fill(1);

  /**
   * The key is a draw. Draws are numbered from 0 in the order in which Keras constructs
   * initializers and seed generators; a draw that Keras makes and never uses is no variable's.
   */
  public static Initial drawn(int position) {
    return new Initial(Kind.DRAWN, position);
  }

  /** Written by the initialize step. */
  public static final Initial COMPUTED = new Initial(Kind.COMPUTED, 0);

  /** Every element {@code value}. */
  public static Initial fill(double value) {
    return new Initial(Kind.FILL, value);
  }

  /** A seed the user gave, taken modulo 2^32. */
  public static Initial seeded(long seed) {
    return new Initial(Kind.SEEDED, seed & 0xFFFF_FFFFL);
  }
}
