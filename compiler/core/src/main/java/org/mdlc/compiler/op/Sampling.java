package org.mdlc.compiler.op;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Random numbers that take a loop or an order: a pure function of a key {@code u32[2]} = (seed,
 * counter), drawn by a helper on the host and not fused. They have no gradient.
 */
public sealed interface Sampling extends Op permits RandomBeta, RandomInt, RandomOrder {
  @Override
  default List<@Nullable Value> gradient(Adjoint adjoint) {
    return Collections.nCopies(adjoint.node().operands().size(), null);
  }

  /** Checks the key. */
  default void requireKey(List<TensorType> operands) {
    Types.dtype(this, operands, 0, DType.U32);
    Types.shape(this, operands, 0, Shape.of(2));
  }

  /** The first word of a key. */
  static int seed(Tensor64 key) {
    return (int) (long) key.at(0);
  }

  /** The second word of a key. */
  static int counter(Tensor64 key) {
    return (int) (long) key.at(1);
  }
}
