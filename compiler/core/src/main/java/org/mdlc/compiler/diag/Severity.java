package org.mdlc.compiler.diag;

import java.util.Locale;

/** How bad a diagnostic is. */
public enum Severity {
  ERROR,
  WARNING;

  /** As printed: {@code error}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
