package org.mdlc.compiler.keras;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.keras.Unit.Call.Source;

/**
 * The order in which Keras lists the layers of a model (keras.src.ops.function.map_graph): those
 * farthest from an output first, and of equally far ones those that a depth-first walk from the
 * outputs meets first. Names of weights in files depend on it.
 */
final class UnitOrder {
  private final Map<Unit, Integer> discovered = new LinkedHashMap<>();
  private final Set<Source> finished = new HashSet<>();
  private final List<Source> inputsFirst = new ArrayList<>();

  private UnitOrder() {}

  /** The units that the outputs need, and inputs that nothing needs. */
  static List<Unit> of(List<Unit> inputs, List<Source> outputs) {
    var order = new UnitOrder();
    outputs.forEach(order::discover);
    return order.sorted(inputs);
  }

  private record Visit(Source source, boolean leaving) {}

  /** A walk with a stack of its own: models may be deeper than Java's. */
  private void discover(Source output) {
    var open = new ArrayList<>(List.of(new Visit(output, false)));
    while (!open.isEmpty()) {
      var visit = open.removeLast();
      var source = visit.source;
      if (visit.leaving) {
        inputsFirst.add(source);
      } else if (finished.add(source)) {
        discovered.putIfAbsent(source.unit(), discovered.size());
        open.add(new Visit(source, true));
        for (var operand : operands(source).reversed()) {
          if (!finished.contains(operand)) {
            open.add(new Visit(operand, false));
          }
        }
      }
    }
  }

  private static List<Source> operands(Source source) {
    var calls = source.unit().calls();
    return calls.isEmpty() ? List.of() : calls.get(source.call()).sources();
  }

  private List<Unit> sorted(List<Unit> inputs) {
    var nodes = new HashMap<Source, Integer>();
    var units = new HashMap<Unit, Integer>();
    for (var source : inputsFirst.reversed()) {
      int depth = Math.max(nodes.getOrDefault(source, 0), units.getOrDefault(source.unit(), 0));
      units.put(source.unit(), depth);
      nodes.put(source, depth);
      operands(source).forEach(o -> nodes.merge(o, depth + 1, Math::max));
    }
    var all = new ArrayList<>(inputs.stream().filter(i -> !discovered.containsKey(i)).toList());
    all.addAll(discovered.keySet());
    all.sort(
        Comparator.comparingInt((Unit u) -> -units.getOrDefault(u, 0))
            .thenComparingInt(u -> discovered.getOrDefault(u, -1)));
    return all;
  }
}
