package org.mdlc.compiler.pass;

import java.util.HashMap;
import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Abs;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Lt;
import org.mdlc.compiler.op.Select;
import org.mdlc.compiler.type.DType;

/**
 * Makes 0 of what an optimizer remembers as good as 0.
 *
 * <pre>
 *                                         a = lt(abs(m), 2^-116)
 * output slot "optimizer/w/m": m    -&gt;    output slot "optimizer/w/m": select(a, 0, m)
 * </pre>
 *
 * <p>Where a weight gets no gradient any more, averages of it shrink from step to step and would
 * come to stand among the subnormal numbers, with which many processors are ten times slower; a
 * thousandth of them, which an average loses in a step, would be subnormal long before. (Peers flush
 * subnormal numbers to 0, which Java cannot ask a processor for.)
 */
public final class FlushTinyMoments implements Pass {
  /** The smallest normal number times 1024. */
  static final double TINY = 0x1p-116;

  @Override
  public Graph run(Graph graph) {
    var builder = new GraphBuilder(graph.name());
    Map<Integer, Value> here = new HashMap<>();
    for (var input : graph.inputs()) {
      here.put(
          input.value().id(), builder.input(input.name(), input.role(), input.value().type()));
    }
    Map<Integer, Boolean> literals = new HashMap<>();
    for (var node : graph.nodes()) {
      builder.copy(node, here);
      node.results().forEach(r -> literals.put(r.id(), node.op() instanceof Constant));
    }
    for (var output : graph.outputs()) {
      var value = Known.in(here, output.value().id());
      boolean shrinks =
          output.role() == Role.SLOT
              && value.type().dtype() == DType.F32
              && literals.getOrDefault(output.value().id(), true).equals(false);
      builder.output(output.name(), output.role(), shrinks ? flushed(builder, value) : value);
    }
    return builder.build();
  }

  private static Value flushed(GraphBuilder builder, Value value) {
    var bound = builder.add(new Constant(value.type(), TINY));
    var isTiny = builder.add(new Lt(), builder.add(new Abs(), value), bound);
    return builder.add(new Select(), isTiny, builder.add(new Constant(value.type(), 0)), value);
  }
}
