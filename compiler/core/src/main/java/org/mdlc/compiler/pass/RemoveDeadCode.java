package org.mdlc.compiler.pass;

import java.util.ArrayList;
import java.util.HashSet;
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
        node.operands().forEach(v -> live.add(v.id()));
        kept.addFirst(withCleanBody(node));
      }
    }
    return new Graph(graph.name(), graph.inputs(), kept, graph.outputs());
  }

  private Node withCleanBody(Node node) {
    if (!(node.op() instanceof Scan scan)) {
      return node;
    }
    var body = new Scan(run(scan.body()), scan.carries(), scan.sequences(), scan.reverse());
    return new Node(body, node.operands(), node.results(), node.origin());
  }
}
