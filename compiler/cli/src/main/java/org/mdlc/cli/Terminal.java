package org.mdlc.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.mdlc.runtime.utils.TerminalWidth;

/**
 * What a command reads and where it prints.
 *
 * @param in what the user types or pipes in
 * @param out results
 * @param err diagnostics and errors
 * @param interactive whether a person looks at it, so that colours make sense
 * @param environment the variables of the process
 */
record Terminal(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean interactive,
    Map<String, String> environment) {

  /** That of this process; always UTF-8, because tables and source texts need it. */
  static Terminal ofProcess() {
    return new Terminal(
        System.in,
        new PrintStream(System.out, true, StandardCharsets.UTF_8),
        new PrintStream(System.err, true, StandardCharsets.UTF_8),
        TerminalWidth.isTerminal(),
        System.getenv());
  }

  /** Where everything goes to the error stream. */
  Terminal withoutOut() {
    return new Terminal(err, err, interactive, environment);
  }

  /** How wide it is. */
  int columns() {
    return TerminalWidth.columns(environment);
  }

  /** Whether to print in colours; the variable NO_COLOR forbids them unless they are asked for. */
  boolean coloured(ColorMode mode) {
    return switch (mode) {
      case ALWAYS -> true;
      case NEVER -> false;
      case AUTO -> interactive && environment.getOrDefault("NO_COLOR", "").isEmpty();
    };
  }

  /** The words of {@code --color}. */
  enum ColorMode {
    AUTO,
    ALWAYS,
    NEVER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
