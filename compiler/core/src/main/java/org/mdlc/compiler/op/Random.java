package org.mdlc.compiler.op;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Random numbers as a pure function of a key {@code u32[2]} = (seed, counter): they can be drawn
 * again anywhere, with the same bits.
 */
public sealed interface Random extends Op permits RandomUniform, AdvanceKey {
  @Override
  default List<@Nullable Value> gradient(Adjoint adjoint) {
    return Collections.singletonList(null);
  }

  /** Checks the key. */
  default void requireKey(List<TensorType> operands) {
    Types.count(this, operands, 1);
    Types.dtype(this, operands, 0, DType.U32);
    Types.shape(this, operands, 0, Shape.of(2));
  }
}
