package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Architecture;
import org.mdlc.compiler.bind.Architecture.Plain;
import org.mdlc.compiler.bind.StandardLibrary;
import org.mdlc.compiler.source.Span;

/** Writes layers, initializers, losses … as the objects that Keras makes them from. */
final class ConfigWriter {
  private static final Map<String, String> MODULES =
      Map.of(
          "initializer", "keras.initializers",
          "regularizer", "keras.regularizers",
          "constraint", "keras.constraints",
          "schedule", "keras.optimizers.schedules",
          "optimizer", "keras.optimizers",
          "loss", "keras.losses",
          "metric", "keras.metrics");

  private final String policy;

  /**
   * Writes for one policy.
   *
   * @param policy such as {@code float32} or {@code mixed_bfloat16}
   */
  ConfigWriter(String policy) {
    this.policy = policy;
  }

  /** An object as Keras serializes it. */
  static JsonObject object(String module, String className, JsonObject config) {
    var object = new JsonObject();
    object.addProperty("module", module);
    object.addProperty("class_name", className);
    object.add("config", config);
    object.add("registered_name", JsonNull.INSTANCE);
    return object;
  }

  JsonObject policy() {
    var config = new JsonObject();
    config.addProperty("name", policy);
    return object("keras", "DTypePolicy", config);
  }

  // ---- layers

  /** A layer of the library. */
  JsonObject layer(Architecture.Layer layer, boolean trainable) {
    if (layer.users()) {
      throw new NotInKeras(
          layer.span(),
          "`" + layer.kind() + "` is a layer of your own, and Keras has no class for it",
          "write it as a `block` of Keras's layers");
    }
    if (!Json.isNull(value(layer.arguments().get("lora_rank"), layer.span()))) {
      throw new NotInKeras(
          layer.span(),
          "Keras keeps no lora weights in a .keras file",
          "export the model without lora_rank");
    }
    var config = new JsonObject();
    config.addProperty("name", layer.name());
    if (layer.weights() > 0 || !trainable) {
      config.addProperty("trainable", trainable); // some layers without weights do not take it
    }
    config.add("dtype", policy());
    layer.arguments().forEach((name, value) -> config.add(name, argument(layer, name, value)));
    return object("keras.layers", layer.kind(), config);
  }

  private JsonElement argument(Architecture.Layer layer, String name, Plain value) {
    if (name.equals("renorm_clipping") && value instanceof Architecture.Items bounds) {
      var config = new JsonObject();
      var names = List.of("rmax", "rmin", "dmax");
      for (int i = 0; i < names.size(); i++) {
        config.add(names.get(i), value(bounds.items().get(i), layer.span()));
      }
      return config;
    }
    if (name.equals("cell") && value instanceof Architecture.Items cells) {
      var config = new JsonObject();
      config.addProperty("name", "stacked_rnn_cells");
      config.add("cells", value(cells, layer.span()));
      return object("keras.layers", "StackedRNNCells", config);
    }
    return value(value, layer.span());
  }

  // ---- values

  /** A value that holds no tensor. */
  JsonElement value(@Nullable Plain value, Span at) {
    return switch (value) {
      case null -> JsonNull.INSTANCE;
      case Architecture.Nothing _, Architecture.Open _ -> JsonNull.INSTANCE;
      case Architecture.Whole w -> new JsonPrimitive(w.value());
      case Architecture.Real r -> number(r.value());
      case Architecture.Truth t -> new JsonPrimitive(t.value());
      case Architecture.Text t -> new JsonPrimitive(t.value());
      case Architecture.Items i -> list(i.items().stream().map(v -> value(v, at)).toList());
      case Architecture.Named n when !n.users() -> new JsonPrimitive(n.name());
      case Architecture.Configured c when !c.users() -> configured(c, at);
      case Architecture.Layer l -> layer(l, l.trainable());
      case Architecture.Named n ->
          throw new NotInKeras(
              at,
              "`" + n.name() + "` is a function of your own, which Keras does not have",
              "write it as a `block` behind the layer, of what Keras has");
      case Architecture.Configured c ->
          throw new NotInKeras(
              at,
              "`" + c.name() + "` is a definition of your own, which Keras does not have",
              "use one of the library's, which are Keras's");
      case Architecture.Axis _,
          Architecture.Slice _,
          Architecture.Rest _,
          Architecture.Tensor _,
          Architecture.Other _ ->
          throw new NotInKeras(
              at,
              value instanceof Architecture.Other o && o.text().equals("a function")
                  ? "a function without a name has no counterpart in Keras"
                  : "Keras takes no tensor here",
              "give the function or value another way, or export .safetensors");
    };
  }

  private static JsonElement number(double value) {
    return Double.isFinite(value)
        ? new JsonPrimitive(value)
        : new JsonPrimitive(Double.toString(value)); // JSON has no infinity
  }

  static JsonArray list(List<? extends JsonElement> elements) {
    var list = new JsonArray();
    elements.forEach(list::add);
    return list;
  }

  /** An initializer, a loss … with its arguments. */
  JsonObject configured(Architecture.Configured value, Span at) {
    var config = new JsonObject();
    if (value.kind().equals("loss") || value.kind().equals("optimizer")) {
      config.addProperty("name", StandardLibrary.layerName(value.name()));
    }
    value
        .arguments()
        .forEach(
            (name, argument) -> {
              if (!(name.equals("exclude_from_weight_decay"))
                  && !(name.equals("name") && argument instanceof Architecture.Nothing)) {
                config.add(name, value(argument, at));
              }
            });
    if (value.kind().equals("loss")) {
      config.addProperty("reduction", value.reduction());
    }
    return object(MODULES.getOrDefault(value.kind(), "keras"), value.name(), config);
  }
}
