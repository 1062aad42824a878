package org.mdlc.compiler.driver;

/**
 * What was asked for does not exist or cannot be done, though the source text itself may be right.
 */
public final class InvalidRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence for the user, without a full stop
   */
  public InvalidRequest(String message) {
    super(message);
  }
}
