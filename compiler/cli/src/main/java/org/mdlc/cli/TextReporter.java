package org.mdlc.cli;

import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;

/** For people, on the error stream. */
record TextReporter(Terminal terminal, boolean coloured) implements Reporter {
  private static final String RED = "\u001B[1;31m";
  private static final String YELLOW = "\u001B[1;33m";
  private static final String RESET = "\u001B[0m";

  @Override
  public void diagnostics(DiagnosticSink sink) {
    var renderer = coloured ? Renderer.coloured() : Renderer.plain();
    terminal.err().print(renderer.render(sink));
  }

  @Override
  public void error(String sentence) {
    terminal.err().println(word(RED, "error") + ": " + sentence);
  }

  @Override
  public void warning(String sentence) {
    terminal.err().println(word(YELLOW, "warning") + ": " + sentence);
  }

  @Override
  public void more(String line) {
    terminal.err().println("  " + line);
  }

  private String word(String colour, String word) {
    return coloured ? colour + word + RESET : word;
  }
}
