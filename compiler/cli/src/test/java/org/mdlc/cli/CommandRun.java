package org.mdlc.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What one command line printed and returned. */
record CommandRun(int exitCode, String out, String err) {
  static CommandRun of(String... args) {
    return in(Map.of(), false, args);
  }

  static CommandRun in(Map<String, String> environment, boolean interactive, String... args) {
    return run(InputStream.nullInputStream(), environment, interactive, args);
  }

  /** With a text on standard input. */
  static CommandRun reading(String text, String... args) {
    var in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return run(in, Map.of(), false, args);
  }

  private static CommandRun run(
      InputStream in, Map<String, String> environment, boolean interactive, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            in,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            interactive,
            environment);
    int exitCode = Main.run(terminal, args);
    return new CommandRun(exitCode, text(out), text(err));
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
