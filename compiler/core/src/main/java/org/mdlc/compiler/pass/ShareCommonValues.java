package org.mdlc.compiler.pass;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Operation;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.And;
import org.mdlc.compiler.op.Eq;
import org.mdlc.compiler.op.Max;
import org.mdlc.compiler.op.Min;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.Ne;
import org.mdlc.compiler.op.Or;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.op.Xor;

/**
 * Computes equal values once. Random numbers too: they are a function of their key.
 *
 * <pre>
 * a = exp(x)
 * b = exp(x)          -&gt;   a = exp(x)
 * y = add(a, b)            y = add(a, a)
 * </pre>
 */
public final class ShareCommonValues implements Pass {
  private record Key(Operation op, List<Integer> operands) {}

  @Override
  public Graph run(Graph graph) {
    var builder = new GraphBuilder(graph.name());
    var here = new HashMap<Integer, Value>();
    for (var input : graph.inputs()) {
      here.put(input.value().id(), builder.input(input.name(), input.role(), input.value().type()));
    }
    var known = new HashMap<Key, List<Value>>();
    for (var node : graph.nodes()) {
      share(node, builder, here, known);
    }
    graph
        .outputs()
        .forEach(o -> builder.output(o.name(), o.role(), Known.in(here, o.value().id())));
    return builder.build();
  }

  private void share(
      Node node, GraphBuilder builder, Map<Integer, Value> here, Map<Key, List<Value>> known) {
    var op =
        node.op() instanceof Scan s
            ? new Scan(run(s.body()), s.carries(), s.sequences(), s.reverse())
            : node.op();
    var operands = node.operands().stream().map(v -> Known.in(here, v.id()).id()).toList();
    var key = new Key(op, commutes(op) ? operands.stream().sorted().toList() : operands);
    var equal = known.get(key);
    if (equal == null) {
      builder.copy(new Node(op, node.operands(), node.results(), node.origin()), here);
      known.put(key, node.results().stream().map(v -> Known.in(here, v.id())).toList());
      return;
    }
    for (int i = 0; i < equal.size(); i++) {
      here.put(node.results().get(i).id(), equal.get(i));
    }
  }

  private static boolean commutes(Operation op) {
    return switch (op) {
      case Add _, Mul _, Max _, Min _, And _, Or _, Xor _, Eq _, Ne _ -> true;
      default -> false;
    };
  }
}
