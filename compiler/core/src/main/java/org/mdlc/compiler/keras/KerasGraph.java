package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A model of Keras as a graph: its layers in the order of the file, each with its calls. Layers one
 * after another (Sequential) become such a graph too.
 *
 * @param inputs the tensors that enter
 * @param outputs the tensors that leave, by the name of the layer that makes them or the key of a
 *     dictionary
 */
record KerasGraph(
    JsonObject model, Map<String, Layer> layers, List<Tensor> inputs, Map<String, Tensor> outputs) {

  /** A layer, or an operation of keras.ops. */
  record Layer(String name, JsonObject json, List<Call> calls) {
    String className() {
      return Json.className(json);
    }

    boolean isInput() {
      return className().equals("InputLayer");
    }

    boolean isOperation() {
      return Json.string(json, "module").filter(m -> m.startsWith("keras.src.ops")).isPresent();
    }
  }

  /** One call of a layer: what it is given. */
  record Call(List<Argument> positional, Map<String, Argument> named) {
    Stream<Tensor> tensors() {
      return Stream.concat(positional.stream(), named.values().stream()).flatMap(Argument::tensors);
    }
  }

  /** The output of one call of a layer. */
  record Tensor(String layer, int call, int output) implements Argument {
    @Override
    public Stream<Tensor> tensors() {
      return Stream.of(this);
    }
  }

  record Items(List<Argument> items) implements Argument {
    @Override
    public Stream<Tensor> tensors() {
      return items.stream().flatMap(Argument::tensors);
    }
  }

  record Plain(JsonElement value) implements Argument {
    @Override
    public Stream<Tensor> tensors() {
      return Stream.empty();
    }
  }

  /** What a call is given. */
  sealed interface Argument permits Tensor, Items, Plain {
    Stream<Tensor> tensors();
  }

  /** Who makes a tensor. */
  Layer maker(Tensor tensor) {
    var layer = layers.get(tensor.layer());
    int calls = layer == null ? 0 : layer.isInput() ? 1 : layer.calls().size();
    if (layer == null || tensor.call() >= calls) {
      throw new NotKeras(
          "config.json speaks of call "
              + tensor.call()
              + " of a layer "
              + tensor.layer()
              + ", which it does not have");
    }
    return layer;
  }

  static KerasGraph of(JsonObject model) {
    return Json.className(model).equals("Sequential") ? sequence(model) : functional(model);
  }

  // ---- layers one after another

  private static KerasGraph sequence(JsonObject model) {
    var layers = new LinkedHashMap<String, Layer>();
    var config = Json.config(model);
    Tensor last = null;
    for (var entry : Json.array(config, "layers").orElseGet(JsonArray::new)) {
      if (!(entry instanceof JsonObject json)) {
        continue;
      }
      var name = Outline.nameOf(json);
      boolean input = Json.className(json).equals("InputLayer");
      if (last == null && !input) {
        var made = inputFor(config, name);
        layers.put(made.name(), made);
        last = new Tensor(made.name(), 0, 0);
      }
      var calls = last == null ? List.<Call>of() : List.of(new Call(List.of(last), Map.of()));
      put(layers, new Layer(name, json, calls));
      last = new Tensor(name, 0, 0);
    }
    if (last == null) {
      throw new NotKeras("the model has no layers");
    }
    var first = new Tensor(layers.keySet().iterator().next(), 0, 0);
    return new KerasGraph(model, layers, List.of(first), Map.of(last.layer(), last));
  }

  /** The input of a model that was built by its first call. */
  private static Layer inputFor(JsonObject config, String first) {
    var shape = Json.array(config, "build_input_shape");
    if (shape.isEmpty()) {
      throw new NotKeras(
          "the model was saved before its input was known; call it once, or begin it with"
              + " keras.Input, and save it again");
    }
    var own = new JsonObject();
    own.add("batch_shape", shape.get());
    own.addProperty("dtype", "float32");
    own.addProperty("name", "input_layer");
    var input = new JsonObject();
    input.addProperty("class_name", "InputLayer");
    input.add("config", own);
    return new Layer(
        first.equals("input_layer") ? "input_layer_0" : "input_layer", input, List.of());
  }

  // ---- any graph

  private static KerasGraph functional(JsonObject model) {
    var config = Json.config(model);
    var layers = new LinkedHashMap<String, Layer>();
    for (var entry : Json.array(config, "layers").orElseGet(JsonArray::new)) {
      if (entry instanceof JsonObject json) {
        var calls = new ArrayList<Call>();
        for (var node : Json.array(json, "inbound_nodes").orElseGet(JsonArray::new)) {
          if (node instanceof JsonObject call) {
            calls.add(call(call));
          } else {
            throw new NotKeras(
                "the model is described as Keras 2 did; load it in Keras 3 and save it as .keras");
          }
        }
        var name = Json.string(json, "name").orElseGet(() -> Outline.nameOf(json));
        put(layers, new Layer(name, json, calls));
      }
    }
    if (layers.isEmpty()) {
      throw new NotKeras(
          "the model is of the class "
              + Json.className(model)
              + ", whose layers only its Python code knows; build it as a Functional or Sequential"
              + " model and save that");
    }
    var graph = new KerasGraph(model, layers, List.of(), Map.of());
    var inputs = tensors(config.get("input_layers")).values().stream().map(graph::settled).toList();
    var outputs = new LinkedHashMap<String, Tensor>();
    tensors(config.get("output_layers"))
        .forEach(
            (key, tensor) -> {
              var base = key.matches("\\d+") ? tensor.layer() : key;
              var name = base;
              for (int i = 1; outputs.containsKey(name); i++) {
                name = base + "_" + i;
              }
              outputs.put(name, graph.settled(tensor));
            });
    var whole = new KerasGraph(model, layers, inputs, outputs);
    layers.values().forEach(l -> l.calls().forEach(c -> c.tensors().forEach(whole::maker)));
    inputs.forEach(whole::maker);
    outputs.values().forEach(whole::maker);
    return whole;
  }

  private static void put(Map<String, Layer> layers, Layer layer) {
    if (layers.put(layer.name(), layer) != null) {
      throw new NotKeras("two layers are called " + layer.name());
    }
  }

  private static Call call(JsonObject node) {
    var positional = new ArrayList<Argument>();
    Json.array(node, "args").orElseGet(JsonArray::new).forEach(a -> positional.add(argument(a)));
    var named = new LinkedHashMap<String, Argument>();
    Json.object(node, "kwargs")
        .ifPresent(k -> k.entrySet().forEach(e -> named.put(e.getKey(), argument(e.getValue()))));
    return new Call(positional, named);
  }

  private static Argument argument(JsonElement value) {
    return switch (value) {
      case JsonArray a -> new Items(a.asList().stream().map(KerasGraph::argument).toList());
      case JsonObject o
          when Json.className(o).equals("__keras_tensor__")
              && Json.array(Json.config(o), "keras_history").isPresent() ->
          tensor(Json.array(Json.config(o), "keras_history").orElseThrow());
      case JsonObject o when Json.className(o).equals("__tuple__") ->
          argument(Json.array(o, "items").orElseGet(JsonArray::new));
      default -> new Plain(value);
    };
  }

  private static Tensor tensor(JsonArray history) {
    if (history.size() == 3
        && Json.string(history.get(0)).isPresent()
        && Json.whole(history.get(1)).filter(i -> i >= 0 && i < 1_000_000).isPresent()
        && Json.whole(history.get(2)).filter(i -> i >= 0 && i < 1_000_000).isPresent()) {
      return new Tensor(
          history.get(0).getAsString(), history.get(1).getAsInt(), history.get(2).getAsInt());
    }
    throw new NotKeras("config.json has " + history + " where a tensor is named");
  }

  /** {@code ["x", 0, 0]}, a list of these, or a dictionary of them. */
  private static Map<String, Tensor> tensors(JsonElement value) {
    var found = new LinkedHashMap<String, Tensor>();
    switch (value) {
      case JsonArray a when !a.isEmpty() && a.get(0).isJsonPrimitive() -> found.put("0", tensor(a));
      case JsonArray a -> {
        for (int i = 0; i < a.size(); i++) {
          var nested = tensors(a.get(i));
          for (var tensor : nested.values()) {
            found.put(Integer.toString(found.size()), tensor);
          }
        }
      }
      case JsonObject o ->
          // in the order of their names, as Keras counts the entries of a dictionary
          new TreeMap<>(o.asMap())
              .entrySet()
              .forEach(
                  e -> {
                    if (e.getValue() instanceof JsonArray a) {
                      found.put(e.getKey(), tensor(a));
                    }
                  });
      case null, default ->
          throw new NotKeras("config.json does not say which tensors enter and leave the model");
    }
    return found;
  }

  /** Where outputs are listed, Keras counts a call of its own of a Functional model. */
  private Tensor settled(Tensor tensor) {
    var layer = layers.get(tensor.layer());
    boolean shifted =
        layer != null
            && CallWriter.isModel(layer.json())
            && !layer.className().equals("Sequential")
            && tensor.call() > 0;
    return shifted ? new Tensor(tensor.layer(), tensor.call() - 1, tensor.output()) : tensor;
  }
}
