package org.mdlc.compiler.op;

import static org.mdlc.compiler.op.Sampling.counter;
import static org.mdlc.compiler.op.Sampling.seed;

import java.util.List;
import org.mdlc.compiler.expr.Draws;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** Whole numbers in {@code [low, high)} for a key, the very ones of JAX. */
public record RandomInt(Shape shape, int low, int high) implements Sampling {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 1);
    requireKey(operands);
    return List.of(new TensorType(DType.I32, shape));
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return Cost.of(shape.elements().times(400), operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var key = operands.get(0);
    return List.of(
        Tensor64.of(
            DType.I32,
            Tensor64.sizes(shape),
            i -> Draws.integer(seed(key), counter(key), i, low, high)));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(new RandomInt(Shape.of(7, 13), 0, 11), Samples.u32(2)),
            new Samples.Case(new RandomInt(Shape.of(257), -5, 1_000_003), Samples.u32(2)),
            new Samples.Case(new RandomInt(Shape.SCALAR, 3, 4), Samples.u32(2)))
        .tolerance(0);
  }
}
