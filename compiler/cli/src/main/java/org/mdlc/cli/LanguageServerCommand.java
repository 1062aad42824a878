package org.mdlc.cli;

import java.util.concurrent.Callable;
import org.mdlc.languageserver.Main;
import picocli.CommandLine.Command;

/** {@code mdlc language-server}. */
@Command(
    name = "language-server",
    aliases = "lsp",
    description = "Serves an editor over standard input and output (Language Server Protocol).",
    mixinStandardHelpOptions = true)
final class LanguageServerCommand implements Callable<Integer> {
  /** Names no class of the protocol's library: other commands start without it. */
  @Override
  public Integer call() {
    return Main.serve();
  }
}
