package org.mdlc.compiler.summary;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.op.Composite;

/**
 * Gathers the operations of a graph that stand outside of layers into expressions:
 *
 * <pre>
 *   %3 = Conv2D(%1)
 *   %4 = add(%3, %1)        read by %6 alone
 *   %6 = max(%4, %5)        read by two layers         ->   %6: [%4, %6]
 * </pre>
 *
 * An operation joins the one expression that reads all of its results. So only the last operation
 * of an expression is seen from outside, and expressions depend on each other in one direction.
 */
final class Expressions {
  private final Map<Integer, Node> readers = new HashMap<>();
  private final Map<Integer, Boolean> shared = new HashMap<>();
  private final Map<Node, Node> lastOf = new IdentityHashMap<>();

  private Expressions() {}

  /** The operations of each expression in their order, by its last operation. */
  static Map<Node, List<Node>> of(Graph graph) {
    return new Expressions().gather(graph);
  }

  private Map<Node, List<Node>> gather(Graph graph) {
    graph.outputs().forEach(o -> shared.put(o.value().id(), true));
    for (var node : graph.nodes().reversed()) {
      if (!(node.op() instanceof Composite)) {
        lastOf.put(node, last(node));
      }
      for (var operand : node.operands()) {
        readBy(operand.id(), node);
      }
    }
    var expressions = new IdentityHashMap<Node, List<Node>>();
    for (var node : graph.nodes()) {
      var last = lastOf.get(node);
      if (last != null) {
        expressions.computeIfAbsent(last, _ -> new ArrayList<>()).add(node);
      }
    }
    return expressions;
  }

  private void readBy(int value, Node reader) {
    var expression = lastOf.get(reader);
    var earlier = readers.putIfAbsent(value, expression == null ? reader : expression);
    if (expression == null || (earlier != null && earlier != expression)) {
      shared.put(value, true);
    }
  }

  /** The end of the expression that a node belongs to: itself, or that of its only reader. */
  private Node last(Node node) {
    Node only = null;
    for (var result : node.results()) {
      var reader = readers.get(result.id());
      boolean alone = !shared.containsKey(result.id());
      if (reader == null && alone) {
        continue; // nobody reads it
      }
      if (!alone || (only != null && only != reader)) {
        return node;
      }
      only = reader;
    }
    return only == null ? node : only;
  }
}
