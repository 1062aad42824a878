package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Fold;
import org.mdlc.compiler.op.ReduceMax;
import org.mdlc.compiler.op.ReduceMin;
import org.mdlc.compiler.op.ReduceProd;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.type.Shape;

/**
 * Cuts a long reduction that leaves few numbers into two: first each sample by itself, then over
 * the samples.
 *
 * <pre>
 * s = reduce_sum(x, [0, 1, 2])     -&gt;    p = reduce_sum(x, [1, 2])    [batch, 16]
 *                                         s = reduce_sum(p, [0])       [16]
 * </pre>
 *
 * <p>The kernel of the first has as many points as there are samples, so that several threads can
 * share it; the sixteen sums of the whole would be one vector for one thread. What is added to what
 * is decided by the shape alone.
 */
final class SplitReductions {
  /** With more numbers left than four cache lines, threads share those. */
  private static final long MOST_LEFT = 64;

  /** One thread takes some twenty microseconds for so many elements. */
  private static final long LEAST_ELEMENTS = 1 << 18;

  /** For which the decision is taken where the batch is open. */
  private static final long USUAL_BATCH = 32;

  private final Graph graph;
  private int nextId;

  private SplitReductions(Graph graph) {
    this.graph = graph;
  }

  static Graph run(Graph graph) {
    return new SplitReductions(graph).split();
  }

  private Graph split() {
    graph.inputs().forEach(i -> nextId = Math.max(nextId, i.value().id() + 1));
    graph.nodes().forEach(n -> n.results().forEach(r -> nextId = Math.max(nextId, r.id() + 1)));
    var nodes = new ArrayList<Node>();
    for (var node : graph.nodes()) {
      if (node.op() instanceof Fold fold
          && pays(fold.axes(), node.operands().getFirst().type().shape())) {
        addBoth(fold, node, nodes);
      } else {
        nodes.add(node);
      }
    }
    return new Graph(graph.name(), graph.inputs(), nodes, graph.outputs());
  }

  private static boolean pays(List<Integer> axes, Shape shape) {
    if (!axes.contains(0) || axes.size() < 2) {
      return false;
    }
    var left = shape.without(axes).elements();
    long samples = shape.dim(0).at(USUAL_BATCH);
    return left.isConstant()
        && left.value() <= MOST_LEFT
        && samples > 1
        && shape.elements().at(USUAL_BATCH) / samples > left.value()
        && shape.elements().at(USUAL_BATCH) >= LEAST_ELEMENTS;
  }

  private void addBoth(Fold fold, Node node, List<Node> nodes) {
    var within = fold.axes().stream().filter(axis -> axis > 0).toList();
    var x = node.operands().getFirst();
    var each = new Value(nextId++, x.type().withShape(x.type().shape().without(within)), "");
    nodes.add(new Node(over(fold, within), node.operands(), List.of(each), node.origin()));
    nodes.add(new Node(over(fold, List.of(0)), List.of(each), node.results(), node.origin()));
  }

  private static Fold over(Fold fold, List<Integer> axes) {
    return switch (fold) {
      case ReduceSum _ -> new ReduceSum(axes);
      case ReduceProd _ -> new ReduceProd(axes);
      case ReduceMax _ -> new ReduceMax(axes);
      case ReduceMin _ -> new ReduceMin(axes);
    };
  }
}
