package org.mdlc.compiler.pass;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Contraction;
import org.mdlc.compiler.op.Le;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Select;

/**
 * Lets the gradient of a relu ask the relu's result where it is 0, not its operand: the result is
 * kept for the next layer's gradient anyway, the operand then need not be.
 *
 * <pre>
 * m = le(x, 0)
 * y = select(m, 0, x)                       y = select(le(x, 0), 0, x)
 * dx = select(m, 0, dy)             -&gt;    dx = select(le(y, 0), 0, dy)
 * </pre>
 *
 * <p>Both masks agree on every number, NaN included. Only where the result is the operand of a
 * call, and so in memory.
 */
public final class ReadMasksFromResults implements Pass {
  @Override
  public Graph run(Graph graph) {
    return new Round(graph).rebuild();
  }

  private static final class Round {
    private final Graph graph;
    private final GraphBuilder builder;
    private final Map<Integer, Node> definitions = new HashMap<>();
    private final Set<Integer> inMemory = new HashSet<>();
    private final Map<Integer, Value> here = new HashMap<>();

    /** By mask: the relu it makes, in the new graph. */
    private final Map<Integer, Value> results = new HashMap<>();

    private final Map<Integer, Value> newMasks = new HashMap<>();

    Round(Graph graph) {
      this.graph = graph;
      this.builder = new GraphBuilder(graph.name());
    }

    Graph rebuild() {
      for (var node : graph.nodes()) {
        node.results().forEach(r -> definitions.put(r.id(), node));
        if (node.op() instanceof Contraction) {
          node.operands().forEach(v -> inMemory.add(holder(v).id()));
        }
      }
      for (var input : graph.inputs()) {
        here.put(
            input.value().id(), builder.input(input.name(), input.role(), input.value().type()));
      }
      graph.nodes().forEach(this::copy);
      graph
          .outputs()
          .forEach(o -> builder.output(o.name(), o.role(), Known.in(here, o.value().id())));
      return builder.build();
    }

    private Value holder(Value value) {
      var node = definitions.get(value.id());
      return node != null && node.op() instanceof Reshape ? holder(node.operands().get(0)) : value;
    }

    private void copy(Node node) {
      var mask = maskOfRelu(node);
      if (mask.isPresent()) {
        builder.copy(node, here);
        results.putIfAbsent(mask.get().id(), here.get(node.result().id()));
        return;
      }
      var old = new HashMap<Integer, Value>();
      for (var operand : node.operands()) {
        if (results.containsKey(operand.id()) && !old.containsKey(operand.id())) {
          builder.at(node.origin());
          var newMask =
              newMasks.computeIfAbsent(operand.id(), id -> newMask(Known.in(results, id)));
          old.put(operand.id(), here.put(operand.id(), newMask));
        }
      }
      builder.copy(node, here);
      here.putAll(old);
    }

    private Value newMask(Value relu) {
      return builder.add(new Le(), relu, builder.add(new Constant(relu.type(), 0)));
    }

    /** The mask m of {@code y = select(m, 0, x)} with {@code m = le(x, 0)}, when y is in memory. */
    private Optional<Value> maskOfRelu(Node node) {
      if (!(node.op() instanceof Select)
          || !inMemory.contains(node.result().id())
          || !isZero(node.operands().get(1))) {
        return Optional.empty();
      }
      var mask = node.operands().get(0);
      var made = definitions.get(mask.id());
      boolean fits =
          made != null
              && made.op() instanceof Le
              && made.operands().get(0).equals(node.operands().get(2))
              && isZero(made.operands().get(1));
      return fits ? Optional.of(mask) : Optional.empty();
    }

    private boolean isZero(Value value) {
      var node = definitions.get(value.id());
      return node != null && node.op() instanceof Constant c && c.value() == 0;
    }
  }
}
