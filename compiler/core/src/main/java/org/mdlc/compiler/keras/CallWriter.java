package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.StandardLibrary;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;

/**
 * Writes Keras's objects, such as layers, initializers and losses, as calls in mdl. Names and
 * arguments are the same in both; arguments at their defaults are left out.
 */
final class CallWriter {
  /** What every layer has, and what chooses between implementations of one computation. */
  private static final Set<String> WITHOUT_MEANING =
      Set.of(
          "name",
          "trainable",
          "dtype",
          "autocast",
          "batch_input_shape",
          "batch_shape",
          "build_input_shape",
          "use_cudnn",
          "unroll",
          "flash_attention",
          "synchronized",
          "gptq_unpacked_column_size",
          "reduction");

  /** Arguments of which one number is the same for every axis and both sides of it. */
  private static final Set<String> PER_AXIS =
      Set.of(
          "kernel_size",
          "strides",
          "dilation_rate",
          "pool_size",
          "output_size",
          "size",
          "padding",
          "output_padding",
          "cropping");

  /** Arguments of which even a list of one is not that one: n-grams up to 2, or of 2 alone. */
  private static final Set<String> LISTED = Set.of("ngrams");

  private static final String LAMBDA = "Lambda";

  private final Outline outline;
  private final Nested nested;

  /** Makes a definition of a model that is used as a layer. */
  interface Nested {
    /** The call that makes it, and what is in it. */
    Made make(JsonObject model, Naming naming);
  }

  /**
   * A layer as written.
   *
   * @param text the call that makes it
   */
  record Made(String text, LayerNode node) {}

  CallWriter(Outline outline, Nested nested) {
    this.outline = outline;
    this.nested = nested;
  }

  // ---- layers

  /** A layer, or a model used as one. */
  Made layer(JsonObject layer, Naming naming) {
    var className = Json.className(layer);
    if (isModel(layer)) {
      return nested.make(layer, naming);
    }
    var given = Outline.nameOf(layer);
    var definition = Definitions.find(Ast.Kind.LAYER, className).orElse(null);
    if (definition == null || !isKeras(layer) || className.equals(LAMBDA)) {
      unknownLayer(layer, className, given);
      return new Made("Identity()", new LayerNode(className, naming.next(className), List.of()));
    }
    var inner = new ArrayList<LayerNode>();
    var arguments = arguments(definition, Tidy.of(layer), layer, naming, inner);
    var name = definition.name().text();
    boolean named = !Naming.isAutomatic(given, className) && given.matches("[A-Za-z0-9_.-]+");
    if (named) {
      arguments.add("name = " + Text.quoted(given));
    }
    if (Json.isBoolean(Json.config(layer).get("trainable"))
        && !Json.config(layer).get("trainable").getAsBoolean()) {
      arguments.add("trainable = false");
    }
    var made = named ? naming.take(given) : naming.next(name);
    return new Made(
        name + "(" + String.join(", ", arguments) + ")", new LayerNode(className, made, inner));
  }

  /** A model inside a model: of layers one after another, or of any graph. */
  static boolean isModel(JsonObject layer) {
    return Json.array(Json.config(layer), "layers").isPresent();
  }

  private static boolean isKeras(JsonObject object) {
    return Json.string(object, "module").map(m -> m.startsWith("keras")).orElse(true)
        && Json.string(object, "registered_name").map(n -> !n.contains(">")).orElse(true);
  }

  private void unknownLayer(JsonObject layer, String className, String name) {
    if (className.equals(LAMBDA)) {
      outline.noCounterpart(
          layer,
          "the layer `" + name + "` is a Lambda, and its Python code cannot be read",
          "in Keras, put keras.layers.Identity(name = \""
              + name
              + "\") in its place and save again; in the .mdl file write what it does, such as `fn(x)"
              + " => x * 2`");
    } else if (!isKeras(layer)) {
      outline.noCounterpart(
          layer,
          "the layer `" + name + "` is of the class " + className + ", which is not Keras's own",
          "write it as a layer in mdl; to import the rest, put keras.layers.Identity(name = \""
              + name
              + "\") in its place in Keras and save again");
    } else {
      outline.noCounterpart(
          layer,
          "there is no layer " + className + ", which `" + name + "` is",
          "docs/keras.md lists what there is, and why the rest is not; `layer "
              + className
              + "(..)(x) { .. }` defines it");
    }
  }

  // ---- arguments

  /** An initializer, a loss …: its call, or its name where that says enough. */
  String object(Ast.Kind kind, JsonObject object, JsonObject where) {
    var className = Json.className(object);
    var definition = Definitions.find(kind, className).orElse(null);
    if (definition == null || !isKeras(object)) {
      outline.noCounterpart(
          where,
          "there is no " + kind.word() + " " + className + ", which " + wording(where) + " has",
          "docs/keras.md lists what there is; `"
              + kind.word()
              + " "
              + className
              + "(..)(..)` defines it");
      return "none";
    }
    var written =
        arguments(definition, Json.config(object), where, new Naming(), new ArrayList<>());
    var reduction = Json.string(Json.config(object), "reduction").orElse("sum_over_batch_size");
    if (kind == Ast.Kind.LOSS && !reduction.equals("sum_over_batch_size")) {
      written.add("reduction = " + (reduction.equals("none") ? "none" : Text.quoted(reduction)));
    }
    var name = definition.name().text();
    boolean asName = kind == Ast.Kind.INITIALIZER && written.isEmpty();
    return asName ? StandardLibrary.layerName(name) : name + "(" + String.join(", ", written) + ")";
  }

  private static String wording(JsonObject layer) {
    return layer.has("optimizer") || layer.has("loss")
        ? "the model"
        : "the layer `" + Outline.nameOf(layer) + "`";
  }

  private List<String> arguments(
      Ast.Definition definition,
      JsonObject config,
      JsonObject where,
      Naming naming,
      List<LayerNode> inner) {
    var parameters = parameters(definition);
    var texts = new ArrayList<String>();
    boolean positional = true;
    for (var parameter : parameters.values()) {
      var name = parameter.name().text();
      var value = config.get(name);
      if (value == null || isLeftOut(parameter, value)) {
        positional = false;
        if (value == null && parameter.defaultValue() == null) {
          outline.malformed(
              where,
              "`"
                  + Outline.nameOf(where)
                  + "` lacks the argument `"
                  + name
                  + "` of "
                  + definition.name());
        }
        continue;
      }
      var text = shortest(parameter, value(parameter.type(), value, where, naming, inner));
      if (isDefault(parameter, text)) {
        positional = false;
        continue;
      }
      positional &= parameter.defaultValue() == null || texts.isEmpty() && isObvious(name, text);
      texts.add(positional ? text : name + " = " + text);
    }
    for (var entry : config.entrySet()) {
      if (!parameters.containsKey(entry.getKey())
          && saysSomething(entry.getKey(), entry.getValue())) {
        unknownArgument(definition, entry.getKey(), entry.getValue(), where, parameters.keySet());
      }
    }
    return texts;
  }

  /** The first argument of all speaks for itself: {@code L2(1e-4)}, {@code SGD(0.1)}. */
  private static boolean isObvious(String name, String text) {
    return !name.equals("axis") && !text.matches("true|false|none");
  }

  /** Optimizers take options beside what they declare. */
  private static Map<String, Ast.Param> parameters(Ast.Definition definition) {
    var parameters = new LinkedHashMap<String, Ast.Param>();
    definition.config().forEach(p -> parameters.put(p.name().text(), p));
    if (definition.kind() == Ast.Kind.OPTIMIZER) {
      StandardLibrary.function("optimizer_options")
          .ifPresent(f -> f.params().forEach(p -> parameters.putIfAbsent(p.name().text(), p)));
    }
    parameters.remove("name");
    return parameters;
  }

  /** Keras's name for no activation, where the language has `none`. */
  private static boolean isLeftOut(Ast.Param parameter, JsonElement value) {
    return parameter.defaultValue() != null
        && (Json.isNull(value)
            ? parameter.defaultValue() instanceof Ast.NoneLit
            : parameter.defaultValue() instanceof Ast.NoneLit
                && Types.names(parameter.type()).contains("fn")
                && Json.string(value).filter("linear"::equals).isPresent());
  }

  private static boolean saysSomething(String key, JsonElement value) {
    return !(Json.isNull(value)
        || WITHOUT_MEANING.contains(key)
        || Json.isBoolean(value) && !value.getAsBoolean());
  }

  private void unknownArgument(
      Ast.Definition definition,
      String key,
      JsonElement value,
      JsonObject where,
      Set<String> known) {
    var text = value.toString();
    var near = DidYouMean.nearest(key, known);
    outline.noCounterpart(
        where,
        "`"
            + Outline.nameOf(where)
            + "` has "
            + key
            + " = "
            + (text.length() > 40 ? text.substring(0, 40) + ".." : text)
            + ", and "
            + definition.name()
            + " takes no such argument",
        near.map(n -> "it takes `" + n + "`; build the layer anew in Keras with that")
            .orElse(
                "docs/keras.md says what is different; build the layer anew in Keras without it"));
  }

  private static boolean isDefault(Ast.Param parameter, String text) {
    return parameter.defaultValue() != null
        && Types.same(text, shortest(parameter, parameter.defaultValue().span().text()));
  }

  /** One number for a list, where it means the same. */
  private static String shortest(Ast.Param parameter, String text) {
    if (!text.startsWith("[") || !Types.takesOne(parameter.type())) {
      return text;
    }
    var name = parameter.name().text();
    var entries = Text.flat(text);
    boolean asOne =
        PER_AXIS.contains(name)
            ? new HashSet<>(entries).size() == 1
            : entries.size() == 1 && !LISTED.contains(name);
    return asOne && !entries.getFirst().startsWith("\"") ? entries.getFirst() : text;
  }

  // ---- values

  /** A value as the type of its parameter wants it. */
  private String value(
      Ast.@Nullable TypeExpr type,
      JsonElement value,
      JsonObject where,
      Naming naming,
      List<LayerNode> inner) {
    if (Json.isNull(value)) {
      return "none";
    }
    var string = Json.string(value);
    if (string.isPresent()) {
      return string(type, string.get(), where);
    }
    return switch (value) {
      case JsonArray a -> list(type, a, where, naming, inner);
      case JsonObject o -> object(type, o, where, naming, inner);
      default -> Json.isNumber(value) ? Text.number(value) : value.getAsString();
    };
  }

  private String string(Ast.@Nullable TypeExpr type, String value, JsonObject where) {
    var names = Types.names(type);
    if (names.contains("fn")) {
      return function(value, where);
    }
    for (var kind : List.of(Ast.Kind.INITIALIZER, Ast.Kind.REGULARIZER, Ast.Kind.CONSTRAINT)) {
      if (names.contains(kind.word())) {
        var object = new JsonObject();
        object.addProperty("class_name", value);
        return object(kind, object, where);
      }
    }
    return Types.words(type).contains(value) ? value : Text.quoted(value);
  }

  private String function(String name, JsonObject where) {
    if (Definitions.isTaken(name)) {
      return name;
    }
    outline.noCounterpart(
        where,
        "`"
            + Outline.nameOf(where)
            + "` applies the function "
            + name
            + ", which mdl does not have",
        "build the layer in Keras without it, and write `fn "
            + name
            + "(x) = ..` in the .mdl file");
    return "linear";
  }

  private String list(
      Ast.@Nullable TypeExpr type,
      JsonArray list,
      JsonObject where,
      Naming naming,
      List<LayerNode> inner) {
    var element = Types.element(type);
    var all = new ArrayList<String>();
    for (var entry : list) {
      all.add(value(element, entry, where, naming, inner));
    }
    return "[" + String.join(", ", all) + "]";
  }

  private String object(
      Ast.@Nullable TypeExpr type,
      JsonObject object,
      JsonObject where,
      Naming naming,
      List<LayerNode> inner) {
    var names = Types.names(type);
    if (names.contains("layer")) {
      if (Json.className(object).equals("StackedRNNCells")) {
        return value(type, Json.config(object).get("cells"), where, naming, inner);
      }
      var made = layer(object, naming);
      inner.add(made.node());
      return made.text();
    }
    for (var kind : Ast.Kind.values()) {
      if (names.contains(kind.word()) && kind != Ast.Kind.LAYER) {
        return object(kind, object, where);
      }
    }
    var items = Json.array(object, "items");
    if (Json.className(object).equals("__tuple__") && items.isPresent()) {
      return list(type, items.get(), where, naming, inner);
    }
    var numbers = Json.array(Json.config(object), "value");
    if (Json.className(object).equals("__numpy__") && numbers.isPresent()) {
      return list(type, numbers.get(), where, naming, inner);
    }
    if (names.contains("fn") && Json.string(object, "config").isPresent()) {
      return function(Json.string(object, "config").orElseThrow(), where);
    }
    outline.noCounterpart(
        where,
        "`"
            + Outline.nameOf(where)
            + "` is given "
            + Json.className(object)
            + " where mdl takes "
            + String.join(" or ", names),
        names.contains("fn")
            ? "in Keras, leave the activation out and put the layer "
                + Json.className(object)
                + " behind"
            : "build the layer anew in Keras without it");
    return "none";
  }
}
