package org.mdlc.compiler.ir;

/**
 * Operands do not fit an operation. The binder turns it into a diagnostic with spans; elsewhere it
 * is a bug of ours.
 */
public final class ShapeError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int operand;

  /**
   * @param message one sentence in the words of shapes, without a full stop
   * @param operand position of the operand at fault, -1 when it is all of them
   */
  public ShapeError(String message, int operand) {
    super(message);
    this.operand = operand;
  }

  public ShapeError(String message) {
    this(message, -1);
  }

  public int operand() {
    return operand;
  }
}
