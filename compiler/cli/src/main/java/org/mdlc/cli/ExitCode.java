package org.mdlc.cli;

/** What the exit codes of {@code mdlc} mean. */
final class ExitCode {
  static final int OK = 0;

  /** A mistake in the model, the data, the weights or another file. */
  static final int USER_ERROR = 1;

  /** The command line is not understood. */
  static final int USAGE = 2;

  /** A bug of mdlc; {@code EX_SOFTWARE} of sysexits.h. */
  static final int BUG = 70;

  /** Ctrl-C ended training; what a shell says of a program that SIGINT ended. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
