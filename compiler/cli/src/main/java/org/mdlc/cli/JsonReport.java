package org.mdlc.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.PrintStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Help;
import org.mdlc.compiler.diag.Label;
import org.mdlc.compiler.diag.Severity;
import org.mdlc.compiler.source.Span;

/**
 * What a command with {@code --json} found, as one JSON object on standard output at its end; its
 * form is on the page docs/commands.md. What is meant for people goes to the error stream.
 */
final class JsonReport implements Reporter {
  /** Grows when a key changes its meaning or goes away. */
  private static final int FORMAT = 1;

  private final JsonArray diagnostics = new JsonArray();
  private JsonElement result = JsonNull.INSTANCE;

  /** Says what the command is asked for. */
  void result(JsonElement found) {
    result = found;
  }

  void print(PrintStream out, int exitCode) {
    var report = new JsonObject();
    report.addProperty("format", FORMAT);
    report.addProperty("mdlc", Version.number());
    report.addProperty("exitCode", exitCode);
    report.add("diagnostics", diagnostics);
    report.add("result", result);
    out.println(text(report));
  }

  static String text(JsonElement json) {
    return new GsonBuilder()
        .setPrettyPrinting()
        .disableHtmlEscaping()
        .serializeNulls()
        .create()
        .toJson(json);
  }

  /** A number; null of what JSON has no form for. */
  static JsonElement finite(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  @Override
  public void diagnostics(DiagnosticSink sink) {
    sink.sorted().forEach(diagnostic -> diagnostics.add(of(diagnostic)));
  }

  @Override
  public void error(String sentence) {
    diagnostics.add(sentence(Severity.ERROR, sentence));
  }

  @Override
  public void warning(String sentence) {
    diagnostics.add(sentence(Severity.WARNING, sentence));
  }

  @Override
  public void more(String line) {
    var last = diagnostics.get(diagnostics.size() - 1).getAsJsonObject();
    last.getAsJsonArray("notes").add(line);
  }

  /** A list of what {@code json} makes of each element. */
  static <T> JsonArray list(Iterable<T> elements, Function<T, JsonElement> json) {
    var list = new JsonArray();
    elements.forEach(element -> list.add(json.apply(element)));
    return list;
  }

  private static JsonObject sentence(Severity severity, String sentence) {
    return diagnostic(severity, null, sentence);
  }

  private static JsonObject of(Diagnostic diagnostic) {
    var json = diagnostic(diagnostic.severity(), diagnostic.code().code(), diagnostic.message());
    json.add("place", place(diagnostic.span()));
    json.addProperty("label", diagnostic.primary().text());
    json.add("labels", list(diagnostic.others(), JsonReport::label));
    diagnostic.notes().forEach(json.getAsJsonArray("notes")::add);
    json.add("helps", list(diagnostic.helps(), JsonReport::help));
    return json;
  }

  /** With all keys, in their order. */
  private static JsonObject diagnostic(Severity severity, @Nullable String code, String message) {
    var json = new JsonObject();
    json.addProperty("severity", severity.word());
    json.addProperty("code", code);
    json.addProperty("message", message);
    json.add("place", JsonNull.INSTANCE);
    json.addProperty("label", "");
    json.add("labels", new JsonArray());
    json.add("notes", new JsonArray());
    json.add("helps", new JsonArray());
    return json;
  }

  private static JsonObject label(Label label) {
    var json = new JsonObject();
    json.addProperty("text", label.text());
    json.add("place", place(label.span()));
    return json;
  }

  private static JsonObject help(Help help) {
    var json = new JsonObject();
    json.addProperty("text", help.text());
    json.add("place", help.place() == null ? JsonNull.INSTANCE : place(help.place()));
    json.addProperty("replacement", help.replacement());
    return json;
  }

  private static JsonObject place(Span span) {
    var file = span.file();
    var json = new JsonObject();
    json.addProperty("file", file.name());
    json.addProperty("line", span.line());
    json.addProperty("column", span.column());
    json.addProperty("endLine", file.line(span.end()));
    json.addProperty("endColumn", file.column(span.end()));
    json.addProperty("start", span.start());
    json.addProperty("end", span.end());
    return json;
  }
}
