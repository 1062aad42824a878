package org.mdlc.compiler.keras;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.bind.StandardLibrary;
import org.mdlc.compiler.keras.KerasGraph.Tensor;

/** Writes a model, and one more for each model inside it. */
final class ModelWriter {
  private static final int MOST_LAYERS = 10_000;

  /** Sizes that are not known, by the number of dimensions of an example. */
  private static final List<List<String>> OPEN_SIZES =
      List.of(
          List.of(),
          List.of("T"),
          List.of("T", "C"),
          List.of("H", "W", "C"),
          List.of("D", "H", "W", "C"));

  private final Outline outline;
  private final CallWriter calls;
  private final List<String> definitions = new ArrayList<>();
  private final Set<String> definitionNames = new HashSet<>();
  private int layers;

  ModelWriter(Outline outline, String modelName) {
    this.outline = outline;
    this.calls = new CallWriter(outline, this::nested);
    this.definitionNames.add(modelName);
  }

  CallWriter calls() {
    return calls;
  }

  /** The models inside the model. */
  List<String> definitions() {
    return definitions;
  }

  /**
   * A model as written.
   *
   * @param outputs names of outputs by Keras's
   */
  record Written(String text, Map<String, String> outputs, List<LayerNode> layers) {}

  /** The model itself. */
  Written model(String name, KerasGraph graph, String precision) {
    return write(name, graph, precision, true);
  }

  private Written write(String name, KerasGraph graph, String precision, boolean outermost) {
    layers += graph.layers().size();
    if (layers > MOST_LAYERS) {
      throw new NotKeras("the model has more than " + MOST_LAYERS + " layers");
    }
    var names = new Names();
    var writer = new GraphWriter(graph, calls, outline, new Naming(), names);
    var text = new StringBuilder("model " + name + " {\n");
    if (!precision.isEmpty()) {
      text.append("precision ").append(precision).append('\n');
    }
    var inputs = inputs(graph, writer, names, outermost);
    text.append("input ").append(String.join(", ", inputs)).append("\n\n");
    var outputs = new LinkedHashMap<String, String>();
    graph.outputs().keySet().forEach(key -> outputs.put(key, names.claim(key)));
    text.append(writer.statements(byTensor(graph, outputs)));
    graph
        .outputs()
        .forEach(
            (key, tensor) -> {
              var output = outputs.getOrDefault(key, key);
              var lines = new StringBuilder();
              var value = writer.expression(tensor, lines);
              text.append(lines).append("output ").append(output);
              text.append(value.equals(output) ? "" : " = " + value).append('\n');
            });
    return new Written(text.append("}\n").toString(), outputs, writer.nodes());
  }

  /** A model inside. */
  private CallWriter.Made nested(JsonObject model, Naming naming) {
    var given = Outline.nameOf(model);
    var name = Names.pascal(given);
    for (int i = 2; !definitionNames.add(name); i++) {
      name = Names.pascal(given) + i;
    }
    int place = definitions.size();
    definitions.add("");
    var written = write(name, KerasGraph.of(model), "", false);
    definitions.set(place, written.text());
    return made(model, given, name, naming, written.layers());
  }

  private static CallWriter.Made made(
      JsonObject model, String given, String name, Naming naming, List<LayerNode> inner) {
    var arguments = new ArrayList<String>();
    boolean named =
        !given.equals(StandardLibrary.layerName(name))
            && !Naming.isAutomatic(given, Json.className(model))
            && given.matches("[A-Za-z0-9_.-]+");
    if (named) {
      arguments.add("name = " + Text.quoted(given));
    }
    var trainable = Json.config(model).get("trainable");
    if (Json.isBoolean(trainable) && !trainable.getAsBoolean()) {
      arguments.add("trainable = false");
    }
    var path = named ? naming.take(given) : naming.next(name);
    return new CallWriter.Made(
        name + "(" + String.join(", ", arguments) + ")",
        new LayerNode(Json.className(model), path, inner));
  }

  private static Map<Tensor, String> byTensor(KerasGraph graph, Map<String, String> names) {
    var byTensor = new LinkedHashMap<Tensor, String>();
    graph.outputs().forEach((key, t) -> byTensor.putIfAbsent(t, names.getOrDefault(key, key)));
    return byTensor;
  }

  // ---- inputs

  private static List<String> inputs(
      KerasGraph graph, GraphWriter writer, Names names, boolean outermost) {
    var open = new HashSet<String>();
    var declarations = new ArrayList<String>();
    for (var tensor : graph.inputs()) {
      var layer = graph.maker(tensor);
      var config = Json.config(layer.json());
      boolean alone = graph.inputs().size() == 1 && Naming.isAutomatic(layer.name(), "InputLayer");
      var name = names.claim(alone ? "x" : layer.name());
      var readers = writer.readers(tensor);
      var type = Dtypes.element(Dtypes.policy(config.get("dtype")).orElse("float32"));
      if (type.equals("f32")
          && !readers.isEmpty()
          && readers.stream().allMatch(CallArguments::takesWholeNumbers)) {
        type = "i32"; // Embedding takes indices; Keras lets them come as floats
      }
      writer.name(tensor, name, type.equals("i32"));
      var shape =
          Json.array(config, "batch_shape").or(() -> Json.array(config, "batch_input_shape"));
      if (shape.isEmpty() || shape.get().isEmpty()) {
        throw new NotKeras("the input " + layer.name() + " has no shape");
      }
      var sizes = shape.get().asList();
      var batch = Json.whole(sizes.getFirst());
      declarations.add(
          name
              + ": "
              + type
              + sizes(sizes.subList(1, sizes.size()), open)
              + (outermost ? batch.map(b -> " batch " + b).orElse("") : ""));
    }
    return declarations;
  }

  private static String sizes(List<JsonElement> shape, Set<String> open) {
    var names = OPEN_SIZES.get(Math.min(shape.size(), OPEN_SIZES.size() - 1));
    var sizes = new ArrayList<String>();
    for (int i = 0; i < shape.size(); i++) {
      var size = Json.whole(shape.get(i));
      if (size.isPresent()) {
        sizes.add(size.get().toString());
        continue;
      }
      var base = i < names.size() ? names.get(i) : "N";
      var name = base;
      for (int n = 2; !open.add(name); n++) {
        name = base + n;
      }
      sizes.add(name);
    }
    return sizes.toString();
  }
}
