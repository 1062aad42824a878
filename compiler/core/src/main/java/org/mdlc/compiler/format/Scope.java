package org.mdlc.compiler.format;

/**
 * A stretch of pieces that others are indented against: it begins with a piece, once that is there.
 */
final class Scope {
  private static final int NOT_YET = -1;

  private int first = NOT_YET;

  void begin(int piece) {
    first = piece;
  }

  /** Whether the scope is the file itself, which begins before its first piece. */
  boolean isFile() {
    return first == NOT_YET;
  }

  /** Index of its first piece. */
  int first() {
    return first;
  }
}
