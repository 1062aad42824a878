package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.Collections;
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
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.MatMulOfViews;
import org.mdlc.compiler.op.Transpose;

/**
 * Lets a product of many matrices read its operands, and write its result, where they lie: a
 * transpose before or after it is a matter of strides.
 *
 * <pre>
 * t = transpose(q, [0, 2, 1, 3])        q [batch, time, heads, size]
 * s = mat_mul(t, k)                     -&gt;    s = mat_mul_of_views(q, k)
 * </pre>
 *
 * <p>Libraries want rows or columns that are contiguous: the last axis in memory is one of the last
 * two of the product, or the transpose stays.
 */
final class FoldTransposesIntoCalls {
  private final Graph graph;
  private final Map<Integer, Node> definitions = new HashMap<>();
  private final Map<Integer, List<Node>> readers = new HashMap<>();
  private final Set<Integer> outputs = new HashSet<>();

  private FoldTransposesIntoCalls(Graph graph) {
    this.graph = graph;
  }

  static Graph run(Graph graph) {
    return new FoldTransposesIntoCalls(graph).folded();
  }

  /** A value in memory, and the order in which its axes are those of a matrix operand. */
  private record View(Value value, List<Integer> order) {
    static View plain(Value value) {
      return new View(value, upTo(value.type().rank()));
    }

    boolean isPlain() {
      return order.equals(upTo(order.size()));
    }

    View transposed() {
      return new View(value, lastTwoSwapped(order));
    }
  }

  private Graph folded() {
    for (var node : graph.nodes()) {
      node.results().forEach(r -> definitions.put(r.id(), node));
      node.operands()
          .forEach(v -> readers.computeIfAbsent(v.id(), _ -> new ArrayList<>()).add(node));
    }
    graph.outputs().forEach(o -> outputs.add(o.value().id()));
    Set<Node> done = new HashSet<>();
    var nodes = new ArrayList<Node>();
    for (var node : graph.nodes()) {
      if (done.contains(node)) {
        continue; // a transpose that the product before it does
      }
      var after = node.op() instanceof MatMul ? transposeAfter(node) : Optional.<Node>empty();
      var product =
          node.op() instanceof MatMul m ? product(m, node, after) : Optional.<Node>empty();
      nodes.add(product.orElse(node));
      if (product.isPresent()) {
        after.ifPresent(done::add);
      }
    }
    return new Graph(graph.name(), graph.inputs(), nodes, graph.outputs());
  }

  private Optional<Node> product(MatMul product, Node node, Optional<Node> after) {
    int rank = node.operands().get(0).type().rank();
    boolean batches =
        rank > 2 && node.operands().size() == 2 && node.operands().get(1).type().rank() == rank;
    if (!batches) {
      return Optional.empty();
    }
    var a = view(node.operands().get(0));
    var b = view(node.operands().get(1));
    if (a.isPlain() && b.isPlain() && after.isEmpty()) {
      return Optional.empty();
    }
    a = product.transposeA() ? a.transposed() : a;
    b = product.transposeB() ? b.transposed() : b;
    var c = after.map(t -> ((Transpose) t.op()).order()).orElse(upTo(rank));
    if (c.get(rank - 1) == rank - 2) { // columns: the rows of the product the other way round
      var left = b.transposed();
      b = a.transposed();
      a = left;
      c = c.stream().map(i -> i < rank - 2 ? i : 2 * rank - 3 - i).toList();
    }
    return Optional.of(
        new Node(
            new MatMulOfViews(a.order(), b.order(), c),
            List.of(a.value(), b.value()),
            after.orElse(node).results(),
            node.origin()));
  }

  private View view(Value operand) {
    var node = definitions.get(operand.id());
    if (node == null || !(node.op() instanceof Transpose transpose)) {
      return View.plain(operand);
    }
    int last = operand.type().rank() - 1;
    boolean contiguous = transpose.order().subList(Math.max(last - 1, 0), last + 1).contains(last);
    return contiguous ? new View(node.operands().get(0), transpose.order()) : View.plain(operand);
  }

  /** The only reader of a product, when it is a transpose that leaves rows or columns together. */
  private Optional<Node> transposeAfter(Node product) {
    var uses = readers.getOrDefault(product.result().id(), List.of());
    if (uses.size() != 1
        || outputs.contains(product.result().id())
        || !(uses.get(0).op() instanceof Transpose transpose)) {
      return Optional.empty();
    }
    int rank = transpose.order().size();
    return transpose.order().get(rank - 1) >= rank - 2
        ? Optional.of(uses.get(0))
        : Optional.empty();
  }

  private static List<Integer> upTo(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static List<Integer> lastTwoSwapped(List<Integer> order) {
    var swapped = new ArrayList<>(order);
    Collections.swap(swapped, order.size() - 2, order.size() - 1);
    return swapped;
  }
}
