package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.file.GraphDef;

/**
 * The layers of a model as nodes, each with its weights and with what it reads; of a model written
 * in Java, which does not know its layers, inputs and weights.
 */
final class ModelGraph {
  // `add[0][0]`: layer, call, output
  private static final Pattern CONNECTION = Pattern.compile("([^\\s,\\[\\]]+)\\[\\d+\\]\\[\\d+\\]");
  private static final Pattern SIZE = Pattern.compile("None|-?\\d+");

  private ModelGraph() {}

  static GraphDef of(Model model) {
    GraphDef graph = new GraphDef();
    List<Summary.Layer> layers = model.summary().layers();
    Map<String, List<String>> weights = weights(model, layers, graph);
    if (layers.isEmpty()) {
      for (TensorSpec input : model.spec().inputs()) {
        graph.node(input.name(), "Placeholder", List.of(), type(input.dtype()), open(input));
      }
      return graph;
    }
    for (Summary.Layer layer : layers) {
      Set<String> inputs = new LinkedHashSet<>(connections(layer.connections()));
      inputs.addAll(weights.getOrDefault(layer.name(), List.of()));
      graph.node(
          layer.name(), layer.kind(), List.copyOf(inputs), GraphDef.Type.F32, shape(layer.shape()));
    }
    return graph;
  }

  /** Adds a node per weight, and tells those of each layer. */
  private static Map<String, List<String>> weights(
      Model model, List<Summary.Layer> layers, GraphDef graph) {
    Map<String, List<String>> byLayer = new LinkedHashMap<>();
    for (VariableSpec variable : model.spec().variables()) {
      if (variable.isWeight()) {
        graph.node(
            variable.name(), "VariableV2", List.of(), type(variable.dtype()), variable.shape());
        layers.stream()
            .map(Summary.Layer::name)
            .filter(name -> variable.name().startsWith(name + "/"))
            .max((a, b) -> Integer.compare(a.length(), b.length()))
            .ifPresent(
                layer ->
                    byLayer.computeIfAbsent(layer, _ -> new ArrayList<>()).add(variable.name()));
      }
    }
    return byLayer;
  }

  private static List<String> connections(String text) {
    List<String> names = new ArrayList<>();
    Matcher matcher = CONNECTION.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /** Of several outputs the first. */
  private static List<Integer> shape(String text) {
    List<Integer> sizes = new ArrayList<>();
    int end = text.indexOf(')');
    Matcher matcher = SIZE.matcher(end < 0 ? text : text.substring(0, end));
    while (matcher.find()) {
      sizes.add(matcher.group().equals("None") ? -1 : Integer.parseInt(matcher.group()));
    }
    return sizes;
  }

  private static List<Integer> open(TensorSpec input) {
    List<Integer> sizes = new ArrayList<>(List.of(-1));
    sizes.addAll(input.shape());
    return sizes;
  }

  private static GraphDef.Type type(DType dtype) {
    return dtype == DType.F32 ? GraphDef.Type.F32 : GraphDef.Type.I32;
  }
}
