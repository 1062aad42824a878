package org.mdlc.compiler.bind;

/** Leaves a computation whose cause has been reported already. */
final class Silent extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Silent() {
    super("reported already", null, false, false);
  }
}
