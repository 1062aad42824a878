package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.syntax.Ast;

/** Writes what a model was compiled with as a train block. */
final class TrainWriter {
  private static final Set<String> BY_SHAPE = Set.of("accuracy", "acc", "crossentropy", "ce");

  private final JsonObject compile;
  private final Map<String, String> outputs;
  private final CallWriter calls;
  private final Outline outline;

  TrainWriter(JsonObject compile, Map<String, String> outputs, CallWriter calls, Outline outline) {
    this.compile = compile;
    this.outputs = outputs;
    this.calls = calls;
    this.outline = outline;
  }

  /** The block, or nothing for a model without a loss. */
  String block(String model, String precision) {
    var losses = losses();
    if (losses.isEmpty()) {
      return "";
    }
    var text = new StringBuilder("train " + model + " {\n");
    text.append("loss ").append(String.join(", ", losses)).append('\n');
    metrics("metrics", text);
    metrics("weighted_metrics", text);
    text.append("optimizer ").append(optimizer(precision)).append('\n');
    return text.append("}\n").toString();
  }

  private String optimizer(String precision) {
    var optimizer = compile.get("optimizer");
    if (optimizer instanceof JsonObject object) {
      boolean scaled = Json.className(object).equals("LossScaleOptimizer");
      var inner = Json.config(object).get("inner_optimizer");
      return scaled && precision.equals("mixed_float16") && inner instanceof JsonObject own
          ? calls.object(Ast.Kind.OPTIMIZER, own, compile)
          : calls.object(Ast.Kind.OPTIMIZER, object, compile);
    }
    return calls.object(
        Ast.Kind.OPTIMIZER, named(Json.string(optimizer).orElse("rmsprop")), compile);
  }

  private static JsonObject named(String className) {
    var object = new JsonObject();
    object.addProperty("class_name", className);
    return object;
  }

  // ---- losses

  private List<String> losses() {
    var written = new ArrayList<String>();
    var weights = perOutput(compile.get("loss_weights"));
    perOutput(compile.get("loss"))
        .forEach(
            (output, loss) -> {
              if (Json.isNull(loss)) {
                return;
              }
              var call =
                  loss instanceof JsonObject object
                      ? calls.object(Ast.Kind.LOSS, object, compile)
                      : calls.object(Ast.Kind.LOSS, named(Json.string(loss).orElse("?")), compile);
              var weight = weights.get(output);
              boolean weighted =
                  weight != null && Json.isNumber(weight) && weight.getAsDouble() != 1;
              written.add(
                  label(output)
                      + call
                      + (weighted && weight != null ? " weight " + Text.number(weight) : ""));
            });
    return written;
  }

  private String label(String output) {
    return outputs.size() == 1 ? "" : outputs.getOrDefault(output, output) + ": ";
  }

  /** A value for all, a list in the order of the outputs or a dictionary, as values by output. */
  private Map<String, JsonElement> perOutput(JsonElement given) {
    var values = new LinkedHashMap<String, JsonElement>();
    var names = List.copyOf(outputs.keySet());
    switch (given) {
      case JsonObject o when !o.has("class_name") ->
          o.entrySet().forEach(e -> values.put(e.getKey(), e.getValue()));
      case JsonArray a -> {
        for (int i = 0; i < Math.min(a.size(), names.size()); i++) {
          values.put(names.get(i), a.get(i));
        }
      }
      case null -> {}
      default -> names.forEach(name -> values.put(name, given));
    }
    return values;
  }

  // ---- metrics

  private void metrics(String word, StringBuilder text) {
    var written = new ArrayList<String>();
    metricsByOutput(compile.get(word))
        .forEach(
            (output, metrics) -> {
              for (int i = 0; i < metrics.size(); i++) {
                var metric = metrics.get(i);
                if (!Json.isNull(metric)) {
                  written.add((i == 0 ? label(output) : "") + metric(metric));
                }
              }
            });
    if (!written.isEmpty()) {
      text.append(word).append(' ').append(String.join(", ", written)).append('\n');
    }
  }

  /** A list for one output; a list of lists, or a dictionary, for several. */
  private Map<String, List<JsonElement>> metricsByOutput(JsonElement given) {
    var byOutput = new LinkedHashMap<String, List<JsonElement>>();
    var names = List.copyOf(outputs.keySet());
    switch (given) {
      case JsonObject o when !o.has("class_name") ->
          o.entrySet().forEach(e -> byOutput.put(e.getKey(), list(e.getValue())));
      case JsonArray a when names.size() == 1 -> {
        var all = new ArrayList<JsonElement>();
        a.forEach(m -> all.addAll(list(m)));
        byOutput.put(names.getFirst(), all);
      }
      case JsonArray a -> {
        for (int i = 0; i < Math.min(a.size(), names.size()); i++) {
          byOutput.put(names.get(i), list(a.get(i)));
        }
      }
      case null, default -> {}
    }
    return byOutput;
  }

  private static List<JsonElement> list(JsonElement value) {
    return value instanceof JsonArray a
        ? a.asList()
        : Json.isNull(value) ? List.of() : List.of(value);
  }

  private String metric(JsonElement metric) {
    if (metric instanceof JsonObject object) {
      var call = calls.object(Ast.Kind.METRIC, object, compile);
      var name = Json.string(Json.config(object), "name").orElse("");
      var base = Definitions.plain(name.replaceAll("_\\d+$", ""));
      boolean own = !name.isEmpty() && !base.equals(Definitions.plain(Json.className(object)));
      var separator = call.endsWith("()") ? "" : ", ";
      return own && call.endsWith(")")
          ? call.substring(0, call.length() - 1) + separator + "name = " + Text.quoted(name) + ")"
          : call;
    }
    var word = Json.string(metric).orElse("?");
    if (!BY_SHAPE.contains(word) && Definitions.find(Ast.Kind.METRIC, word).isEmpty()) {
      outline.noCounterpart(
          compile,
          "there is no metric " + word + ", which the model was compiled with",
          "docs/keras.md lists what there is; `metric "
              + word
              + "(..)(y_true, y_pred)` defines it");
    }
    return Text.quoted(word);
  }
}
