package org.mdlc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The command {@code mdlc}. Exit codes: 0 done, 1 a mistake in the input, 2 wrong usage, 70 a bug.
 */
@Command(
    name = "mdlc",
    description = "Compiles model descriptions (.mdl) into training code, and trains them.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command line in this JVM and returns its exit code. */
  static int run(String... args) {
    return new CommandLine(new Main()).execute(args);
  }

  /** Reached without a subcommand: that is wrong usage. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }
}
