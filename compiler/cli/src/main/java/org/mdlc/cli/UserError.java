package org.mdlc.cli;

/** Something the user gave is wrong: exit code 1, one sentence, no stack trace. */
final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence without a full stop, naming the file and the place in it
   */
  UserError(String message) {
    super(message);
  }

  UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
