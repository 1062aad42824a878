package org.mdlc.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc check a.mdl b.mdl}. */
@Command(
    name = "check",
    description = "Looks for mistakes in models and their train blocks, without running anything.",
    footer = {"mdlc check model.mdl", "mdlc check src/main/mdl/*.mdl --json"})
final class CheckCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Model descriptions (.mdl).")
  private List<Path> files;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Value of a model's parameter or named dimension.")
  private Map<String, String> settings = Map.of();

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    boolean failed = false;
    var checked = new JsonArray();
    for (var file : files) {
      var problems = Compiler.check(CompileRequest.of(Paths.source(file)).withSettings(settings));
      main.reporter().diagnostics(problems);
      failed |= problems.hasErrors();
      checked.add(counts(file, problems));
      if (!problems.hasErrors() && !json.isOn()) {
        main.terminal().out().println(file + ": no errors");
      }
    }
    main.json().ifPresent(report -> report.result(checked));
    return failed ? ExitCode.USER_ERROR : ExitCode.OK;
  }

  private static JsonObject counts(Path file, DiagnosticSink problems) {
    var counts = new JsonObject();
    counts.addProperty("file", file.toString().replace('\\', '/'));
    counts.addProperty("errors", problems.errorCount());
    counts.addProperty("warnings", problems.warningCount());
    return counts;
  }
}
