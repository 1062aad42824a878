package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.TensorType;

/** Needs no operands: read from nowhere, so always fused into its reader or folded. */
public sealed interface Source extends Op permits Constant, Table, Iota {
  @Override
  default List<@Nullable Value> gradient(Adjoint adjoint) {
    return List.of();
  }

  @Override
  default Cost cost(List<TensorType> operands) {
    return Cost.of(Dim.ZERO, operands, infer(operands));
  }
}
