package org.mdlc.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mdlc completion bash}. */
@Command(
    name = "completion",
    description = {
      "Prints a script with which a shell completes commands, options and files of mdlc.",
      "",
      "Each line below makes it so whenever a shell starts."
    },
    footer = {
      "echo 'source <(mdlc completion bash)' >> ~/.bashrc",
      "echo 'source <(mdlc completion zsh)' >> ~/.zshrc",
      "mdlc completion fish > ~/.config/fish/completions/mdlc.fish"
    })
final class CompletionCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  /** Shells whose language the scripts are in. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "SHELL", description = "Which shell: ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Override
  public Integer call() {
    var mdlc = spec.root().commandLine();
    main.terminal()
        .out()
        .print(
            switch (shell) {
              case BASH, ZSH -> Completion.bash(mdlc);
              case FISH -> Completion.fish(mdlc);
            });
    return ExitCode.OK;
  }
}
