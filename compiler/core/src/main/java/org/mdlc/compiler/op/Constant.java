package org.mdlc.compiler.op;

import java.util.List;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/** One number everywhere; the shape may depend on the batch. Truth is 0 or 1. */
public record Constant(TensorType type, double value) implements Source {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 0);
    return List.of(type);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    return List.of(Tensor64.of(type.dtype(), Tensor64.sizes(type.shape()), i -> value));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new Constant(TensorType.f32(7, 13), 1.5)),
        new Samples.Case(new Constant(TensorType.f32(), -0.0)),
        new Samples.Case(new Constant(TensorType.f32(13), Double.NEGATIVE_INFINITY)),
        new Samples.Case(new Constant(TensorType.scalar(DType.BOOL), 1)),
        new Samples.Case(new Constant(TensorType.scalar(DType.I32), -7)));
  }
}
