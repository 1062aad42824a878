package org.mdlc.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code mdlc}. Exit codes: see {@link ExitCode}. */
@Command(
    name = "mdlc",
    description = "Compiles model descriptions (.mdl) into training code, and trains them.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit codes: 0 done, 1 a mistake in the model or its data, 2 wrong usage, 70 a bug in mdlc,",
      "130 training was interrupted.",
      "mdlc COMMAND --help tells more about a command."
    })
public final class Main implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      scope = ScopeType.INHERIT,
      description = "Colours: ${COMPLETION-CANDIDATES}. The variable NO_COLOR turns auto off.")
  private Terminal.ColorMode color = Terminal.ColorMode.AUTO;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Show where in mdlc a bug happened.")
  private boolean stackTrace;

  private Main(Terminal terminal) {
    this.terminal = terminal;
  }

  public static void main(String[] args) {
    System.exit(run(Terminal.ofProcess(), args));
  }

  /** Runs one command line in this JVM and returns its exit code. */
  static int run(Terminal terminal, String... args) {
    var main = new Main(terminal);
    var failures = new Failures(main);
    var command =
        new CommandLine(main)
            .addSubcommand(new CheckCommand())
            .addSubcommand(new CompileCommand())
            .addSubcommand(new SummaryCommand())
            .addSubcommand(new PlotCommand())
            .addSubcommand(new TrainCommand())
            .addSubcommand(new EvaluateCommand())
            .addSubcommand(new PredictCommand())
            .addSubcommand(new ImportCommand())
            .addSubcommand(new ExportCommand())
            .addSubcommand(new FmtCommand())
            .addSubcommand(new ExplainCommand())
            .addSubcommand(new LanguageServerCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(writer(terminal.out()))
            .setErr(writer(terminal.err()))
            .setParameterExceptionHandler(failures)
            .setExecutionExceptionHandler(failures);
    if (!terminal.coloured(Terminal.ColorMode.AUTO)) {
      command.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    }
    try {
      return command.execute(args);
    } catch (OutOfMemoryError e) {
      return failures.outOfMemory();
    } catch (StackOverflowError | LinkageError | AssertionError e) {
      return failures.bug(e);
    }
  }

  /** Reached without a subcommand: that is wrong usage. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  Terminal terminal() {
    return terminal;
  }

  Reporter reporter() {
    return new Reporter(terminal, coloured());
  }

  /** Whether to print in colours. */
  boolean coloured() {
    return terminal.coloured(color);
  }

  boolean showsStackTraces() {
    return stackTrace;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}
