package org.mdlc.cli;

import java.util.Locale;

/**
 * One line of {@code mdlc doctor}.
 *
 * @param name what was looked at
 * @param advice what to do about it; empty if there is nothing to do
 */
record Finding(String name, String value, Verdict verdict, String advice) {
  /** How it stands. */
  enum Verdict {
    OK,
    /** Training works, but not as well as it could. */
    WARNING,
    /** Training does not work. */
    PROBLEM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(String name, String value) {
    return new Finding(name, value, Verdict.OK, "");
  }

  static Finding warning(String name, String value, String advice) {
    return new Finding(name, value, Verdict.WARNING, advice);
  }

  static Finding problem(String name, String value, String advice) {
    return new Finding(name, value, Verdict.PROBLEM, advice);
  }
}
