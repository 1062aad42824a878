package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Operation;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.TensorType;

/**
 * A primitive operation: one record in one file, with its shape rule, gradient, float64 meaning,
 * cost and samples together. Families are sealed, so that a case a backend forgot is an error of
 * javac. The text name is the class name in snake_case.
 */
public sealed interface Op extends Operation
    permits Elementwise,
        View,
        Reduction,
        Ordered,
        Contraction,
        Indexing,
        Source,
        Random,
        Sampling,
        Linear,
        Control {

  /** The operation of a node; every node of the compiler's graphs holds an {@code Op}. */
  static Op of(Node node) {
    return (Op) node.op();
  }

  @Override
  default String name() {
    return Names.snakeCase(getClass().getSimpleName());
  }

  /**
   * Gradients with respect to the operands, given those of the results; null where none flows
   * (whole numbers, keys, predicates).
   */
  List<@Nullable Value> gradient(Adjoint adjoint);

  /** The float64 meaning: the judge of every other implementation. */
  List<Tensor64> evaluate(List<Tensor64> operands);

  /** Arithmetic and memory traffic, as functions of the shapes. */
  default Cost cost(List<TensorType> operands) {
    return Cost.ofTraffic(operands, infer(operands));
  }

  /** Operands on which gradient and generated code are tested. */
  Samples samples();

  @Override
  default List<Graph> regions() {
    return List.of();
  }
}
