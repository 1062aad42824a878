package org.mdlc.compiler.op;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Adds rows to zeros by number: {@code i32 indices, updates [shape[:axis] + indices.shape +
 * shape[axis+1:]]} to {@code shape}. A number below 0 or past the end adds nothing.
 */
public record ScatterAdd(int axis, Shape shape) implements Indexing {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 2);
    Types.dtype(this, operands, 0, DType.I32);
    Types.numbers(this, List.of(operands.get(1).dtype()));
    var result = operands.get(1).withShape(shape);
    Types.axis(this, axis, result);
    Types.shape(this, operands, 1, Gather.rows(shape, operands.get(0).shape(), axis));
    return List.of(result);
  }

  /** The rows back; those that were not added have none, where a plain gather would give NaN. */
  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var b = adjoint.builder();
    var indices = adjoint.operand(0);
    var zero = Build.like(b, indices, 0);
    var size = Build.broadcastTo(b, Build.size(b, shape.dim(axis)), indices.type().shape());
    var valid = Build.and(b, b.add(new Ge(), indices, zero), b.add(new Lt(), indices, size));
    var rows = b.add(new Gather(axis), adjoint.gradient(), Build.select(b, valid, indices, zero));
    var placed = IntStream.range(axis, axis + indices.type().rank()).boxed().toList();
    var validRows = Build.broadcast(b, valid, rows.type().shape(), placed);
    return Arrays.asList(null, Build.select(b, validRows, rows, Build.like(b, rows, 0)));
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return Cost.of(operands.get(1).shape().elements(), operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var indices = operands.get(0);
    var updates = operands.get(1);
    var sizes = Tensor64.sizes(shape);
    var data = new double[Tensor64.count(sizes)];
    int n = sizes[axis];
    int inner = Tensor64.count(Arrays.copyOfRange(sizes, axis + 1, sizes.length));
    for (int i = 0; i < updates.count(); i++) {
      int line = i / inner;
      double row = indices.at(line % indices.count());
      int outer = line / indices.count();
      if (row >= 0 && row < n) {
        data[(outer * n + (int) row) * inner + i % inner] += updates.at(i);
      }
    }
    return List.of(new Tensor64(updates.dtype(), sizes, data));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(
                new ScatterAdd(0, Shape.of(7, 13)),
                Samples.i32(0, 6, 5),
                Samples.f32(-1, 1, 5, 13)),
            new Samples.Case(
                new ScatterAdd(0, Shape.of(3, 5)),
                Samples.i32(0, 2, 2, 7),
                Samples.f32(-1, 1, 2, 7, 5)),
            new Samples.Case(
                new ScatterAdd(1, Shape.of(2, 7, 3)),
                Samples.i32(-1, 7, 4),
                Samples.f32(-1, 1, 2, 4, 3)),
            new Samples.Case(
                new ScatterAdd(0, Shape.of(7)), Samples.i32(0, 6, 13), Samples.f32(-1, 1, 13)),
            new Samples.Case(new ScatterAdd(0, Shape.of(7)), Samples.i32(0, 6), Samples.f32(-1, 1)))
        .tolerance(1e-5);
  }
}
