package org.mdlc.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code mdlc}. Exit codes: see {@link ExitCode}. */
@Command(
    name = "mdlc",
    description = "Compiles model descriptions (.mdl) into training code, and trains them.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    footer = {
      "Exit codes: 0 done, 1 a mistake in the model or its data, 2 wrong usage,",
      "70 a bug in mdlc, 130 training was interrupted.",
      "",
      "mdlc init flowers makes a project to begin with.",
      "mdlc COMMAND --help tells more about a command, with examples."
    })
public final class Main implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      scope = ScopeType.INHERIT,
      order = Help.COMMON,
      description = "Colours: ${COMPLETION-CANDIDATES}. The variable NO_COLOR turns auto off.")
  private Terminal.ColorMode color = Terminal.ColorMode.AUTO;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      order = Help.COMMON,
      description = "Show where in mdlc a bug happened.")
  private boolean stackTrace;

  @Option(
      names = {"-h", "--help"},
      scope = ScopeType.INHERIT,
      order = Help.COMMON,
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli answers it by itself
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      order = Help.COMMON,
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // as above
  private boolean version;

  /** With {@code --json}. */
  private @Nullable JsonReport json;

  private Main(Terminal terminal) {
    this.terminal = terminal;
  }

  public static void main(String[] args) throws IOException {
    System.exit(Restart.isNeeded(args) ? Restart.run(args) : run(Terminal.ofProcess(), args));
  }

  /**
   * Runs one command line in this JVM, as a part of another program, without colours.
   *
   * @param out results
   * @param err diagnostics and errors
   * @return the exit code; 0 when all went well
   */
  public static int run(PrintStream out, PrintStream err, String... args) {
    return run(new Terminal(out, err, false, System.getenv()), args);
  }

  /** Runs one command line in this JVM and returns its exit code. */
  static int run(Terminal terminal, String... args) {
    var main = new Main(terminal);
    var failures = new Failures(main);
    var command =
        main.commandLine()
            .setOut(writer(terminal.out()))
            .setErr(writer(terminal.err()))
            .setExecutionStrategy(main::start)
            .setParameterExceptionHandler(failures)
            .setExecutionExceptionHandler(failures);
    if (!terminal.coloured(Terminal.ColorMode.AUTO)) {
      command.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    }
    int exitCode = exitCode(command, failures, args);
    main.json().ifPresent(report -> report.print(terminal.out(), exitCode));
    return exitCode;
  }

  private static int exitCode(CommandLine command, Failures failures, String... args) {
    try {
      return command.execute(args);
    } catch (OutOfMemoryError e) {
      return failures.outOfMemory();
    } catch (StackOverflowError | LinkageError | AssertionError e) {
      return failures.bug(e);
    }
  }

  /** The command and its commands, in the order of the help. */
  private CommandLine commandLine() {
    return Help.arranged(
            new CommandLine(this)
                .addSubcommand(new InitCommand())
                .addSubcommand(new CheckCommand())
                .addSubcommand(new TrainCommand())
                .addSubcommand(new EvaluateCommand())
                .addSubcommand(new PredictCommand())
                .addSubcommand(new CompileCommand())
                .addSubcommand(new SummaryCommand())
                .addSubcommand(new ShowCommand())
                .addSubcommand(new PlotCommand())
                .addSubcommand(new ImportCommand())
                .addSubcommand(new ExportCommand())
                .addSubcommand(new FmtCommand())
                .addSubcommand(new ExplainCommand())
                .addSubcommand(new DoctorCommand())
                .addSubcommand(new CompletionCommand())
                .addSubcommand(new LanguageServerCommand()))
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private int start(ParseResult parsed) {
    var last = parsed.asCommandLineList().getLast().getParseResult();
    if (last.hasMatchedOption(JsonOption.NAME) && !last.isUsageHelpRequested()) {
      reportInJson();
    }
    return new RunLast().execute(parsed);
  }

  /** From now on everything is reported in one JSON object. */
  void reportInJson() {
    json = new JsonReport();
  }

  /** Where to report in JSON, if that was asked for. */
  Optional<JsonReport> json() {
    return Optional.ofNullable(json);
  }

  /** Reached without a subcommand: that is wrong usage. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  /** For people: with {@code --json}, that is the error stream only. */
  Terminal terminal() {
    return json == null ? terminal : terminal.withoutOut();
  }

  Reporter reporter() {
    return json == null ? new TextReporter(terminal, coloured()) : json;
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
