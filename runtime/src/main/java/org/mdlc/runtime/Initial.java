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
    /** A {@link Role#SEED} variable whose key is the next draw of Python's generator. */
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
   * The key is the next draw. Draws are taken in the order of the variables of the model, which is
   * the order in which Keras constructs initializers and seed generators.
   */
  public static final Initial DRAWN = new Initial(Kind.DRAWN, 0);

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
