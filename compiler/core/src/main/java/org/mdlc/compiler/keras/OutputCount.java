package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** How many tensors a call of a layer gives. */
final class OutputCount {
  private OutputCount() {}

  static int of(JsonObject layer, KerasGraph.Call call) {
    if (CallWriter.isModel(layer)) {
      return KerasGraph.of(layer).outputs().size();
    }
    var config = Json.config(layer);
    var scores = call.named().get("return_attention_scores");
    boolean withScores =
        scores instanceof KerasGraph.Plain p
            && Json.isBoolean(p.value())
            && p.value().getAsBoolean();
    boolean withState = isTrue(config.get("return_state"));
    return switch (Json.className(layer)) {
      case "Bidirectional" -> bidirectional(config);
      case "MultiHeadAttention",
          "GroupQueryAttention",
          "GroupedQueryAttention",
          "Attention",
          "AdditiveAttention" ->
          withScores ? 2 : 1;
      default -> withState ? 1 + states(layer) : 1;
    };
  }

  private static int bidirectional(JsonObject config) {
    int joined = Json.isNull(config.get("merge_mode")) ? 2 : 1;
    var inner = Json.object(config, "layer");
    return inner.isPresent() && isTrue(Json.config(inner.get()).get("return_state"))
        ? joined + 2 * states(inner.get())
        : joined;
  }

  private static int states(JsonObject layer) {
    return switch (Json.className(layer)) {
      case "LSTM", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "LSTMCell" -> 2;
      case "RNN" -> Json.object(Json.config(layer), "cell").map(OutputCount::states).orElse(1);
      case "StackedRNNCells" -> {
        int all = 0;
        for (var cell : Json.array(Json.config(layer), "cells").orElseGet(JsonArray::new)) {
          all += cell instanceof JsonObject o ? states(o) : 1;
        }
        yield all;
      }
      default -> 1;
    };
  }

  private static boolean isTrue(JsonElement value) {
    return Json.isBoolean(value) && value.getAsBoolean();
  }
}
