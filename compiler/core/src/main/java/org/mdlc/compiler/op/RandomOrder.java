package org.mdlc.compiler.op;

import static org.mdlc.compiler.op.Sampling.counter;
import static org.mdlc.compiler.op.Sampling.seed;

import java.util.List;
import org.mdlc.compiler.expr.Draws;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** 0 .. length-1 in random order for a key, as i32, in the very order of JAX. */
public record RandomOrder(Dim length) implements Sampling {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 1);
    requireKey(operands);
    return List.of(new TensorType(DType.I32, Shape.of(length)));
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return Cost.of(length.times(400), operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var key = operands.get(0);
    var order = Draws.order(seed(key), counter(key), Tensor64.sizes(Shape.of(length))[0]);
    return List.of(Tensor64.of(DType.I32, new int[] {order.length}, i -> order[i]));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(new RandomOrder(Dim.of(1)), Samples.u32(2)),
            new Samples.Case(new RandomOrder(Dim.of(13)), Samples.u32(2)),
            new Samples.Case(new RandomOrder(Dim.of(2000)), Samples.u32(2)))
        .tolerance(0);
  }
}
