package org.mdlc.cli;

/** Ends a command whose errors have been printed: exit code 1, nothing more to say. */
final class ReportedErrors extends RuntimeException {
  private static final long serialVersionUID = 1L;
}
