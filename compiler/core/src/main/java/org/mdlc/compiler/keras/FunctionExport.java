package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Architecture;
import org.mdlc.compiler.bind.Architecture.Plain;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.type.Dim;

/**
 * Finds for functions and operators between layers what Keras has: a layer where one does the same,
 * else the operation of keras.ops, which Keras itself saves for such an expression.
 */
final class FunctionExport {
  private static final String NUMPY = "keras.src.ops.numpy";
  private static final String NN = "keras.src.ops.nn";
  private static final String CORE = "keras.src.ops.core";
  private static final String MATH = "keras.src.ops.math";

  private static final Set<String> ACTIVATIONS =
      Set.of(
          "relu",
          "relu6",
          "leaky_relu",
          "elu",
          "celu",
          "selu",
          "softplus",
          "log_sigmoid",
          "softsign",
          "silu",
          "swish",
          "gelu",
          "mish",
          "hard_sigmoid",
          "hard_silu",
          "hard_swish",
          "hard_tanh",
          "hard_shrink",
          "soft_shrink",
          "tanh_shrink",
          "squareplus",
          "sparse_plus",
          "sparse_sigmoid",
          "softmax",
          "log_softmax",
          "sparsemax",
          "tanh",
          "sigmoid",
          "exponential",
          "linear",
          "glu");

  private static final Map<String, String> MERGES =
      Map.of(
          "add", "Add",
          "multiply", "Multiply",
          "subtract", "Subtract",
          "average", "Average",
          "concatenate", "Concatenate");

  private static final Map<String, String> OPERATORS =
      Map.ofEntries(
          Map.entry("+", "Add"),
          Map.entry("-", "Subtract"),
          Map.entry("*", "Multiply"),
          Map.entry("/", "TrueDivide"),
          Map.entry("**", "Power"),
          Map.entry("@", "Matmul"),
          Map.entry(">", "Greater"),
          Map.entry(">=", "GreaterEqual"),
          Map.entry("<", "Less"),
          Map.entry("<=", "LessEqual"),
          Map.entry("==", "Equal"),
          Map.entry("!=", "NotEqual"),
          Map.entry("and", "LogicalAnd"),
          Map.entry("or", "LogicalOr"),
          Map.entry("matmul", "Matmul"),
          Map.entry("maximum", "Maximum"),
          Map.entry("minimum", "Minimum"),
          Map.entry("where", "Where"));

  /** Functions of one tensor, element by element. */
  private static final Map<String, String> ELEMENTWISE =
      Map.ofEntries(
          Map.entry("unary NEGATE", NUMPY + ".Negative"),
          Map.entry("unary NOT", NUMPY + ".LogicalNot"),
          Map.entry("exp", NUMPY + ".Exp"),
          Map.entry("expm1", NUMPY + ".Expm1"),
          Map.entry("log", NUMPY + ".Log"),
          Map.entry("log1p", NUMPY + ".Log1p"),
          Map.entry("sqrt", NUMPY + ".Sqrt"),
          Map.entry("rsqrt", MATH + ".Rsqrt"),
          Map.entry("abs", NUMPY + ".Absolute"),
          Map.entry("square", NUMPY + ".Square"),
          Map.entry("sin", NUMPY + ".Sin"),
          Map.entry("cos", NUMPY + ".Cos"),
          Map.entry("floor", NUMPY + ".Floor"),
          Map.entry("ceil", NUMPY + ".Ceil"),
          Map.entry("sign", NUMPY + ".Sign"),
          Map.entry("erf", MATH + ".Erf"),
          Map.entry("erfinv", MATH + ".Erfinv"),
          Map.entry("tanh", NUMPY + ".Tanh"),
          Map.entry("sigmoid", NN + ".Sigmoid"),
          Map.entry("relu", NN + ".Relu"));

  private static final Map<String, String> REDUCTIONS =
      Map.of(
          "mean", "Mean",
          "sum", "Sum",
          "max", "Max",
          "min", "Min",
          "prod", "Prod",
          "variance", "Var",
          "any", "Any",
          "all", "All");

  /** Parameters that Keras's layer of the function takes as well, and the layer. */
  private static final Map<String, String> ACTIVATION_LAYERS =
      Map.of("relu", "ReLU", "leaky_relu", "LeakyReLU", "elu", "ELU", "softmax", "Softmax");

  private final ConfigWriter configs;

  FunctionExport(ConfigWriter configs) {
    this.configs = configs;
  }

  /**
   * What is called in Keras.
   *
   * @param arguments positional, as Keras wants them; lists stay lists
   */
  record Made(String module, String className, JsonObject config, List<Plain> arguments) {
    boolean isLayer() {
      return module.equals("keras.layers");
    }
  }

  /** What does the same as a function called with these operands. */
  Made make(String function, Architecture.Call call) {
    var operands = call.operands();
    var at = call.span();
    if (operands.isEmpty()) {
      throw unknown(function, at);
    }
    var first = operands.values().iterator().next();
    if (ACTIVATIONS.contains(function)) {
      return activation(function, operands, at);
    }
    if (MERGES.containsKey(function)) {
      return merge(MERGES.getOrDefault(function, ""), operands, at);
    }
    if (OPERATORS.containsKey(function)) {
      return operator(OPERATORS.getOrDefault(function, ""), List.copyOf(operands.values()));
    }
    if (ELEMENTWISE.containsKey(function)) {
      return operation(ELEMENTWISE.getOrDefault(function, ""), new JsonObject(), List.of(first));
    }
    if (REDUCTIONS.containsKey(function)) {
      return reduction(REDUCTIONS.getOrDefault(function, ""), operands, first, at);
    }
    return switch (function) {
      case "concat" -> concat(operands, at);
      case "stack" ->
          operation(
              NUMPY + ".Stack", config("axis", axis(operands, -1, at)), List.of(rest(operands)));
      case "reshape", "expand_dims", "squeeze" -> reshape(first, call.result(), at);
      case "transpose" -> permute(operands, first, at);
      case "clip" -> {
        var config = config("x_min", value(operands, "low", at));
        config.add("x_max", value(operands, "high", at));
        yield operation(NUMPY + ".Clip", config, List.of(first));
      }
      case "cast" -> cast(operands, first, at);
      case "stop_gradient" -> operation(CORE + ".StopGradient", new JsonObject(), List.of(first));
      case "split" -> split(operands, first, at);
      case "[]" -> index(operands, first, at);
      default -> throw unknown(function, at);
    };
  }

  private static NotInKeras unknown(String function, Span at) {
    return new NotInKeras(
        at,
        "Keras has no layer or operation for the function `" + function + "` here",
        "say it with layers, or keep the weights in .safetensors");
  }

  private static JsonObject config(String name, JsonElement value) {
    var config = new JsonObject();
    config.add(name, value);
    return config;
  }

  private static Made operation(String path, JsonObject config, List<Plain> arguments) {
    int dot = path.lastIndexOf('.');
    return new Made(path.substring(0, dot), path.substring(dot + 1), config, arguments);
  }

  private static Made layer(String className, JsonObject config, Plain argument) {
    return new Made("keras.layers", className, config, List.of(argument));
  }

  private JsonElement value(Map<String, Plain> operands, String name, Span at) {
    return configs.value(operands.get(name), at);
  }

  private JsonElement axis(Map<String, Plain> operands, int usual, Span at) {
    var axis = operands.get("axis");
    return axis == null ? new JsonPrimitive(usual) : configs.value(axis, at);
  }

  // ---- kinds of functions

  private Made activation(String function, Map<String, Plain> operands, Span at) {
    var x = operands.values().iterator().next();
    var own = new JsonObject();
    var usual = Definitions.usual(function);
    operands.forEach(
        (name, value) -> {
          if (!value.equals(x)) {
            var json = configs.value(value, at);
            if (!Types.same(text(json), usual.getOrDefault(name, ""))) {
              own.add(name, json);
            }
          }
        });
    boolean masked = x instanceof Architecture.Tensor t && t.masked();
    if (own.isEmpty() && !masked) {
      return layer("Activation", config("activation", new JsonPrimitive(function)), x);
    }
    var layer = ACTIVATION_LAYERS.get(function);
    if (layer != null && !masked) {
      return layer(layer, own, x);
    }
    if (own.isEmpty() && ELEMENTWISE.containsKey(function)) {
      return operation(ELEMENTWISE.getOrDefault(function, ""), own, List.of(x));
    }
    throw new NotInKeras(
        at,
        masked
            ? "a function drops the mask of its operand, and Keras's activation keeps it"
            : "Keras's layers take `" + function + "` without arguments only",
        masked ? "use `Activation(" + function + ")`" : "leave the arguments at their defaults");
  }

  private static String text(JsonElement value) {
    return value.isJsonNull() ? "none" : value.toString();
  }

  private Made merge(String className, Map<String, Plain> operands, Span at) {
    var inputs = operands.values().iterator().next();
    var config = new JsonObject();
    if (className.equals("Concatenate")) {
      config.add("axis", axis(operands, -1, at));
    }
    return layer(className, config, inputs);
  }

  /** Two tensors of one shape go through a layer; all else is an operation. */
  private static Made operator(String className, List<Plain> operands) {
    boolean hasLayer =
        Set.of("Add", "Subtract", "Multiply", "Maximum", "Minimum").contains(className);
    boolean alike =
        operands.size() == 2
            && operands.get(0) instanceof Architecture.Tensor a
            && operands.get(1) instanceof Architecture.Tensor b
            && a.type().equals(b.type())
            && !a.masked()
            && !b.masked();
    return hasLayer && alike
        ? layer(className, new JsonObject(), new Architecture.Items(operands))
        : operation(NUMPY + "." + className, new JsonObject(), operands);
  }

  private Made reduction(String className, Map<String, Plain> operands, Plain x, Span at) {
    var axes = new ArrayList<Integer>();
    var type = x instanceof Architecture.Tensor t ? t.type() : null;
    if (type == null) {
      throw new NotInKeras(at, "this reduces no tensor", "give it one");
    }
    axes(operands.get("over"), 1, type.rank(), axes);
    axes(operands.get("axis"), 0, type.rank(), axes);
    if (axes.isEmpty()) {
      for (int i = 1; i < type.rank(); i++) {
        axes.add(i);
      }
    }
    var keep = operands.get("keepdims") instanceof Architecture.Truth k && k.value();
    var config = config("keepdims", new JsonPrimitive(keep));
    if (Set.of("Mean", "Max").contains(className) && isSpatial(axes, type.rank())) {
      var pooling =
          (className.equals("Mean") ? "GlobalAveragePooling" : "GlobalMaxPooling")
              + (type.rank() - 2)
              + "D";
      if (!(x instanceof Architecture.Tensor t && t.masked())) {
        return layer(pooling, config, x);
      }
    }
    config.add("axis", ConfigWriter.list(axes.stream().map(JsonPrimitive::new).toList()));
    return operation(NUMPY + "." + className, config, List.of(x));
  }

  private static boolean isSpatial(List<Integer> axes, int rank) {
    var wanted = new ArrayList<Integer>();
    for (int i = 1; i < rank - 1; i++) {
      wanted.add(i);
    }
    return rank >= 3 && rank <= 5 && axes.equals(wanted);
  }

  /** Axes as Keras counts them: the batch is 0. */
  private static void axes(@Nullable Plain given, int first, int rank, List<Integer> axes) {
    switch (given) {
      case Architecture.Items i -> i.items().forEach(a -> axes(a, first, rank, axes));
      case Architecture.Whole w ->
          axes.add((int) (w.value() < 0 ? w.value() + rank : w.value() + first));
      case Architecture.Axis a -> axes.add(a.index() < 0 ? a.index() + rank : a.index() + 1);
      case null, default -> {}
    }
  }

  private static Plain rest(Map<String, Plain> operands) {
    return operands.values().iterator().next();
  }

  private Made concat(Map<String, Plain> operands, Span at) {
    var parts = rest(operands);
    var inputs =
        parts instanceof Architecture.Items i
                && i.items().size() == 1
                && i.items().getFirst() instanceof Architecture.Items inner
            ? inner
            : parts;
    return layer("Concatenate", config("axis", axis(operands, -1, at)), inputs);
  }

  private static Made reshape(Plain x, Plain result, Span at) {
    var sizes = new JsonArray();
    int open = 0;
    if (result instanceof Architecture.Tensor t) {
      for (Dim dim : t.type().shape().dims().subList(1, t.type().rank())) {
        sizes.add(dim.isConstant() ? dim.value() : -1);
        open += dim.isConstant() ? 0 : 1;
      }
    }
    if (open > 1) {
      throw new NotInKeras(
          at,
          "Keras's Reshape leaves one size open, and here are " + open,
          "give the sizes of the input as numbers");
    }
    return layer("Reshape", config("target_shape", sizes), x);
  }

  private static Made permute(Map<String, Plain> operands, Plain x, Span at) {
    var dims = new JsonArray();
    int rank = x instanceof Architecture.Tensor t ? t.type().rank() : 0;
    if (operands.get("order") instanceof Architecture.Items order) {
      for (var entry : order.items()) {
        if (entry instanceof Architecture.Whole w) {
          dims.add(w.value() < 0 ? w.value() + rank : w.value() + 1);
        }
      }
    } else {
      for (int i = rank - 1; i > 0; i--) {
        dims.add(i);
      }
    }
    if (dims.size() != rank - 1) {
      throw new NotInKeras(at, "this order is not one of numbers", "list the dimensions by number");
    }
    return layer("Permute", config("dims", dims), x);
  }

  private Made cast(Map<String, Plain> operands, Plain x, Span at) {
    var type = configs.value(operands.get("dtype"), at);
    var name =
        switch (type.isJsonPrimitive() ? type.getAsString() : "") {
          case "i32" -> "int32";
          case "f32" -> "float32";
          case "bool" -> "bool";
          case "u32" -> "uint32";
          case String other ->
              throw new NotInKeras(
                  at, "Keras has no type `" + other + "`", "cast to i32, f32 or bool");
        };
    return operation(CORE + ".Cast", config("dtype", new JsonPrimitive(name)), List.of(x));
  }

  private Made split(Map<String, Plain> operands, Plain x, Span at) {
    var config = config("indices_or_sections", value(operands, "parts", at));
    config.add("axis", axis(operands, -1, at));
    return operation(NUMPY + ".Split", config, List.of(x));
  }

  // ---- x[..]

  private Made index(Map<String, Plain> operands, Plain x, Span at) {
    var parts = new ArrayList<Plain>();
    parts.add(
        new Architecture.Slice(
            new Architecture.Nothing(), new Architecture.Nothing(), new Architecture.Nothing()));
    operands.forEach(
        (name, value) -> {
          if (!value.equals(x) && value instanceof Architecture.Items i) {
            parts.add(part(name, i.items(), at));
          }
        });
    return operation(
        NUMPY + ".GetItem", new JsonObject(), List.of(x, new Architecture.Items(parts)));
  }

  private static Plain part(String name, List<Plain> values, Span at) {
    if (name.startsWith("rest")) {
      return new Architecture.Rest();
    }
    if (name.startsWith("slice")) {
      return new Architecture.Slice(values.get(0), values.get(1), values.get(2));
    }
    if (values.getFirst() instanceof Architecture.Tensor) {
      throw new NotInKeras(
          at, "Keras saves no index that is a tensor", "say it with layers, or in the loss");
    }
    return values.getFirst();
  }

  /** A part of an index as Keras saves it; others are plain values. */
  JsonElement part(Plain part, Span at) {
    var object = new JsonObject();
    if (part instanceof Architecture.Slice s) {
      object.addProperty("class_name", "__slice__");
      var config = config("start", configs.value(s.from(), at));
      config.add("stop", configs.value(s.to(), at));
      config.add("step", configs.value(s.step(), at));
      object.add("config", config);
      return object;
    }
    if (part instanceof Architecture.Rest) {
      object.addProperty("class_name", "__ellipsis__");
      object.add("config", new JsonObject());
      return object;
    }
    return part instanceof Architecture.Nothing ? JsonNull.INSTANCE : configs.value(part, at);
  }
}
