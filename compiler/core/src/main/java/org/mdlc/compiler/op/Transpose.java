package org.mdlc.compiler.op;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.TensorType;

/**
 * The axes in another order.
 *
 * @param order which operand axis stands at each place of the result
 */
public record Transpose(List<Integer> order) implements View {
  public Transpose {
    order = List.copyOf(order);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    if (!order.stream().sorted().toList().equals(Build.upTo(x.rank()))) {
      throw new ShapeError(order + " is no order of the " + x.rank() + " axes of " + x.shape(), 0);
    }
    return List.of(x.withShape(x.shape().permuted(order)));
  }

  /** The order that undoes this one. */
  public Transpose inverse() {
    return new Transpose(IntStream.range(0, order.size()).boxed().map(order::indexOf).toList());
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return List.of(adjoint.builder().add(inverse(), adjoint.gradient()));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var strides = Indices.strides(x.sizes());
    var sizes = order.stream().mapToInt(x::size).toArray();
    var data = new double[x.count()];
    var moves = order.stream().mapToInt(axis -> strides[axis]).toArray();
    Indices.rows(
        sizes,
        moves,
        (position, source, step, length) -> {
          for (int i = 0; i < length; i++) {
            data[position + i] = x.at(source + i * step);
          }
        });
    return List.of(new Tensor64(x.dtype(), sizes, data));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new Transpose(List.of(1, 0)), Samples.f32(-1, 1, 7, 13)),
        new Samples.Case(new Transpose(List.of(2, 0, 1)), Samples.f32(-1, 1, 3, 1, 7)),
        new Samples.Case(new Transpose(List.of(0, 2, 1, 3)), Samples.f32(-1, 1, 2, 3, 5, 7)),
        new Samples.Case(new Transpose(List.of(0)), Samples.i32(-9, 9, 13)));
  }
}
