package org.mdlc.compiler.keras;

import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;

/** Keras has nothing for what stands at a place; the rest of the model goes on. */
final class NotInKeras extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Diagnostic diagnostic;

  NotInKeras(Span at, String message, String help) {
    super(message);
    this.diagnostic = Diagnostic.of(Codes.NOT_IN_KERAS, at, message).help(help);
  }

  Diagnostic diagnostic() {
    return diagnostic;
  }
}
