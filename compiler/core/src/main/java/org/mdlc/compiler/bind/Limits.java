package org.mdlc.compiler.bind;

/**
 * How much a source may make the compiler do: far above any model, low enough that a hostile one
 * ends with a message.
 */
final class Limits {
  /** Definitions inside one another. */
  static final int DEPTH = 200;

  /** Expressions evaluated in all phases together. */
  static final long STEPS = 4_000_000;

  /** Elements of a compile-time list. */
  static final int LIST = 100_000;

  private Limits() {}
}
