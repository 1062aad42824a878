package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Convolution;
import org.mdlc.compiler.op.MatMul;

/**
 * Lets a matrix product or convolution add the bias while it writes its result: the call gets the
 * bias as one more operand.
 *
 * <pre>
 * p = mat_mul(x, w)
 * c = broadcast(b, [batch, 10], axes=[1])      -&gt;    y = mat_mul(x, w, b)
 * y = add(p, c)
 * </pre>
 *
 * <p>A relu is left to the kernel that follows: the library's turns what is not a number into 0.
 */
final class FuseEpilogues {
  private static final int OPERANDS = 2;

  private final Graph graph;
  private final Map<Integer, Node> definitions = new HashMap<>();
  private final Map<Integer, Integer> uses = new HashMap<>();

  private FuseEpilogues(Graph graph) {
    this.graph = graph;
  }

  static Graph run(Graph graph) {
    return new FuseEpilogues(graph).fused();
  }

  /** The bias that a call of a library was given here. */
  static Optional<Value> bias(Node call) {
    boolean canHave = call.op() instanceof MatMul || call.op() instanceof Convolution;
    return canHave && call.operands().size() > OPERANDS
        ? Optional.of(call.operands().get(OPERANDS))
        : Optional.empty();
  }

  private Graph fused() {
    for (var node : graph.nodes()) {
      node.results().forEach(r -> definitions.put(r.id(), node));
      node.operands().forEach(v -> uses.merge(v.id(), 1, Integer::sum));
    }
    graph.outputs().forEach(o -> uses.merge(o.value().id(), 1, Integer::sum));
    Set<Node> swallowed = new HashSet<>();
    var replaced = new HashMap<Node, Node>();
    for (var node : graph.nodes()) {
      withBias(node).ifPresent(call -> replaced.put(node, call));
    }
    for (var add : replaced.keySet()) {
      for (var operand : add.operands()) {
        product(operand).ifPresent(swallowed::add);
      }
    }
    var nodes = new ArrayList<Node>();
    for (var node : graph.nodes()) {
      if (!swallowed.contains(node)) {
        nodes.add(replaced.getOrDefault(node, node));
      }
    }
    return new Graph(graph.name(), graph.inputs(), nodes, graph.outputs());
  }

  /**
   * The call that does a whole addition, if the addition is one of a bias to a product nobody else
   * reads.
   */
  private Optional<Node> withBias(Node node) {
    if (!(node.op() instanceof Add)) {
      return Optional.empty();
    }
    for (int i = 0; i < OPERANDS; i++) {
      var product = product(node.operands().get(i));
      var bias = bias(node.operands().get(1 - i));
      if (product.isPresent() && bias.isPresent()) {
        var operands = new ArrayList<>(product.get().operands());
        operands.add(bias.get());
        return Optional.of(
            new Node(product.get().op(), operands, node.results(), product.get().origin()));
      }
    }
    return Optional.empty();
  }

  private Optional<Node> product(Value value) {
    var node = definitions.get(value.id());
    if (node == null || uses.getOrDefault(value.id(), 0) != 1) {
      return Optional.empty();
    }
    boolean fits =
        switch (node.op()) {
          case Convolution _ -> true;
          case MatMul _ -> node.operands().get(1).type().rank() == OPERANDS;
          default -> false;
        };
    return fits ? Optional.of(node) : Optional.empty();
  }

  /** The vector that is repeated along all axes but the last. */
  private Optional<Value> bias(Value value) {
    var node = definitions.get(value.id());
    if (node == null || !(node.op() instanceof Broadcast broadcast)) {
      return Optional.empty();
    }
    var vector = node.operands().get(0);
    boolean fits =
        broadcast.axes().equals(List.of(value.type().rank() - 1))
            && vector.type().shape().dims().equals(List.of(value.type().shape().dim(-1)));
    return fits ? Optional.of(vector) : Optional.empty();
  }
}
