package org.mdlc.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.diag.Explain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc explain E0301}. */
@Command(
    name = "explain",
    description = "Explains the code of an error or warning, with an example.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "CODE",
      arity = "0..1",
      defaultValue = "",
      description = "Such as E0301; without it, all codes are listed.")
  private String code;

  @Override
  public Integer call() {
    main.terminal().out().print(code.isEmpty() ? list() : page());
    return ExitCode.OK;
  }

  private String page() {
    return Explain.page(code)
        .orElseThrow(() -> new UserError("there is no code " + code + "; " + advice()));
  }

  private String advice() {
    return DidYouMean.nearest(code.toUpperCase(Locale.ROOT), codes())
        .map(near -> "did you mean " + near + "?")
        .orElse("`mdlc explain` without a code lists all");
  }

  private static List<String> codes() {
    return Arrays.stream(Codes.values()).map(Codes::code).toList();
  }

  private static String list() {
    var text = new StringBuilder();
    Arrays.stream(Codes.values())
        .forEach(code -> text.append(code.code()).append("  ").append(code.title()).append('\n'));
    return text.toString();
  }
}
