package org.mdlc.compiler.op;

import java.util.List;
import org.mdlc.compiler.expr.Threefry;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Uniform f32 numbers in {@code [low, high)} for a key, the very bits of JAX's partitionable
 * Threefry: see {@link Threefry}.
 */
public record RandomUniform(Shape shape, double low, double high) implements Random {
  /** About how many operations on whole numbers one random number takes. */
  public static final int OPERATIONS = 100;

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    requireKey(operands);
    return List.of(new TensorType(DType.F32, shape));
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return Cost.of(shape.elements().times(OPERATIONS), operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var key = operands.get(0);
    int seed = (int) (long) key.at(0);
    int counter = (int) (long) key.at(1);
    return List.of(
        Tensor64.of(
            DType.F32,
            Tensor64.sizes(shape),
            i -> Threefry.uniform(seed, counter, i, (float) low, (float) high)));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(new RandomUniform(Shape.of(7, 13), 0, 1), Samples.u32(2)),
            new Samples.Case(new RandomUniform(Shape.of(257), -0.25, 0.5), Samples.u32(2)),
            new Samples.Case(new RandomUniform(Shape.of(1), Math.nextUp(-1f), 1), Samples.u32(2)),
            new Samples.Case(new RandomUniform(Shape.SCALAR, 0, 1), Samples.u32(2)))
        .tolerance(0);
  }
}
