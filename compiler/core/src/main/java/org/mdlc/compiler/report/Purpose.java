package org.mdlc.compiler.report;

import java.util.Locale;

/** What a step is done for. */
public enum Purpose {
  /** Predictions, loss, metrics, and the states that the forward pass keeps. */
  FORWARD,
  /** Gradients: nothing else needs it. */
  BACKWARD,
  /** New weights, and all that the optimizer keeps or works out without data. */
  UPDATE;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
