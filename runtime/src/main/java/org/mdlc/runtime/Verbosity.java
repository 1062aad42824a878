package org.mdlc.runtime;

import org.mdlc.runtime.utils.TerminalWidth;

/** How much a run prints; Keras's {@code verbose}. */
public enum Verbosity {
  /** Nothing; {@code verbose=0}. */
  SILENT,
  /** A progress bar that is redrawn in place; {@code verbose=1}. */
  BAR,
  /** One line per epoch, below one with its number; {@code verbose=2}. */
  LINE,
  /**
   * {@link #BAR} on a terminal, else one line per epoch with its number in it, for logs; {@code
   * verbose="auto"}.
   */
  AUTO;

  /**
   * Keras's number for it.
   *
   * @throws IllegalArgumentException if {@code verbose} is not 0, 1 or 2
   */
  public static Verbosity of(int verbose) {
    return switch (verbose) {
      case 0 -> SILENT;
      case 1 -> BAR;
      case 2 -> LINE;
      default -> throw new IllegalArgumentException("verbose is 0, 1 or 2, not " + verbose);
    };
  }

  /** 0, 1 or 2; for {@link #AUTO} by whether the program writes to a terminal. */
  int level() {
    return switch (this) {
      case SILENT -> 0;
      case BAR -> 1;
      case LINE -> 2;
      case AUTO -> TerminalWidth.isTerminal() ? 1 : 2;
    };
  }
}
