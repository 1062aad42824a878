package org.mdlc.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.compiler.summary.ModelSummary.Connection;
import org.mdlc.compiler.summary.ModelSummary.Layer;
import org.mdlc.compiler.summary.ModelSummary.Needs;
import org.mdlc.compiler.summary.ModelSummary.Output;
import org.mdlc.compiler.type.Dim;

/** A summary for machines; docs/commands.md tells its form. */
final class SummaryJson {
  private SummaryJson() {}

  static JsonObject of(ModelSummary summary) {
    var json = new JsonObject();
    json.addProperty("model", summary.model());
    json.add("layers", JsonReport.list(summary.layers(), layer -> of(layer, summary.batch())));
    json.add("parameters", parameters(summary));
    json.add("needs", summary.needs().<JsonElement>map(SummaryJson::of).orElse(JsonNull.INSTANCE));
    return json;
  }

  private static JsonObject of(Layer layer, int batch) {
    var json = new JsonObject();
    json.addProperty("name", layer.name());
    json.addProperty("kind", layer.kind());
    json.add("outputs", JsonReport.list(layer.outputs(), SummaryJson::of));
    json.add("reads", JsonReport.list(layer.connections(), SummaryJson::of));
    json.addProperty("parameters", layer.parameters());
    json.add("flopsPerRow", known(layer.flopsPerRow(batch)));
    json.add("bytesPerRow", known(layer.bytesPerRow()));
    return json;
  }

  private static JsonObject of(Output output) {
    var json = new JsonObject();
    json.addProperty("dtype", output.dtype());
    json.add("shape", JsonReport.list(output.shape().dims(), SummaryJson::of));
    return json;
  }

  /** A number, null for the batch, or the text of a size that is open. */
  private static JsonElement of(Dim dim) {
    if (dim.equals(Dim.BATCH)) {
      return JsonNull.INSTANCE;
    }
    return dim.isConstant() ? new JsonPrimitive(dim.value()) : new JsonPrimitive(dim.toString());
  }

  private static JsonObject of(Connection connection) {
    var json = new JsonObject();
    json.addProperty("layer", connection.layer());
    json.addProperty("call", connection.call());
    json.addProperty("output", connection.output());
    return json;
  }

  private static JsonObject parameters(ModelSummary summary) {
    var json = new JsonObject();
    json.addProperty("trainable", summary.trainable());
    json.addProperty("nonTrainable", summary.nonTrainable());
    json.addProperty("optimizer", summary.optimizer());
    return json;
  }

  private static JsonObject of(Needs needs) {
    var json = new JsonObject();
    json.addProperty("batch", needs.batch());
    json.addProperty("trainingBytes", needs.trainingBytes());
    json.addProperty("inferenceBytes", needs.inferenceBytes());
    json.addProperty("forwardFlops", needs.forwardFlops());
    json.addProperty("trainingFlops", needs.trainingFlops());
    return json;
  }

  private static JsonElement known(long number) {
    return number == ModelSummary.UNKNOWN ? JsonNull.INSTANCE : new JsonPrimitive(number);
  }
}
