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
import org.mdlc.compiler.pass.LongReductions;
import org.mdlc.compiler.pass.ShareCommonValues;

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
  private final Graph graph;
  private int nextId;

  private SplitReductions(Graph graph) {
    this.graph = graph;
  }

  static Graph run(Graph graph) {
    var split = new SplitReductions(graph).split();
    // a variance may want the sum of each sample as well
    return split.equals(graph) ? graph : new ShareCommonValues().run(split);
  }

  private Graph split() {
    graph.inputs().forEach(i -> nextId = Math.max(nextId, i.value().id() + 1));
    graph.nodes().forEach(n -> n.results().forEach(r -> nextId = Math.max(nextId, r.id() + 1)));
    var nodes = new ArrayList<Node>();
    for (var node : graph.nodes()) {
      if (node.op() instanceof Fold fold
          && LongReductions.isWorthSplitting(
              fold.axes(), node.operands().getFirst().type().shape())) {
        addBoth(fold, node, nodes);
      } else {
        nodes.add(node);
      }
    }
    return new Graph(graph.name(), graph.inputs(), nodes, graph.outputs());
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
