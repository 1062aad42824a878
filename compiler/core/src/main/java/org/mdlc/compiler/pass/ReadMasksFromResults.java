package org.mdlc.compiler.pass;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Contraction;
import org.mdlc.compiler.op.Div;
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
 * <p>So too where a dropout follows, which keeps where its own mask {@code k} says: what is left is
 * above 0 just where the relu's operand was and the dropout kept it. Its mask, dear to draw, is then
 * not needed again.
 *
 * <pre>
 * y = select(k, div(select(m, 0, x), c), 0)
 * dx = select(m, 0, div(select(k, dy, 0), c))    -&gt;    dx = select(le(y, 0), 0, div(dy, c))
 * </pre>
 *
 * <p>The masks agree on every number, NaN included, if c is above 0 and at most 1. Only where the
 * result is the operand of a call, and so in memory.
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

    /** By the masks of a relu and the dropout after it: the result, in the new graph. */
    private final Map<Masks, Value> droppedResults = new HashMap<>();

    private record Masks(Value relu, Value kept) {}

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
      if (copyGradientOfDropout(node)) {
        return;
      }
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
      masksOfDropout(node)
          .ifPresent(
              masks -> droppedResults.putIfAbsent(masks, Known.in(here, node.result().id())));
    }

    /** The masks of {@code y = select(k, div(select(m, 0, x), c), 0)}, when y is in memory. */
    private Optional<Masks> masksOfDropout(Node node) {
      if (!isKept(node) || !inMemory.contains(node.result().id())) {
        return Optional.empty();
      }
      return scaled(node.operands().get(1))
          .map(div -> definitions.get(div.operands().get(0).id()))
          .filter(relu -> relu != null && isRelu(relu))
          .map(relu -> new Masks(relu.operands().get(0), node.operands().get(0)));
    }

    /** Copies {@code select(m, 0, div(select(k, dy, 0), c))} with a mask from the result. */
    private boolean copyGradientOfDropout(Node node) {
      if (!(node.op() instanceof Select) || !isZero(node.operands().get(1))) {
        return false;
      }
      var div = scaled(node.operands().get(2)).orElse(null);
      var kept = div == null ? null : definitions.get(div.operands().get(0).id());
      if (div == null || kept == null || !isKept(kept)) {
        return false;
      }
      var result =
          droppedResults.get(new Masks(node.operands().get(0), kept.operands().get(0)));
      if (result == null) {
        return false;
      }
      builder.at(node.origin());
      var gradient = Known.in(here, kept.operands().get(1).id());
      var scale = Known.in(here, div.operands().get(1).id());
      var zero = Known.in(here, node.operands().get(1).id());
      here.put(
          node.result().id(),
          builder.add(
              new Select(), newMask(result), zero, builder.add(new Div(), gradient, scale)));
      return true;
    }

    /** {@code select(k, x, 0)}. */
    private boolean isKept(Node node) {
      return node.op() instanceof Select && isZero(node.operands().get(2));
    }

    /** The quotient that a value is, of a divisor that makes nothing smaller. */
    private Optional<Node> scaled(Value value) {
      var node = definitions.get(value.id());
      return node != null
              && node.op() instanceof Div
              && fill(node.operands().get(1)).stream().anyMatch(c -> c > 0 && c <= 1)
          ? Optional.of(node)
          : Optional.empty();
    }

    private Value newMask(Value relu) {
      return builder.add(new Le(), relu, builder.add(new Constant(relu.type(), 0)));
    }

    /** The mask m of {@code y = select(m, 0, x)} with {@code m = le(x, 0)}, when y is in memory. */
    private Optional<Value> maskOfRelu(Node node) {
      return isRelu(node) && inMemory.contains(node.result().id())
          ? Optional.of(node.operands().get(0))
          : Optional.empty();
    }

    /** {@code select(le(x, 0), 0, x)}. */
    private boolean isRelu(Node node) {
      if (!(node.op() instanceof Select) || !isZero(node.operands().get(1))) {
        return false;
      }
      var made = definitions.get(node.operands().get(0).id());
      return made != null
          && made.op() instanceof Le
          && made.operands().get(0).equals(node.operands().get(2))
          && isZero(made.operands().get(1));
    }

    private boolean isZero(Value value) {
      return fill(value).stream().anyMatch(number -> number == 0);
    }

    private OptionalDouble fill(Value value) {
      var node = definitions.get(value.id());
      return node != null && node.op() instanceof Constant c
          ? OptionalDouble.of(c.value())
          : OptionalDouble.empty();
    }
  }
}
