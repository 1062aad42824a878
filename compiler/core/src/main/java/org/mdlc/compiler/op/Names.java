package org.mdlc.compiler.op;

import java.util.Locale;

/** Spelling of operation names. */
final class Names {
  private Names() {}

  /** {@code ReduceSum} to {@code reduce_sum}, {@code Log1p} to {@code log1p}. */
  static String snakeCase(String className) {
    return className.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }
}
