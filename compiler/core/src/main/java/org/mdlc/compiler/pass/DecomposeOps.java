package org.mdlc.compiler.pass;

import java.util.HashMap;
import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.Scan;

/**
 * Puts the body of every composite in its place, so that only primitives are left.
 *
 * <pre>
 * y = composite(x) {kind="Rescaling", body = { a = constant 2; r = mul(x, a) }}   -&gt;   a = constant 2
 *                                                                                     y = mul(x, a)
 * </pre>
 *
 * <p>Nodes of the body that have no scope of their own get the composite's.
 */
public final class DecomposeOps implements Pass {
  @Override
  public Graph run(Graph graph) {
    var builder = new GraphBuilder(graph.name());
    var here = new HashMap<Integer, Value>();
    for (var input : graph.inputs()) {
      here.put(input.value().id(), builder.input(input.name(), input.role(), input.value().type()));
    }
    inline(graph, Origin.NONE, builder, here);
    graph
        .outputs()
        .forEach(o -> builder.output(o.name(), o.role(), Known.in(here, o.value().id())));
    return builder.build();
  }

  private void inline(Graph graph, Origin outside, GraphBuilder builder, Map<Integer, Value> here) {
    for (var node : graph.nodes()) {
      var origin = merged(node.origin(), outside);
      switch (node.op()) {
        case Composite composite -> inlineBody(composite, node, origin, builder, here);
        case Scan scan -> {
          var body = run(scan.body());
          var inner = new Scan(body, scan.carries(), scan.sequences(), scan.reverse());
          builder.copy(new Node(inner, node.operands(), node.results(), origin), here);
        }
        default -> builder.copy(new Node(node.op(), node.operands(), node.results(), origin), here);
      }
    }
  }

  private void inlineBody(
      Composite composite,
      Node node,
      Origin origin,
      GraphBuilder builder,
      Map<Integer, Value> here) {
    var body = composite.body();
    var inside = new HashMap<Integer, Value>();
    for (int i = 0; i < node.operands().size(); i++) {
      inside.put(body.inputs().get(i).value().id(), here.get(node.operands().get(i).id()));
    }
    inline(body, new Origin(composite.scope(), origin.location(), origin.text()), builder, inside);
    for (int i = 0; i < node.results().size(); i++) {
      here.put(node.results().get(i).id(), inside.get(body.outputs().get(i).value().id()));
    }
  }

  /** The node's own words, with those of the surroundings where it has none. */
  private static Origin merged(Origin own, Origin outside) {
    if (own.equals(Origin.NONE)) {
      return outside;
    }
    return own.scope().isEmpty() ? new Origin(outside.scope(), own.location(), own.text()) : own;
  }
}
