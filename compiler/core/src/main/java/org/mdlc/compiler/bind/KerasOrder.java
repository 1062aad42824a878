package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.Constant;

/**
 * The order in which Keras lists the layers of a functional model: those farthest from an output
 * first, and of equally far ones those that a depth-first walk from the outputs meets first. Keras
 * counts in operations; so does this, taking an expression over tensors by its primitives.
 */
final class KerasOrder {
  private final Map<Integer, Node> makers = new HashMap<>();
  private final Set<Node> finished = new HashSet<>();
  private final List<Node> inputsFirst = new ArrayList<>();
  private final Map<Object, Integer> discovered = new LinkedHashMap<>();

  private KerasOrder(Graph graph) {
    graph.nodes().forEach(node -> node.results().forEach(r -> makers.put(r.id(), node)));
  }

  /** Paths of the layers. */
  static List<String> of(Graph graph) {
    var order = new KerasOrder(graph);
    graph.outputs().stream()
        .filter(o -> o.role() == Role.RESULT)
        .forEach(o -> order.discover(o.value().id()));
    return order.sorted();
  }

  private static Object operation(Node node) {
    return node.op() instanceof Composite c ? c.scope() : node;
  }

  private static boolean counts(Node node) {
    return !(node.op() instanceof Broadcast
        || node.op() instanceof Cast
        || node.op() instanceof Constant);
  }

  private record Visit(Node node, boolean leaving) {}

  /** A walk with a stack of its own: models may be deeper than Java's. */
  private void discover(int output) {
    var open = new ArrayList<Visit>();
    enter(output, open);
    while (!open.isEmpty()) {
      var visit = open.removeLast();
      var node = visit.node;
      if (visit.leaving) {
        inputsFirst.add(node);
      } else if (finished.add(node)) {
        discovered.putIfAbsent(operation(node), discovered.size());
        open.add(new Visit(node, true));
        for (var operand : node.operands().reversed()) {
          enter(operand.id(), open);
        }
      }
    }
  }

  private void enter(int value, List<Visit> open) {
    var maker = makers.get(value);
    if (maker != null && !finished.contains(maker)) {
      open.add(new Visit(maker, false));
    }
  }

  private List<String> sorted() {
    var nodeDepths = new HashMap<Node, Integer>();
    var depths = new HashMap<Object, Integer>();
    for (var node : inputsFirst.reversed()) {
      int depth =
          Math.max(nodeDepths.getOrDefault(node, 0), depths.getOrDefault(operation(node), 0));
      depths.put(operation(node), depth);
      int before = depth + (counts(node) ? 1 : 0);
      for (var operand : node.operands()) {
        var maker = makers.get(operand.id());
        if (maker != null) {
          nodeDepths.merge(maker, before, Math::max);
        }
      }
    }
    return discovered.keySet().stream()
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .sorted(
            Comparator.comparingInt((String layer) -> -depths.getOrDefault(layer, 0))
                .thenComparingInt(layer -> discovered.getOrDefault(layer, 0)))
        .toList();
  }
}
