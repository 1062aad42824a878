package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;

/**
 * Reverse-mode differentiation of straight-line nodes: the gradient of every value is worked out
 * before those of what it was made from.
 */
public final class ReverseMode {
  private final GraphBuilder builder;
  private final Map<Integer, Value> gradients = new HashMap<>();
  private final Set<Integer> active = new HashSet<>();

  private ReverseMode(GraphBuilder builder) {
    this.builder = builder;
  }

  /**
   * Adds the nodes that work out gradients.
   *
   * @param nodes what was computed, in order; all their values are known to the builder
   * @param outputs where gradients come in
   * @param outputGradients one for each of them, of its type
   * @param wrt values whose gradients are asked for
   * @return one per value in {@code wrt}; null where no output depends on it
   */
  public static List<@Nullable Value> gradients(
      GraphBuilder builder,
      List<Node> nodes,
      List<Value> outputs,
      List<Value> outputGradients,
      List<Value> wrt) {
    var mode = new ReverseMode(builder);
    mode.markActive(nodes, wrt);
    for (int i = 0; i < outputs.size(); i++) {
      mode.accumulate(outputs.get(i), outputGradients.get(i));
    }
    var origin = builder.origin();
    for (var node : nodes.reversed()) {
      builder.at(node.origin());
      mode.pull(node);
    }
    builder.at(origin);
    var found = new ArrayList<@Nullable Value>();
    wrt.forEach(v -> found.add(mode.gradients.get(v.id())));
    return found;
  }

  /**
   * Finds the float values that depend on what is asked for: the only ones whose gradients are of
   * use.
   */
  private void markActive(List<Node> nodes, List<Value> wrt) {
    wrt.forEach(v -> active.add(v.id()));
    for (var node : nodes) {
      if (node.operands().stream().anyMatch(this::isActive)) {
        node.results().stream()
            .filter(v -> v.type().dtype().isFloat())
            .forEach(v -> active.add(v.id()));
      }
    }
  }

  private boolean isActive(Value value) {
    return active.contains(value.id());
  }

  private void accumulate(Value value, Value gradient) {
    if (isActive(value)) {
      var before = gradients.get(value.id());
      gradients.put(value.id(), before == null ? gradient : Build.add(builder, before, gradient));
    }
  }

  private void pull(Node node) {
    var resultGradients = new ArrayList<@Nullable Value>();
    node.results().forEach(v -> resultGradients.add(gradients.get(v.id())));
    var wanted = node.operands().stream().map(this::isActive).toList();
    if (resultGradients.stream().allMatch(Objects::isNull) || !wanted.contains(true)) {
      return;
    }
    var found = Op.of(node).gradient(new Adjoint(builder, node, resultGradients, wanted));
    for (int i = 0; i < found.size(); i++) {
      var gradient = found.get(i);
      if (gradient != null && wanted.get(i)) {
        if (!gradient.type().equals(node.operands().get(i).type())) {
          throw new CompilerBug(
              "differentiate",
              node.op().name()
                  + " gives operand "
                  + i
                  + " of "
                  + node.operands().get(i).type()
                  + " a gradient of "
                  + gradient.type());
        }
        accumulate(node.operands().get(i), gradient);
      }
    }
  }
}
