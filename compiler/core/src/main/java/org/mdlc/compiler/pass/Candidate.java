package org.mdlc.compiler.pass;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * An operation about to be added, as a {@link Rewrite} sees it.
 *
 * @param definitions the node that made each value of the new graph; inputs have none
 */
record Candidate(
    Op op,
    List<Value> operands,
    TensorType type,
    GraphBuilder builder,
    Map<Integer, Node> definitions) {
  Value operand(int index) {
    return operands.get(index);
  }

  Shape shape() {
    return type.shape();
  }

  /** The operation that made a value, when it is of that kind. */
  <O extends Op> Optional<O> made(Value value, Class<O> kind) {
    var node = definitions.get(value.id());
    return node != null && kind.isInstance(node.op())
        ? Optional.of(kind.cast(node.op()))
        : Optional.empty();
  }

  /** Operand of the node that made a value. */
  Value source(Value value, int index) {
    return Known.in(definitions, value.id()).operands().get(index);
  }

  /** The number that every element of a value is, if it is a fill. */
  OptionalDouble fill(Value value) {
    return made(value, Constant.class)
        .map(c -> OptionalDouble.of(c.value()))
        .orElse(OptionalDouble.empty());
  }

  boolean isFill(Value value, double number) {
    var fill = fill(value);
    return fill.isPresent() && fill.getAsDouble() == number;
  }

  /** Adds a node with one result to the new graph. */
  Value add(Op operation, Value... values) {
    var result = builder.add(operation, Arrays.asList(values));
    definitions.put(result.id(), builder.lastNode());
    return result;
  }

  Value constant(double value) {
    return add(new Constant(type, value));
  }
}
