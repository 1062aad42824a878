package org.mdlc.compiler.ir;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * A pure function over tensors in static single assignment form. Nodes stand in an order in which
 * every value is defined before it is used.
 *
 * <p>An output whose role {@link Role#isVariable() is a variable} and whose name equals that of an
 * input is the new value of that variable at the end of the step.
 */
public record Graph(String name, List<Input> inputs, List<Node> nodes, List<Output> outputs) {
  /** A named argument. */
  public record Input(String name, Role role, Value value) {}

  /** A named result. */
  public record Output(String name, Role role, Value value) {}

  public Graph {
    inputs = List.copyOf(inputs);
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
    verify(name, inputs, nodes, outputs);
  }

  /** The smallest id above all in use. */
  public int nextId() {
    int max = -1;
    for (var input : inputs) {
      max = Math.max(max, input.value().id());
    }
    for (var node : nodes) {
      for (var result : node.results()) {
        max = Math.max(max, result.id());
      }
    }
    return max + 1;
  }

  public Optional<Input> input(String name) {
    return inputs.stream().filter(i -> i.name().equals(name)).findFirst();
  }

  public Optional<Output> output(String name) {
    return outputs.stream().filter(o -> o.name().equals(name)).findFirst();
  }

  /**
   * Every value defined once and before its use: cheap enough to hold always. Types are checked by
   * {@code pass.Verify}.
   */
  private static void verify(
      String name, List<Input> inputs, List<Node> nodes, List<Output> outputs) {
    var defined = new HashSet<Integer>();
    for (var input : inputs) {
      if (!defined.add(input.value().id())) {
        throw new IllegalStateException(name + ": input " + input.value() + " stands twice");
      }
    }
    for (var node : nodes) {
      for (var operand : node.operands()) {
        if (!defined.contains(operand.id())) {
          throw new IllegalStateException(
              name + ": " + node.op().name() + " uses " + operand + " before it is defined");
        }
      }
      for (var result : node.results()) {
        if (!defined.add(result.id())) {
          throw new IllegalStateException(name + ": " + result + " is defined twice");
        }
      }
    }
    for (var output : outputs) {
      if (!defined.contains(output.value().id())) {
        throw new IllegalStateException(
            name + ": output " + output.name() + " is " + output.value() + ", never defined");
      }
    }
  }
}
