package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.KerasLayout.Group;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Composite;

/**
 * Finds the {@link KerasLayout} of a model. Keras names a group after the class of a layer and
 * counts the layers of a class in the order of {@code model.layers}; inside a layer it takes the
 * names of attributes. A model's own layer counts as one whose attributes are its parameters and
 * {@code let}s, and what has no such name is called as its variables are.
 */
final class KerasPaths {
  /** What Keras calls the class of a layer in its files, where that is not the layer's name. */
  private static final Map<String, String> CLASSES =
      Map.of("GroupQueryAttention", "grouped_query_attention");

  /** Layers of Keras that keep their weights in a cell. */
  private static final List<String> WITH_CELL =
      List.of("SimpleRNN", "GRU", "LSTM", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D");

  private final Map<String, List<Instance>> inside = new LinkedHashMap<>();
  private final List<Group> groups = new ArrayList<>();

  private KerasPaths(List<Instance> made) {
    for (var instance : made) {
      if (instance.called()) {
        int slash = instance.path().lastIndexOf('/');
        var parent = slash < 0 ? "" : instance.path().substring(0, slash);
        inside.computeIfAbsent(parent, _ -> new ArrayList<>()).add(instance);
      }
    }
  }

  static KerasLayout of(Evaluator evaluator, Graph predict, Optional<KerasLayout.Slots> optimizer) {
    var paths = new KerasPaths(evaluator.layers().made());
    paths.own("", evaluator.instance());
    paths.model("", "", predict);
    return new KerasLayout(paths.groups, optimizer);
  }

  private List<Instance> inside(String path) {
    return inside.getOrDefault(path, List.of());
  }

  /** The layers of a model, in Keras's order. */
  private void model(String group, String path, Graph graph) {
    var order = KerasOrder.of(graph);
    var layers = new ArrayList<>(inside(path));
    layers.sort(
        Comparator.comparingInt(
            (Instance i) ->
                order.contains(i.path()) ? order.indexOf(i.path()) : Integer.MAX_VALUE));
    var counts = new HashMap<String, Integer>();
    for (var layer : layers) {
      var at = group + "layers/" + numbered(snakeCase(layer), counts);
      if (layer.source() instanceof Datum.ModelDefinition) {
        own(at, layer);
        model(at + "/", layer.path(), body(graph, layer.path()));
      } else {
        layer(at, layer);
      }
    }
  }

  private static Graph body(Graph graph, String path) {
    for (var node : graph.nodes()) {
      if (node.op() instanceof Composite c && c.scope().equals(path)) {
        return c.body();
      }
    }
    return new Graph(path, List.of(), List.of(), List.of());
  }

  private static String snakeCase(Instance layer) {
    return layer.source() instanceof Datum.ModelDefinition
        ? "functional"
        : CLASSES.getOrDefault(layer.kind(), Layers.snakeCase(layer.kind()));
  }

  private static String numbered(String name, Map<String, Integer> counts) {
    int count = counts.merge(name, 1, Integer::sum) - 1;
    return count == 0 ? name : name + "_" + count;
  }

  private void layer(String group, Instance layer) {
    own(WITH_CELL.contains(layer.kind()) ? group + "/cell" : group, layer);
    var counts = new HashMap<String, Integer>();
    var parts = new ArrayList<>(inside(layer.path()));
    if (layer.kind().equals("Bidirectional")) { // a given backward layer was made before
      parts.sort(Comparator.comparing(part -> !part.name().startsWith("forward_")));
    }
    for (int i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      var name =
          layer.kind().equals("StackedRNNCells")
              ? "cells/" + numbered(snakeCase(part), counts)
              : attribute(layer, part, i);
      layer(group + "/" + name, part);
    }
  }

  private static String attribute(Instance layer, Instance part, int index) {
    var name = part.name();
    return switch (layer.kind()) {
      case "MultiHeadAttention" -> projection(name, name.equals("gate"));
      case "GroupQueryAttention" -> projection(name, true);
      case "Bidirectional" -> index == 0 ? "forward_layer" : "backward_layer";
      case "RNN" -> "cell";
      case "TimeDistributed", "SpectralNormalization" -> "layer";
      default -> ownAttribute(layer, part);
    };
  }

  /**
   * In a model's own layer: the parameter that brings the layer, or the {@code let} that made it.
   */
  private static String ownAttribute(Instance layer, Instance part) {
    for (var argument : layer.arguments().values().entrySet()) {
      if (is(argument.getValue(), part)) {
        return argument.getKey();
      }
      if (argument.getValue() instanceof Datum.Listing list) {
        var counts = new HashMap<String, Integer>();
        for (var item : list.items()) {
          if (item instanceof Datum.Layer l) {
            var name = argument.getKey() + "/" + numbered(snakeCase(l.instance()), counts);
            if (is(item, part)) {
              return name;
            }
          }
        }
      }
    }
    var variable = part.variableName();
    return variable == null ? part.name() : variable;
  }

  private static boolean is(Datum value, Instance layer) {
    return value instanceof Datum.Layer l && l.instance() == layer;
  }

  private static String projection(String name, boolean hidden) {
    return (hidden ? "_" : "") + (name.equals("attention_output") ? "output" : name) + "_dense";
  }

  /** What a layer itself keeps: weights, then states. */
  private void own(String group, Instance layer) {
    var weights = new ArrayList<String>();
    if (layer.kind().equals("SpectralNormalization")) {
      weights.addAll(normalized(layer)); // which Keras's layer knows as one of its own
    }
    for (var role : List.of(Role.PARAM, Role.STATE)) {
      for (var variable : layer.variables()) {
        if (variable.role() == role && !variable.name().startsWith("rnn_state")) {
          weights.add(variable.path());
        }
      }
    }
    if (!weights.isEmpty()) {
      groups.add(new Group(group, weights));
    }
  }

  private List<String> normalized(Instance wrapper) {
    var found = new ArrayList<String>();
    for (var layer : inside(wrapper.path())) {
      var weight = firstParam(layer);
      if (weight != null) {
        found.add(weight.path());
      }
    }
    return found;
  }

  private static @Nullable Variable firstParam(Instance layer) {
    for (var variable : layer.variables()) {
      if (List.of("kernel", "embeddings").contains(variable.name())) {
        return variable;
      }
    }
    return null;
  }
}
