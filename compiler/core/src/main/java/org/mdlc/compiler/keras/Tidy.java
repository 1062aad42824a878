package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Takes out of a layer's arguments what Keras worked out itself when it built the layer, and puts
 * the rest into the language's form.
 */
final class Tidy {
  private static final Set<String> WRAPPERS = Set.of("Bidirectional");

  private Tidy() {}

  static JsonObject of(JsonObject layer) {
    var config = Json.config(layer).deepCopy();
    var className = Json.className(layer);
    rank(layer).ifPresent(rank -> lastAxis(config, rank));
    if (className.contains("Pooling")) {
      dropIfSame(config, "strides", "pool_size");
    }
    if (className.equals("MultiHeadAttention")) {
      dropIfSame(config, "value_dim", "key_dim");
      allAxes(layer, config);
    }
    if (WRAPPERS.contains(className)) {
      bothDirections(config);
    }
    if (config.get("renorm_clipping") instanceof JsonObject bounds) {
      var list = new JsonArray();
      list.add(bounds.get("rmax"));
      list.add(bounds.get("rmin"));
      list.add(bounds.get("dmax"));
      config.add("renorm_clipping", list);
    }
    return config;
  }

  private static void dropIfSame(JsonObject config, String derived, String from) {
    if (config.has(derived) && config.get(derived).equals(config.get(from))) {
      config.remove(derived);
    }
  }

  /** The axis -1, which Keras counts from the front once the layer is built. */
  private static void lastAxis(JsonObject config, int rank) {
    var axis = config.get("axis");
    var one = axis instanceof JsonArray a && a.size() == 1 ? a.get(0) : axis;
    if (Json.whole(one).filter(a -> a == rank - 1).isPresent()) {
      config.addProperty("axis", -1);
    } else if (axis instanceof JsonArray && one != null && one.isJsonPrimitive()) {
      config.add("axis", one);
    }
  }

  /** All dimensions between batch and features, which is what none means. */
  private static void allAxes(JsonObject layer, JsonObject config) {
    var shapes = Json.object(layer, "build_config").flatMap(b -> Json.object(b, "shapes_dict"));
    var query = shapes.flatMap(s -> Json.array(s, "query_shape"));
    if (query.isPresent() && config.get("attention_axes") instanceof JsonArray axes) {
      boolean all = axes.size() == query.get().size() - 2;
      for (int i = 0; i < axes.size(); i++) {
        int wanted = i + 1;
        all &= Json.whole(axes.get(i)).filter(a -> a == wanted).isPresent();
      }
      if (all) {
        config.remove("attention_axes");
      }
    }
  }

  /** Bidirectional names its copies itself, and saves the second one too. */
  private static void bothDirections(JsonObject config) {
    if (!(config.get("layer") instanceof JsonObject forward)) {
      return;
    }
    var own = Json.config(forward);
    Json.string(own, "name")
        .filter(n -> n.startsWith("forward_"))
        .ifPresent(n -> own.addProperty("name", n.substring("forward_".length())));
    own.remove("zero_output_for_mask");
    if (config.get("backward_layer") instanceof JsonObject backward) {
      Json.config(backward).remove("zero_output_for_mask");
      if (likeness(forward).equals(likeness(backward))) {
        config.remove("backward_layer");
      }
    }
  }

  /** Without what tells the copies apart. */
  private static JsonObject likeness(JsonObject layer) {
    var like = withoutIds(layer).getAsJsonObject();
    var config = Json.config(like);
    config.remove("name");
    config.remove("go_backwards");
    return config;
  }

  private static JsonElement withoutIds(JsonElement value) {
    return switch (value) {
      case JsonObject o -> {
        var copy = new JsonObject();
        o.entrySet()
            .forEach(
                e -> {
                  if (!Set.of("shared_object_id", "build_config").contains(e.getKey())) {
                    copy.add(e.getKey(), withoutIds(e.getValue()));
                  }
                });
        yield copy;
      }
      case JsonArray a -> {
        var copy = new JsonArray();
        a.forEach(e -> copy.add(withoutIds(e)));
        yield copy;
      }
      default -> value;
    };
  }

  /** How many dimensions the layer's input has, with the batch. */
  private static OptionalInt rank(JsonObject layer) {
    var shape = Json.object(layer, "build_config").flatMap(b -> Json.array(b, "input_shape"));
    return shape.isEmpty() || shape.get().asList().stream().anyMatch(JsonArray.class::isInstance)
        ? OptionalInt.empty()
        : OptionalInt.of(shape.get().size());
  }
}
