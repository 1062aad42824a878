package org.mdlc.compiler.keras;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.IdentityHashMap;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

/**
 * A model's description as a list of its layers, one a line, on which messages can point: the file
 * itself is one long line of JSON.
 */
final class Outline {
  private final SourceFile source;
  private final IdentityHashMap<JsonObject, int[]> places = new IdentityHashMap<>();
  private final DiagnosticSink sink;

  /**
   * Lists a model.
   *
   * @param name of the file
   */
  Outline(String name, JsonObject model, DiagnosticSink sink) {
    var text = new StringBuilder();
    list(model, 0, text);
    Json.object(model, "compile_config").ifPresent(c -> line(c, 0, "compile", "", text));
    this.source = SourceFile.of(name, text.toString());
    this.sink = sink;
  }

  private void list(JsonObject model, int depth, StringBuilder text) {
    var config = Json.config(model);
    line(model, depth, nameOf(model), Json.className(model), text);
    Json.array(config, "layers")
        .ifPresent(
            layers -> {
              for (JsonElement layer : layers) {
                if (layer instanceof JsonObject o) {
                  list(o, depth + 1, text);
                }
              }
            });
  }

  private void line(JsonObject object, int depth, String name, String kind, StringBuilder text) {
    text.repeat("  ", depth).append(clean(name));
    int start = text.length() - clean(name).length();
    if (!kind.isEmpty()) {
      text.append(": ");
      start = text.length();
      text.append(clean(kind));
    }
    places.put(object, new int[] {start, text.length()});
    text.append('\n');
  }

  private static String clean(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /** What a layer or model is called. */
  static String nameOf(JsonObject layer) {
    return Json.string(Json.config(layer), "name").or(() -> Json.string(layer, "name")).orElse("?");
  }

  /** Where an object stands; an inner one, such as a cell, where the layer around it does. */
  private Span place(JsonObject object) {
    var place = places.get(object);
    return place == null
        ? new Span(source, 0, Math.max(0, source.text().indexOf('\n')))
        : new Span(source, place[0], place[1]);
  }

  /** Something that the language does not have. */
  void noCounterpart(JsonObject where, String message, String help) {
    sink.report(Diagnostic.of(Codes.NOT_IN_MDL, place(where), message).help(help));
  }

  /** Something that Keras does not write. */
  void malformed(JsonObject where, String message) {
    sink.report(
        Diagnostic.of(Codes.NOT_A_KERAS_MODEL, place(where), message)
            .help("save the model anew with model.save(\"model.keras\")"));
  }
}
