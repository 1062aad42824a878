package org.mdlc.compiler.keras;

/** The text is not what Keras writes, in a way that leaves nothing to go on with. */
final class NotKeras extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotKeras(String message) {
    super(message);
  }
}
