package org.mdlc.compiler.ir;

/** A broken invariant of the compiler: never the user's fault, and never reported as such. */
public final class CompilerBug extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param pass what was being done
   * @param message what does not hold, naming the value
   */
  public CompilerBug(String pass, String message) {
    super(pass + ": " + message);
  }

  public CompilerBug(String pass, String message, Throwable cause) {
    super(pass + ": " + message, cause);
  }
}
