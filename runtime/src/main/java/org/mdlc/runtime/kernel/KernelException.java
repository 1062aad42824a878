package org.mdlc.runtime.kernel;

/**
 * A kernel could not be built or run: the native library is missing or refuses the operation. The
 * message names the operation and its shapes.
 */
public final class KernelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public KernelException(String message) {
    super(message);
  }

  public KernelException(String message, Throwable cause) {
    super(message, cause);
  }
}
