package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.mdlc.compiler.bind.StandardLibrary;

/** Writes what keras.ops does between layers: {@code x * 0.5}, {@code mean(x, axis = 1)}. */
final class OperationWriter {
  private static final Map<String, String> OPERATORS =
      Map.ofEntries(
          Map.entry("Add", "+"),
          Map.entry("Subtract", "-"),
          Map.entry("Multiply", "*"),
          Map.entry("Divide", "/"),
          Map.entry("TrueDivide", "/"),
          Map.entry("Power", "**"),
          Map.entry("Matmul", "@"),
          Map.entry("Greater", ">"),
          Map.entry("GreaterEqual", ">="),
          Map.entry("Less", "<"),
          Map.entry("LessEqual", "<="),
          Map.entry("Equal", "=="),
          Map.entry("NotEqual", "!="),
          Map.entry("LogicalAnd", "and"),
          Map.entry("LogicalOr", "or"));

  /** Functions whose names differ from Keras's class in more than letters. */
  private static final Map<String, String> FUNCTIONS =
      Map.of(
          "Absolute", "abs",
          "Var", "variance",
          "Concatenate", "concat",
          "Flip", "reverse",
          "Logsumexp", "logsumexp",
          "Argmax", "argmax",
          "Argmin", "argmin",
          "Cumsum", "cumsum",
          "Rsqrt", "rsqrt");

  /** Arguments by the names that the language has for them. */
  private static final Map<String, String> ARGUMENTS =
      Map.of("num_classes", "n", "x_min", "low", "x_max", "high");

  /** Over which axes an operation may only go inside an example. */
  private static final List<String> REDUCTIONS =
      List.of(
          "Mean",
          "Sum",
          "Max",
          "Min",
          "Prod",
          "Any",
          "All",
          "Var",
          "Logsumexp",
          "Softmax",
          "LogSoftmax",
          "Concatenate",
          "Stack",
          "ExpandDims",
          "Squeeze",
          "Argmax",
          "Argmin",
          "Cumsum",
          "Flip");

  /** Arguments that say nothing where they are at what Keras takes when they are left out. */
  private static final Map<String, String> USUAL =
      Map.of("keepdims", "false", "axis", "-1", "sparse", "false", "approximate", "false");

  private final Outline outline;

  OperationWriter(Outline outline) {
    this.outline = outline;
  }

  /**
   * An operation as written.
   *
   * @param step what stands right of {@code |>}, for a function of one tensor
   * @param text the whole expression, otherwise
   */
  record Written(Optional<String> step, String text) {}

  /** True when the operation can stand right of {@code |>}. */
  static boolean isStep(KerasGraph.Layer layer, KerasGraph.Call call) {
    return !OPERATORS.containsKey(layer.className())
        && !List.of("Negative", "GetItem", "Concatenate", "Stack", "Where", "Maximum", "Minimum")
            .contains(layer.className())
        && call.positional().size() == 1
        && call.positional().getFirst() instanceof KerasGraph.Tensor;
  }

  /**
   * Writes one.
   *
   * @param operand the text of an argument
   */
  Written write(
      KerasGraph.Layer layer, KerasGraph.Call call, Function<KerasGraph.Argument, String> operand) {
    var className = layer.className();
    var operands = call.positional().stream().map(operand).toList();
    var operator = OPERATORS.get(className);
    if (operator != null && operands.size() == 2) {
      return whole(operands.get(0) + " " + operator + " " + operands.get(1));
    }
    return switch (className) {
      case "Negative" -> whole("-" + operands.getFirst());
      case "Relu" -> step("relu");
      case "Reshape" -> step("reshape(" + withoutBatch(layer, "newshape") + ")");
      case "Transpose" -> step("transpose(" + order(layer) + ")");
      case "GetItem" -> whole(operands.getFirst() + index(layer, call));
      case "Identity" -> step("Identity()");
      default -> function(layer, call, operands);
    };
  }

  private static Written whole(String text) {
    return new Written(Optional.empty(), text);
  }

  private static Written step(String text) {
    return new Written(Optional.of(text), "");
  }

  private Written function(KerasGraph.Layer layer, KerasGraph.Call call, List<String> operands) {
    var className = layer.className();
    var name = FUNCTIONS.getOrDefault(className, StandardLibrary.layerName(className));
    var config = Json.config(layer.json());
    if (!Definitions.isTaken(name)) {
      return unknown(
          layer,
          "keras.ops has the operation " + className + " here, and mdl has no function " + name);
    }
    var arguments = new ArrayList<String>();
    for (var entry : config.entrySet()) {
      var key = entry.getKey();
      if (key.equals("name") || Json.isNull(entry.getValue()) && !key.equals("axis")) {
        continue;
      }
      if (key.equals("axis") && REDUCTIONS.contains(className) && overBatch(entry.getValue())) {
        return unknown(layer, className + " goes over the whole batch, axis = " + entry.getValue());
      }
      var text = argument(layer, key, entry.getValue());
      boolean kept =
          !text.equals(USUAL.get(key)) || REDUCTIONS.contains(className) && key.equals("axis");
      if (kept && !(key.equals("axis") && text.equals("-1") && hasLastAxis(className))) {
        arguments.add(ARGUMENTS.getOrDefault(key, key) + " = " + text);
      }
    }
    if (isStep(layer, call)) {
      return step(arguments.isEmpty() ? name : name + "(" + String.join(", ", arguments) + ")");
    }
    var all = new ArrayList<String>();
    for (var text : operands) {
      boolean list = text.startsWith("[") && List.of("Concatenate").contains(className);
      all.add(list ? text.substring(1, text.length() - 1) : text);
    }
    all.addAll(arguments);
    return whole(name + "(" + String.join(", ", all) + ")");
  }

  /** Functions whose axis is the last one unless given. */
  private static boolean hasLastAxis(String className) {
    return List.of("Concatenate", "Stack", "Softmax", "LogSoftmax", "Argmax", "Argmin", "Cumsum")
        .contains(className);
  }

  private static boolean overBatch(JsonElement axis) {
    return Json.isNull(axis)
        || (axis instanceof JsonArray a
            ? a.asList().stream().anyMatch(OperationWriter::overBatch)
            : Json.whole(axis).filter(w -> w == 0).isPresent());
  }

  private static String argument(KerasGraph.Layer layer, String key, JsonElement value) {
    if (key.equals("dtype")) {
      return Dtypes.element(value.getAsString());
    }
    if (value instanceof JsonArray list) {
      return list.asList().stream()
          .map(v -> argument(layer, key, v))
          .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
    }
    return Json.isNumber(value)
        ? Text.number(value)
        : Json.string(value).map(Text::quoted).orElse(value.toString());
  }

  /** The sizes after the batch, which must be left alone. */
  private String withoutBatch(KerasGraph.Layer layer, String key) {
    var shape = Json.array(Json.config(layer.json()), key).orElseGet(JsonArray::new);
    boolean keepsBatch =
        !shape.isEmpty() && (Json.isNull(shape.get(0)) || isMinusOne(shape.get(0)));
    if (!keepsBatch) {
      unknown(layer, "Reshape to " + shape + " makes other examples of the batch");
      return "[]";
    }
    var sizes = shape.asList().subList(1, shape.size());
    return argument(layer, key, array(sizes));
  }

  private static JsonArray array(List<JsonElement> elements) {
    var array = new JsonArray();
    elements.forEach(array::add);
    return array;
  }

  private static boolean isMinusOne(JsonElement value) {
    return Json.whole(value).filter(w -> w == -1).isPresent();
  }

  private String order(KerasGraph.Layer layer) {
    var axes = Json.array(Json.config(layer.json()), "axes").orElseGet(JsonArray::new);
    if (axes.isEmpty() || Json.whole(axes.get(0)).filter(w -> w == 0).isEmpty()) {
      unknown(layer, "Transpose moves the batch");
      return "[]";
    }
    return axes.asList().subList(1, axes.size()).stream()
        .map(a -> Long.toString(a.getAsLong() - 1))
        .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
  }

  /** {@code [0, 1:3, ..]}, without the batch, which must be whole. */
  private String index(KerasGraph.Layer layer, KerasGraph.Call call) {
    var given = call.positional().size() < 2 ? null : call.positional().get(1);
    var items =
        given instanceof KerasGraph.Items i
            ? i.items()
            : given == null ? List.<KerasGraph.Argument>of() : List.of(given);
    var entries = new ArrayList<String>();
    for (var item : items) {
      if (!(item instanceof KerasGraph.Plain plain)) {
        unknown(layer, "an index that is a tensor or a list");
        return "[..]";
      }
      entries.add(entry(plain.value()));
    }
    boolean dots = !entries.isEmpty() && entries.getFirst().equals("..");
    if (!dots && (entries.isEmpty() || !entries.getFirst().equals(":"))) {
      unknown(layer, "an index that chooses among the examples of the batch");
      return "[..]";
    }
    var kept = dots ? entries : entries.subList(1, entries.size());
    return kept.isEmpty() ? "" : "[" + String.join(", ", kept) + "]";
  }

  private static String entry(JsonElement value) {
    if (value instanceof JsonObject object) {
      if (Json.className(object).equals("__ellipsis__")) {
        return "..";
      }
      var config = Json.config(object);
      var step = bound(config.get("step"));
      return bound(config.get("start"))
          + ":"
          + bound(config.get("stop"))
          + (step.isEmpty() || step.equals("1") ? "" : ":" + step);
    }
    return Json.isNull(value) ? "none" : value.toString();
  }

  private static String bound(JsonElement value) {
    return Json.isNull(value) ? "" : value.toString();
  }

  private Written unknown(KerasGraph.Layer layer, String message) {
    outline.noCounterpart(
        layer.json(),
        "`" + layer.name() + "`: " + message,
        "do it with a layer of Keras instead and save the model again, or put"
            + " keras.layers.Identity() there and write this step in the .mdl file");
    return whole("none");
  }
}
