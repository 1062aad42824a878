package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc check a.mdl b.mdl}. */
@Command(
    name = "check",
    description = "Looks for mistakes in models and their train blocks, without running anything.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Model descriptions (.mdl).")
  private List<Path> files;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Value of a model's parameter or named dimension.")
  private Map<String, String> settings = Map.of();

  @Override
  public Integer call() throws IOException {
    boolean failed = false;
    for (var file : files) {
      var problems = Compiler.check(CompileRequest.of(Paths.source(file)).withSettings(settings));
      main.reporter().diagnostics(problems);
      if (problems.hasErrors()) {
        failed = true;
      } else {
        main.terminal().out().println(file + ": no errors");
      }
    }
    return failed ? ExitCode.USER_ERROR : ExitCode.OK;
  }
}
