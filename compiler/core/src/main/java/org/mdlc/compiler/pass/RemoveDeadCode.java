package org.mdlc.compiler.pass;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.function.Predicate;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Scan;

/**
 * Leaves out nodes whose results nobody reads. Inputs stay: they are the graph's signature.
 *
 * <pre>
 * a = exp(x)
 * y = neg(x)          -&gt;   y = neg(x)
 * output y                 output y
 * </pre>
 */
public final class RemoveDeadCode implements Pass {
  @Override
  public Graph run(Graph graph) {
    var live = new HashSet<Integer>();
    graph.outputs().forEach(o -> live.add(o.value().id()));
    var kept = new ArrayList<Node>();
    for (var node : graph.nodes().reversed()) {
      if (node.results().stream().map(Value::id).anyMatch(live::contains)) {
        var clean = withCleanBody(node, v -> live.contains(v.id()));
        clean.operands().forEach(v -> live.add(v.id()));
        kept.addFirst(clean);
      }
    }
    return new Graph(graph.name(), graph.inputs(), kept, graph.outputs());
  }

  private Node withCleanBody(Node node, Predicate<Value> isRead) {
    if (!(node.op() instanceof Scan scan)) {
      return node;
    }
    var body = new Scan(run(scan.body()), scan.carries(), scan.sequences(), scan.reverse());
    var clean = new Node(body, node.operands(), node.results(), node.origin());
    return TrimScan.of(body, clean, isRead);
  }
}
