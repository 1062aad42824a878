package org.mdlc.runtime;

/**
 * Says why training cannot go on, in a sentence meant for the person who trains: what a callback
 * found or was asked for.
 */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its full sentence. */
  public TrainingException(String message) {
    super(message);
  }
}
