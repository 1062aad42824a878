package org.mdlc.cli;

import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;

/** Tells the user what is wrong, on the error stream. */
final class Reporter {
  private static final String RED = "\u001B[1;31m";
  private static final String YELLOW = "\u001B[1;33m";
  private static final String RESET = "\u001B[0m";

  private final Terminal terminal;
  private final boolean coloured;

  Reporter(Terminal terminal, boolean coloured) {
    this.terminal = terminal;
    this.coloured = coloured;
  }

  /** Everything the compiler found; nothing when it found nothing. */
  void diagnostics(DiagnosticSink sink) {
    var renderer = coloured ? Renderer.coloured() : Renderer.plain();
    terminal.err().print(renderer.render(sink));
  }

  void error(String sentence) {
    terminal.err().println(word(RED, "error") + ": " + sentence);
  }

  void warning(String sentence) {
    terminal.err().println(word(YELLOW, "warning") + ": " + sentence);
  }

  /** A line under the one before. */
  void more(String line) {
    terminal.err().println("  " + line);
  }

  private String word(String colour, String word) {
    return coloured ? colour + word + RESET : word;
  }
}
