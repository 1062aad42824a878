package org.mdlc.runtime.data;

/**
 * Says that data, weights or a file do not fit, in a sentence meant for the person who supplied
 * them: what was expected, what was found, and where (file, row, column, tensor name).
 */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its full sentence. */
  public DataException(String message) {
    super(message);
  }

  /** An error with its full sentence and what caused it. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
