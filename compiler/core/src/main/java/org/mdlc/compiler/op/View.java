package org.mdlc.compiler.op;

import java.util.List;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.TensorType;

/**
 * Moves elements without changing them: every result element is one operand element, or a fill.
 * Costs nothing once fused into its reader.
 */
public sealed interface View extends Op
    permits Reshape, Broadcast, Transpose, Slice, Reverse, Pad, Concat {
  @Override
  default Cost cost(List<TensorType> operands) {
    return Cost.of(Dim.ZERO, operands, infer(operands));
  }
}
