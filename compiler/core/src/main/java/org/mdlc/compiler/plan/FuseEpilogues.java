package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Convolution;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.Reshape;

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
  private int nextId;

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
    graph.inputs().forEach(i -> nextId = Math.max(nextId, i.value().id() + 1));
    definitions.keySet().forEach(id -> nextId = Math.max(nextId, id + 1));
    graph.outputs().forEach(o -> uses.merge(o.value().id(), 1, Integer::sum));
    Set<Node> swallowed = new HashSet<>();
    var replaced = new HashMap<Node, List<Node>>();
    for (var node : graph.nodes()) {
      withBias(node, swallowed).ifPresent(calls -> replaced.put(node, calls));
    }
    var nodes = new ArrayList<Node>();
    for (var node : graph.nodes()) {
      if (!swallowed.contains(node)) {
        nodes.addAll(replaced.getOrDefault(node, List.of(node)));
      }
    }
    return new Graph(graph.name(), graph.inputs(), nodes, graph.outputs());
  }

  /**
   * The call that does a whole addition, if the addition is one of a bias to a product nobody else
   * reads; and the reshape after it, if the product is seen in another shape.
   */
  private Optional<List<Node>> withBias(Node node, Set<Node> swallowed) {
    if (!(node.op() instanceof Add)) {
      return Optional.empty();
    }
    for (int i = 0; i < OPERANDS; i++) {
      var seen = reshape(node.operands().get(i));
      var product = product(seen.map(r -> r.operands().get(0)).orElse(node.operands().get(i)));
      var bias = product.flatMap(p -> bias(node, p));
      if (product.isPresent() && bias.isPresent()) {
        var operands = new ArrayList<>(product.get().operands());
        operands.add(bias.get());
        swallowed.add(product.get());
        if (seen.isEmpty()) {
          return Optional.of(List.of(call(product.get(), operands, node.result())));
        }
        swallowed.add(seen.get());
        var made = new Value(nextId++, product.get().result().type(), "");
        return Optional.of(
            List.of(
                call(product.get(), operands, made),
                new Node(seen.get().op(), List.of(made), node.results(), seen.get().origin())));
      }
    }
    return Optional.empty();
  }

  private static Node call(Node product, List<Value> operands, Value result) {
    return new Node(product.op(), operands, List.of(result), product.origin());
  }

  /** A reshape that nobody else reads. */
  private Optional<Node> reshape(Value value) {
    var node = definitions.get(value.id());
    return node != null && node.op() instanceof Reshape && uses.getOrDefault(value.id(), 0) == 1
        ? Optional.of(node)
        : Optional.empty();
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

  /**
   * What is added to a product as one number per element of its last axis: repeated along all axes
   * but those that the last one was cut into.
   */
  private Optional<Value> bias(Node add, Node product) {
    for (var value : add.operands()) {
      var node = definitions.get(value.id());
      if (node != null && node.op() instanceof Broadcast broadcast) {
        var bias = node.operands().get(0);
        var shape = value.type().shape();
        int axes = bias.type().rank();
        int first = shape.rank() - axes;
        boolean last =
            axes > 0
                && broadcast.axes().equals(IntStream.range(first, first + axes).boxed().toList())
                && bias.type().shape().dims().equals(shape.dims().subList(first, shape.rank()));
        if (last
            && bias.type().shape().elements().equals(product.result().type().shape().dim(-1))) {
          return Optional.of(bias);
        }
      }
    }
    return Optional.empty();
  }
}
