package org.mdlc.compiler.keras;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer, operation or input of a model under export, with its calls.
 *
 * <p>{@code node} is what its weights are found by; operations have none.
 */
final class Unit {
  /** What one call reads, in order, and how it is written. */
  record Call(List<Call.Source> sources, JsonObject json) {
    /** A call of a unit. */
    record Source(Unit unit, int call) {}

    Call {
      sources = List.copyOf(sources);
    }
  }

  private final String name;
  private final JsonObject json;
  private final @Nullable LayerNode node;
  private final boolean model;
  private final List<Call> calls = new ArrayList<>();

  Unit(String name, JsonObject json, @Nullable LayerNode node, boolean model) {
    this.name = name;
    this.json = json;
    this.node = node;
    this.model = model;
  }

  String name() {
    return name;
  }

  JsonObject json() {
    return json;
  }

  @Nullable LayerNode node() {
    return node;
  }

  /** True for a model. */
  boolean isModel() {
    return model;
  }

  List<Call> calls() {
    return calls;
  }
}
