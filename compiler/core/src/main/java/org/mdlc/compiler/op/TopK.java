package org.mdlc.compiler.op;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.TensorType;

/**
 * The k largest of each line of the last axis, largest first: (values, i32 indices). Of equals the
 * one with the lower index comes first.
 */
public record TopK(int k) implements Ordered {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    Types.numbers(this, List.of(x.dtype()));
    if (x.rank() == 0) {
      throw new ShapeError("top_k needs an axis, not a scalar", 0);
    }
    var length = x.shape().dim(-1);
    if (k < 1 || (length.isConstant() && length.value() < k)) {
      throw new ShapeError(
          "top_k cannot take " + k + " of the " + length + " in the last axis of " + x.shape(), 0);
    }
    var shape = x.shape().with(-1, Dim.of(k));
    return List.of(x.withShape(shape), new TensorType(DType.I32, shape));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var dy = adjoint.resultGradients().get(0);
    return Collections.singletonList(
        dy == null
            ? null
            : Build.scatterLast(
                adjoint.builder(), adjoint.result(1), dy, adjoint.operand(0).type().shape()));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    return Sort.firsts(operands.get(0), k, true);
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new TopK(3), Samples.f32(-1, 1, 13)),
        new Samples.Case(new TopK(1), Samples.f32(-1, 1, 7, 13).and(0.5)),
        new Samples.Case(new TopK(7), Samples.f32(-1, 1, 3, 2, 7)),
        new Samples.Case(new TopK(1), Samples.f32(-1, 1, 1)),
        new Samples.Case(new TopK(2), Samples.i32(-3, 3, 2, 7)));
  }
}
