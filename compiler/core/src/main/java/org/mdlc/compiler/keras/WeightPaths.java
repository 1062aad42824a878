package org.mdlc.compiler.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.bind.StandardLibrary;

/**
 * Where Keras 3 keeps a weight in {@code model.weights.h5}: under the classes of the layers around
 * it, numbered by class in the order of the model, and under names of attributes, not under the
 * layers' own names.
 */
final class WeightPaths {
  private static final Map<String, String> PROJECTIONS =
      Map.of(
          "query", "query_dense",
          "key", "key_dense",
          "value", "value_dense",
          "attention_output", "output_dense",
          "gate", "_gate_dense");

  private static final Set<String> RECURRENT =
      Set.of("SimpleRNN", "GRU", "LSTM", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D");

  private WeightPaths() {}

  /**
   * Finds the places of weights.
   *
   * @param layers of the model, in Keras's order
   * @param paths of all weights in mdl, in order of creation
   * @return path in mdl to dataset in Keras's file; a weight of which Keras has none is left out
   */
  static Map<String, String> of(List<LayerNode> layers, List<String> paths) {
    var places = new LinkedHashMap<String, String>();
    layers(layers, "", "", paths, places);
    return places;
  }

  private static void layers(
      List<LayerNode> layers,
      String prefix,
      String group,
      List<String> paths,
      Map<String, String> places) {
    var counts = new HashMap<String, Integer>();
    for (var layer : layers) {
      var name = numbered(StandardLibrary.layerName(layer.className()), counts);
      layer(layer, prefix + layer.name() + "/", group + "layers/" + name + "/", paths, places);
    }
  }

  private static String numbered(String base, Map<String, Integer> counts) {
    int count = counts.merge(base, 1, Integer::sum) - 1;
    return count == 0 ? base : base + "_" + count;
  }

  private static void layer(
      LayerNode layer,
      String prefix,
      String group,
      List<String> paths,
      Map<String, String> places) {
    if (layer.isModel()) {
      layers(layer.inner(), prefix, group, paths, places);
      return;
    }
    var own = new ArrayList<String>();
    var inside = new LinkedHashMap<String, List<String>>();
    for (var path : paths) {
      if (path.startsWith(prefix)) {
        var rest = path.substring(prefix.length());
        int slash = rest.indexOf('/');
        if (slash < 0) {
          own.add(path);
        } else {
          inside.computeIfAbsent(rest.substring(0, slash), _ -> new ArrayList<>()).add(path);
        }
      }
    }
    var where = RECURRENT.contains(layer.className()) ? group + "cell/vars/" : group + "vars/";
    int first = layer.className().equals("SpectralNormalization") ? 1 : 0; // 0 is the kernel again
    for (int i = 0; i < own.size(); i++) {
      places.put(own.get(i), where + (i + first));
    }
    int index = 0;
    for (var entry : inside.entrySet()) {
      var below = prefix + entry.getKey() + "/";
      inner(layer, index++, entry.getKey(), below, group, entry.getValue(), places);
    }
  }

  private static void inner(
      LayerNode layer,
      int index,
      String name,
      String prefix,
      String group,
      List<String> paths,
      Map<String, String> places) {
    switch (layer.className()) {
      case "MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention" -> {
        var dense = PROJECTIONS.getOrDefault(name, name);
        boolean hidden = !layer.className().equals("MultiHeadAttention") && !dense.startsWith("_");
        for (int i = 0; i < paths.size(); i++) {
          places.put(paths.get(i), group + (hidden ? "_" : "") + dense + "/vars/" + i);
        }
      }
      case "Bidirectional" -> {
        var pattern = layer.inner().get(Math.min(index, layer.inner().size() - 1));
        layer(
            pattern,
            prefix,
            group + (index == 0 ? "forward_layer/" : "backward_layer/"),
            paths,
            places);
      }
      case "RNN" -> cells(layer, name, prefix, group + "cell/", paths, places);
      default ->
          // a wrapper of one layer
          layer.inner().stream()
              .findFirst()
              .ifPresent(wrapped -> layer(wrapped, prefix, group + "layer/", paths, places));
    }
  }

  private static void cells(
      LayerNode layer,
      String name,
      String prefix,
      String group,
      List<String> paths,
      Map<String, String> places) {
    if (!name.equals("stacked_rnn_cells")) {
      layer(layer.inner().getFirst(), prefix, group, paths, places);
      return;
    }
    var counts = new HashMap<String, Integer>();
    var stacked = new ArrayList<String>();
    for (var path : paths) {
      var rest = path.substring(prefix.length());
      var cell = rest.substring(0, Math.max(0, rest.indexOf('/')));
      if (!stacked.contains(cell)) {
        stacked.add(cell);
      }
    }
    for (int i = 0; i < Math.min(stacked.size(), layer.inner().size()); i++) {
      var cell = layer.inner().get(i);
      var numbered = numbered(StandardLibrary.layerName(cell.className()), counts);
      layer(cell, prefix + stacked.get(i) + "/", group + "cells/" + numbered + "/", paths, places);
    }
  }
}
