package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.mdlc.compiler.bind.Architecture;
import org.mdlc.compiler.bind.Architecture.Plain;
import org.mdlc.compiler.bind.StandardLibrary;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.keras.Unit.Call.Source;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.type.TensorType;

/** Writes a model as Keras's Functional: layers with what each call of them reads. */
final class GraphExport {
  /** Layers whose tensors Keras takes as one list. */
  private static final Set<String> TAKE_LISTS = Set.of("Attention", "AdditiveAttention");

  private static final Set<String> POSITIONAL = Set.of("query", "value");

  /** Where a tensor comes from. */
  private record Origin(Source source, int output) {}

  private final String name;
  private final Architecture model;
  private final ConfigWriter configs;
  private final FunctionExport functions;
  private final DiagnosticSink problems;
  private final Predicate<Architecture.Layer> trainable;
  private final Map<Integer, Origin> origins = new HashMap<>();
  private final Map<String, Unit> layers = new LinkedHashMap<>();
  private final List<Unit> inputs = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> elsewhere;

  /**
   * Prepares a model.
   *
   * @param trainable whether a layer learns
   * @param elsewhere paths of layers that other models of the export have; added to
   */
  GraphExport(
      String name,
      Architecture model,
      ConfigWriter configs,
      DiagnosticSink problems,
      Predicate<Architecture.Layer> trainable,
      Set<String> elsewhere) {
    this.name = name;
    this.model = model;
    this.configs = configs;
    this.functions = new FunctionExport(configs);
    this.problems = problems;
    this.trainable = trainable;
    this.elsewhere = elsewhere;
  }

  /**
   * A model as written.
   *
   * @param layers in Keras's order, with what is in them
   */
  record Written(JsonObject json, List<LayerNode> layers) {}

  Written write() {
    for (var call : model.calls()) {
      if (call.callee() instanceof Architecture.Layer l) {
        names.add(l.name());
      }
    }
    model.inputs().forEach(this::input);
    var needed = needed();
    for (var call : model.calls()) {
      if (needed.contains(call)) {
        try {
          call(call);
        } catch (NotInKeras e) {
          problems.report(e.diagnostic());
          forget(call);
        }
      }
    }
    var outputs = new ArrayList<Origin>();
    for (var output : model.outputs().values()) {
      tensorsOf(output).stream()
          .map(t -> origins.get(t.id()))
          .filter(Objects::nonNull)
          .forEach(outputs::add);
    }
    var order = UnitOrder.of(inputs, outputs.stream().map(Origin::source).toList());
    return new Written(
        json(order, outputs), order.stream().map(Unit::node).filter(Objects::nonNull).toList());
  }

  /** After an error: later calls find tensors, and say no more about them. */
  private void forget(Architecture.Call call) {
    tensorsOf(call.result())
        .forEach(
            t -> {
              if (!inputs.isEmpty()) {
                origins.put(t.id(), new Origin(new Source(inputs.getFirst(), 0), 0));
              }
            });
  }

  private static List<Architecture.Tensor> tensorsOf(Plain value) {
    return switch (value) {
      case Architecture.Tensor t -> List.of(t);
      case Architecture.Items i -> i.items().stream().flatMap(v -> tensorsOf(v).stream()).toList();
      case null, default -> List.of();
    };
  }

  /** The calls that outputs depend on. */
  private Set<Architecture.Call> needed() {
    var wanted = new HashSet<Integer>();
    model.outputs().values().forEach(o -> tensorsOf(o).forEach(t -> wanted.add(t.id())));
    var needed = new HashSet<Architecture.Call>();
    for (var call : model.calls().reversed()) {
      if (tensorsOf(call.result()).stream().anyMatch(t -> wanted.contains(t.id()))) {
        needed.add(call);
        call.operands().values().forEach(v -> tensorsOf(v).forEach(t -> wanted.add(t.id())));
      }
    }
    return needed;
  }

  // ---- units

  private String claim(String base) {
    var unique = base;
    for (int i = 1; !names.add(unique); i++) {
      unique = base + "_" + i;
    }
    return unique;
  }

  private void input(Architecture.Input input) {
    if (!(input.value() instanceof Architecture.Tensor tensor)) {
      problems.report(
          new NotInKeras(
                  input.span(),
                  "the input `"
                      + input.name()
                      + "` is text, whose layers keep their vocabulary"
                      + " outside of config.json",
                  "export a model that begins with the numbers made of it")
              .diagnostic());
      return;
    }
    var unique = claim(input.name());
    var config = new JsonObject();
    config.add("batch_shape", shape(tensor.type()));
    config.addProperty("dtype", dtype(tensor.type()));
    config.addProperty("sparse", false);
    config.addProperty("ragged", false);
    config.addProperty("name", unique);
    config.addProperty("optional", false);
    var unit =
        new Unit(
            unique,
            ConfigWriter.object("keras.layers", "InputLayer", config),
            new LayerNode("InputLayer", unique, List.of()),
            false);
    inputs.add(unit);
    origins.put(tensor.id(), new Origin(new Source(unit, 0), 0));
  }

  private void call(Architecture.Call call) {
    var args = new JsonArray();
    var kwargs = new JsonObject();
    var sources = new ArrayList<Source>();
    var unit =
        switch (call.callee()) {
          case Architecture.Function f -> function(f, call, args, sources);
          case Architecture.Layer l -> layer(l, call, args, kwargs, sources);
        };
    var json = new JsonObject();
    json.add("args", args);
    json.add("kwargs", kwargs);
    unit.calls().add(new Unit.Call(sources, json));
    var results = tensorsOf(call.result());
    for (int i = 0; i < results.size(); i++) {
      origins.put(results.get(i).id(), new Origin(new Source(unit, unit.calls().size() - 1), i));
    }
  }

  private Unit function(
      Architecture.Function function,
      Architecture.Call call,
      JsonArray args,
      List<Source> sources) {
    var made = functions.make(function.name(), call);
    for (var argument : made.arguments()) {
      args.add(argument(argument, call.span(), sources));
    }
    var unique = claim(StandardLibrary.layerName(made.className()));
    var config = new JsonObject();
    config.addProperty("name", unique);
    if (made.isLayer()) {
      config.add("dtype", configs.policy());
    }
    made.config().entrySet().forEach(e -> config.add(e.getKey(), e.getValue()));
    var json = ConfigWriter.object(made.module(), made.className(), config);
    if (!made.isLayer()) {
      json.addProperty("registered_name", made.className());
    }
    var node = made.isLayer() ? new LayerNode(made.className(), unique, List.of()) : null;
    return new Unit(unique, json, node, false);
  }

  private Unit layer(
      Architecture.Layer layer,
      Architecture.Call call,
      JsonArray args,
      JsonObject kwargs,
      List<Source> sources) {
    var operands = call.operands();
    if (TAKE_LISTS.contains(layer.kind())) {
      var tensors = new JsonArray();
      operands.forEach(
          (name, value) -> {
            if (value instanceof Architecture.Tensor) {
              tensors.add(argument(value, call.span(), sources));
            } else if (!(value instanceof Architecture.Nothing)) {
              kwargs.add(name, argument(value, call.span(), sources));
            }
          });
      args.add(tensors);
    } else {
      boolean first = true;
      for (var entry : operands.entrySet()) {
        var value = entry.getValue();
        if (!(value instanceof Architecture.Nothing)) {
          var json = argument(value, call.span(), sources);
          boolean positional =
              first || POSITIONAL.contains(entry.getKey()) || layer.inside().isPresent();
          if (positional && layer.inside().isEmpty() || positional && operands.size() == 1) {
            args.add(json);
          } else if (positional) {
            nested(args, json);
          } else {
            kwargs.add(entry.getKey(), json);
          }
        }
        first = false;
      }
    }
    var known = layers.get(layer.path());
    return known != null ? known : make(layer, operands);
  }

  /** A model of several inputs takes them as one list. */
  private static void nested(JsonArray args, JsonElement input) {
    if (args.isEmpty()) {
      args.add(new JsonArray());
    }
    args.get(0).getAsJsonArray().add(input);
  }

  private Unit make(Architecture.Layer layer, Map<String, Plain> operands) {
    if (!elsewhere.add(layer.path())) {
      throw new NotInKeras(
          layer.span(),
          "the layer `"
              + layer.name()
              + "` is called both in a model and outside of it, which a"
              + " description of Keras cannot say",
          "give the model's result to it outside only, or make two layers");
    }
    Unit unit;
    if (layer.inside().isPresent() && layer.weights() == 0) {
      var inner =
          new GraphExport(
                  layer.name(), layer.inside().get(), configs, problems, trainable, elsewhere)
              .write();
      inner.json().getAsJsonObject("config").addProperty("trainable", layer.trainable());
      unit =
          new Unit(
              layer.name(),
              inner.json(),
              new LayerNode("Functional", layer.name(), inner.layers()),
              true);
    } else {
      var json = configs.layer(layer, trainable.test(layer));
      build(layer, operands, json);
      unit = new Unit(layer.name(), json, node(layer), false);
    }
    layers.put(layer.path(), unit);
    return unit;
  }

  /** The shape that a layer with weights is built for. */
  private static void build(
      Architecture.Layer layer, Map<String, Plain> operands, JsonObject json) {
    if (layer.weights() > 0
        && operands.size() == 1
        && operands.values().iterator().next() instanceof Architecture.Tensor t) {
      var build = new JsonObject();
      build.add("input_shape", shape(t.type()));
      json.add("build_config", build);
    }
  }

  private static LayerNode node(Architecture.Layer layer) {
    var inner = new ArrayList<LayerNode>();
    for (var argument : layer.arguments().values()) {
      if (argument instanceof Architecture.Layer l) {
        inner.add(node(l));
      } else if (argument instanceof Architecture.Items i) {
        i.items().stream()
            .filter(Architecture.Layer.class::isInstance)
            .forEach(l -> inner.add(node((Architecture.Layer) l)));
      }
    }
    var className =
        layer.kind().equals("GroupQueryAttention") ? "GroupedQueryAttention" : layer.kind();
    return new LayerNode(className, layer.name(), inner);
  }

  // ---- arguments

  private JsonElement argument(Plain value, Span at, List<Source> sources) {
    return switch (value) {
      case Architecture.Tensor t -> {
        var origin = origins.get(t.id());
        if (origin == null) {
          throw new NotInKeras(
              at,
              "this reads a tensor of the model around it, which a model of Keras cannot",
              "give the tensor to the layer as an operand");
        }
        sources.add(origin.source());
        yield tensor(origin, t.type());
      }
      case Architecture.Items i ->
          ConfigWriter.list(
              i.items().stream()
                  .map(
                      v ->
                          v instanceof Architecture.Slice || v instanceof Architecture.Rest
                              ? functions.part(v, at)
                              : argument(v, at, sources))
                  .toList());
      default -> configs.value(value, at);
    };
  }

  private static JsonObject tensor(Origin origin, TensorType type) {
    var config = new JsonObject();
    config.add("shape", shape(type));
    config.addProperty("dtype", dtype(type));
    config.add("keras_history", history(origin, 0));
    var tensor = new JsonObject();
    tensor.addProperty("class_name", "__keras_tensor__");
    tensor.add("config", config);
    return tensor;
  }

  /** Where outputs are listed, Keras counts a call of its own of a Functional model. */
  private static JsonArray listed(Origin origin) {
    return history(origin, origin.source().unit().isModel() ? 1 : 0);
  }

  private static JsonArray history(Origin origin, int before) {
    var history = new JsonArray();
    history.add(origin.source().unit().name());
    history.add(origin.source().call() + before);
    history.add(origin.output());
    return history;
  }

  private static JsonArray shape(TensorType type) {
    var shape = new JsonArray();
    for (var dim : type.shape().dims()) {
      if (dim.isConstant()) {
        shape.add(dim.value());
      } else {
        shape.add(JsonNull.INSTANCE);
      }
    }
    return shape;
  }

  private static String dtype(TensorType type) {
    return switch (type.dtype()) {
      case I32 -> "int32";
      case U32 -> "uint32";
      case BOOL -> "bool";
      case BF16 -> "bfloat16";
      case F16 -> "float16";
      case F32 -> "float32";
    };
  }

  // ---- the whole

  private JsonObject json(List<Unit> order, List<Origin> outputs) {
    var list = new JsonArray();
    for (var unit : order) {
      var json = unit.json();
      json.addProperty("name", unit.name());
      json.add(
          "inbound_nodes", ConfigWriter.list(unit.calls().stream().map(Unit.Call::json).toList()));
      list.add(json);
    }
    var config = new JsonObject();
    config.addProperty("name", name);
    config.addProperty("trainable", true);
    config.add("layers", list);
    config.add(
        "input_layers",
        one(inputs.stream().map(i -> listed(new Origin(new Source(i, 0), 0))).toList()));
    config.add("output_layers", one(outputs.stream().map(GraphExport::listed).toList()));
    var model = ConfigWriter.object("keras.src.models.functional", "Functional", config);
    model.addProperty("registered_name", "Functional");
    return model;
  }

  private static JsonArray one(List<JsonArray> tensors) {
    return tensors.size() == 1 ? tensors.getFirst() : ConfigWriter.list(tensors);
  }
}
