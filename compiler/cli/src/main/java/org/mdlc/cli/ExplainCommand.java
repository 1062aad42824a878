package org.mdlc.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.diag.Explain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc explain E0301}. */
@Command(
    name = "explain",
    description = "Explains the code of an error or warning, with an example.",
    footer = {"mdlc explain E0301", "mdlc explain"})
final class ExplainCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "CODE",
      arity = "0..1",
      defaultValue = "",
      description = "Such as E0301; without it, all codes are listed.")
  private String code;

  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    if (json.isOn()) {
      main.json().ifPresent(report -> report.result(code.isEmpty() ? listInJson() : pageInJson()));
      return ExitCode.OK;
    }
    main.terminal().out().print(code.isEmpty() ? list() : page());
    return ExitCode.OK;
  }

  private String page() {
    return Explain.page(found());
  }

  private Codes found() {
    return Codes.find(code)
        .orElseThrow(() -> new UserError("there is no code " + code + "; " + advice()));
  }

  private JsonObject pageInJson() {
    var json = inJson(found());
    json.addProperty("page", page());
    return json;
  }

  private static JsonArray listInJson() {
    return JsonReport.list(List.of(Codes.values()), ExplainCommand::inJson);
  }

  private static JsonObject inJson(Codes code) {
    var json = new JsonObject();
    json.addProperty("code", code.code());
    json.addProperty("severity", code.severity().word());
    json.addProperty("title", code.title());
    json.addProperty("meaning", code.meaning());
    return json;
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
