package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import org.mdlc.compiler.bind.Architecture;
import org.mdlc.compiler.source.Span;

/** Writes what a train block minimises and measures as what Keras compiles a model with. */
final class CompileExport {
  private final Architecture.Compile compile;
  private final List<String> outputs;
  private final ConfigWriter configs;
  private final Span at;

  CompileExport(Architecture.Compile compile, List<String> outputs, ConfigWriter configs, Span at) {
    this.compile = compile;
    this.outputs = outputs;
    this.configs = configs;
    this.at = at;
  }

  /**
   * The object, or nothing where Keras compiles no such training: the model is then saved alone.
   */
  JsonElement write() {
    if (!compile.simple() || compile.optimizer().isEmpty() || hasOwn()) {
      return JsonNull.INSTANCE;
    }
    var json = new JsonObject();
    json.add("optimizer", configs.configured(compile.optimizer().get(), at));
    json.add("loss", perOutput(this::loss));
    json.add("loss_weights", weights());
    json.add("metrics", metrics(false));
    json.add("weighted_metrics", metrics(true));
    json.addProperty("run_eagerly", false);
    json.addProperty("steps_per_execution", 1);
    json.addProperty("jit_compile", true);
    return json;
  }

  /** True with a loss, metric or optimizer of the user's. */
  private boolean hasOwn() {
    return compile.optimizer().filter(Architecture.Configured::users).isPresent()
        || compile.losses().stream().anyMatch(l -> isOwn(l.loss()))
        || compile.metrics().stream().anyMatch(m -> isOwn(m.metric()));
  }

  private static boolean isOwn(Architecture.Plain value) {
    return switch (value) {
      case Architecture.Configured c -> c.users();
      case Architecture.Text _ -> false;
      default -> true;
    };
  }

  private interface OfOutput {
    JsonElement of(String output);
  }

  private JsonElement perOutput(OfOutput values) {
    return outputs.size() == 1
        ? values.of(outputs.getFirst())
        : ConfigWriter.list(outputs.stream().map(values::of).toList());
  }

  private JsonElement loss(String output) {
    return compile.losses().stream()
        .filter(l -> l.output().equals(output))
        .findFirst()
        .map(l -> configs.value(l.loss(), l.span()))
        .orElse(JsonNull.INSTANCE);
  }

  private JsonElement weights() {
    if (compile.losses().stream().allMatch(l -> l.weight() == 1)) {
      return JsonNull.INSTANCE;
    }
    return perOutput(
        output ->
            compile.losses().stream()
                .filter(l -> l.output().equals(output))
                .findFirst()
                .<JsonElement>map(l -> new JsonPrimitive(l.weight()))
                .orElse(JsonNull.INSTANCE));
  }

  private JsonElement metrics(boolean weighted) {
    if (compile.metrics().stream().noneMatch(m -> m.weighted() == weighted)) {
      return JsonNull.INSTANCE;
    }
    return perOutput(
        output -> {
          var list = new JsonArray();
          compile.metrics().stream()
              .filter(m -> m.weighted() == weighted && m.output().equals(output))
              .forEach(m -> list.add(metric(m)));
          return list;
        });
  }

  private JsonElement metric(Architecture.Metric metric) {
    var json = configs.value(metric.metric(), metric.span());
    if (json instanceof JsonObject object && !metric.name().isEmpty()) {
      Json.config(object).addProperty("name", metric.name());
    }
    return json;
  }
}
