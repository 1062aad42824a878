package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Rows by number: {@code x, i32 indices} to {@code x.shape[:axis] + indices.shape +
 * x.shape[axis+1:]}. A number below 0 or past the end gives NaN, or 0 when x is not f32.
 */
public record Gather(int axis) implements Indexing {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 2);
    Types.dtype(this, operands, 1, DType.I32);
    var x = operands.get(0);
    Types.axis(this, axis, x);
    return List.of(x.withShape(rows(x.shape(), operands.get(1).shape(), axis)));
  }

  /** The shape of rows taken from {@code x}. */
  static Shape rows(Shape x, Shape indices, int axis) {
    var dims = new ArrayList<>(x.dims().subList(0, axis));
    dims.addAll(indices.dims());
    dims.addAll(x.dims().subList(axis + 1, x.rank()));
    return new Shape(dims);
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var shape = adjoint.operand(0).type().shape();
    return Arrays.asList(
        adjoint.builder().add(new ScatterAdd(axis, shape), adjoint.operand(1), adjoint.gradient()),
        null);
  }

  /** No arithmetic; only the rows named are read. */
  @Override
  public Cost cost(List<TensorType> operands) {
    var results = infer(operands);
    return Cost.of(Dim.ZERO, List.of(operands.get(1), results.get(0)), results);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var indices = operands.get(1);
    var sizes = Tensor64.sizes(rows(x.type().shape(), indices.type().shape(), axis));
    var data = new double[Tensor64.count(sizes)];
    int n = x.size(axis);
    int inner = Tensor64.count(Arrays.copyOfRange(x.sizes(), axis + 1, x.rank()));
    for (int i = 0; i < data.length; i++) {
      int line = i / inner;
      double row = indices.at(line % indices.count());
      int outer = line / indices.count();
      data[i] =
          row < 0 || row >= n
              ? (x.dtype().isFloat() ? Double.NaN : 0)
              : x.at((outer * n + (int) row) * inner + i % inner);
    }
    return List.of(new Tensor64(x.dtype(), sizes, data));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new Gather(0), Samples.f32(-1, 1, 7, 13), Samples.i32(0, 6, 5)),
        new Samples.Case(new Gather(0), Samples.f32(-1, 1, 7, 13), Samples.i32(0, 6, 2, 3)),
        new Samples.Case(
            new Gather(1), Samples.f32(-1, 1, 2, 7, 3), Samples.i32(0, 6, 4).and(-1, 7)),
        new Samples.Case(new Gather(0), Samples.f32(-1, 1, 13), Samples.i32(0, 12)),
        new Samples.Case(new Gather(1), Samples.i32(-9, 9, 2, 7), Samples.i32(0, 6, 3).and(7)));
  }
}
