package org.mdlc.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.driver.InvalidRequest;
import org.mdlc.runtime.TrainingException;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.kernel.KernelException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns exceptions into sentences and exit codes. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final Main main;

  Failures(Main main) {
    this.main = main;
  }

  /** The command line is not understood. */
  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    var command = failure.getCommandLine();
    if (List.of(args).contains(JsonOption.NAME)) {
      main.reportInJson();
    }
    var reporter = main.reporter();
    reporter.error(sentence(failure));
    if (failure instanceof UnmatchedArgumentException unmatched) {
      suggestion(command, unmatched.getUnmatched()).forEach(reporter::more);
    }
    var name = command.getCommandSpec().qualifiedName();
    reporter.more("`" + name + " --help` shows how it is used");
    return ExitCode.USAGE;
  }

  private static String sentence(ParameterException failure) {
    var argument = failure.getArgSpec();
    if (argument != null && argument.type().isEnum() && failure.getValue() != null) {
      var words = new ArrayList<String>();
      argument.completionCandidates().forEach(words::add);
      return (argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel())
          + " is "
          + String.join(", ", words.subList(0, words.size() - 1))
          + " or "
          + words.getLast()
          + ", not "
          + failure.getValue();
    }
    if (failure instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      var words = unmatched.getUnmatched();
      return failure.getCommandLine().getParent() == null
          ? "there is no command " + words.getFirst()
          : "too much: " + String.join(" ", words);
    }
    var message = text(failure).replace("option option", "option");
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  private static List<String> suggestion(CommandLine command, List<String> unmatched) {
    var word = unmatched.getFirst().replaceFirst("=.*", "");
    var spec = command.getCommandSpec();
    var candidates =
        word.startsWith("-") ? spec.optionsMap().keySet() : spec.subcommands().keySet();
    return DidYouMean.nearest(word, candidates).map(near -> "did you mean " + near + "?").stream()
        .toList();
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    return report(failure);
  }

  private int report(Throwable failure) {
    return switch (failure) {
      case ReportedErrors _ -> ExitCode.USER_ERROR;
      case UserError e -> userError(text(e));
      case InvalidRequest e -> userError(text(e));
      case DataException e -> userError(text(e));
      case TrainingException e -> userError(text(e));
      case KernelException e -> userError(text(e)); // a library does not load, or a wrong setting
      case UncheckedIOException e ->
          userError(sentence(Objects.requireNonNullElseGet(e.getCause(), IOException::new)));
      case IOException e -> userError(sentence(e));
      default -> bug(failure);
    };
  }

  private int userError(String sentence) {
    main.reporter().error(sentence);
    return ExitCode.USER_ERROR;
  }

  /** What went wrong with which file. */
  static String sentence(IOException failure) {
    return switch (failure) {
      case NoSuchFileException e -> e.getFile() + ": no such file";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case FileNotFoundException e -> text(e);
      case FileSystemException e ->
          e.getFile() + ": " + (e.getReason() == null ? "cannot be used" : e.getReason());
      default -> "cannot read or write: " + text(failure);
    };
  }

  static String text(Throwable failure) {
    return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
  }

  int outOfMemory() {
    return userError(
        "Java has not enough memory for this; a smaller --batch needs less, and"
            + " JAVA_TOOL_OPTIONS=-Xmx8g gives more");
  }

  int bug(Throwable failure) {
    var reporter = main.reporter();
    reporter.error("this is a bug in mdlc, not in your model: " + failure);
    var place =
        Arrays.stream(failure.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("org.mdlc."))
            .findFirst()
            .map(frame -> " at " + frame)
            .orElse("");
    reporter.more("in " + String.join(", ", new Version().getVersion()) + place);
    reporter.more(
        "please report these lines together with the .mdl file to the makers of mdlc"
            + (main.showsStackTraces() ? "" : "; --stacktrace shows more"));
    if (main.showsStackTraces()) {
      failure.printStackTrace(main.terminal().err());
    }
    return ExitCode.BUG;
  }
}
