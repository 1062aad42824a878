package org.mdlc.compiler.op;

import static org.mdlc.compiler.op.Sampling.counter;
import static org.mdlc.compiler.op.Sampling.seed;

import java.util.List;
import org.mdlc.compiler.expr.Draws;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Numbers distributed as Beta(a, b) for a key, those of JAX: {@code key, a, b} to the shape of a
 * and b.
 */
public record RandomBeta() implements Sampling {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 3);
    requireKey(operands);
    Types.dtype(this, operands, 1, DType.F32);
    Types.dtype(this, operands, 2, DType.F32);
    Types.shape(this, operands, 2, operands.get(1).shape());
    return List.of(operands.get(1));
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return Cost.of(operands.get(1).shape().elements().times(2000), operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var key = operands.get(0);
    var a = operands.get(1);
    var b = operands.get(2);
    return List.of(
        Tensor64.of(
            DType.F32, a.sizes(), i -> Draws.beta(seed(key), counter(key), i, a.at(i), b.at(i))));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(
            this, Samples.u32(2), Samples.f32(0.1, 0.9, 7, 13), Samples.f32(0.1, 0.9, 7, 13)),
        new Samples.Case(this, Samples.u32(2), Samples.f32(1, 9, 13), Samples.f32(1, 9, 13)),
        new Samples.Case(this, Samples.u32(2), Samples.f32(0.5, 2), Samples.f32(0.5, 2)));
  }
}
