package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.TensorType;

/** Joins any number of operands along one axis; the other dimensions agree. */
public record Concat(int axis) implements View {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    if (operands.isEmpty()) {
      throw new ShapeError("concat needs at least one operand");
    }
    var first = operands.get(0);
    Types.axis(this, axis, first);
    Types.same(this, operands.stream().map(TensorType::dtype).toList());
    var length = first.shape().dim(axis);
    for (int i = 1; i < operands.size(); i++) {
      var shape = operands.get(i).shape();
      if (shape.rank() != first.rank()
          || !shape.with(axis, Dim.ONE).equals(first.shape().with(axis, Dim.ONE))) {
        throw new ShapeError(
            "shapes " + first.shape() + " and " + shape + " differ beside axis " + axis, i);
      }
      length = length.plus(shape.dim(axis));
    }
    return List.of(first.withShape(first.shape().with(axis, length)));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var gradients = new ArrayList<@Nullable Value>();
    var start = Dim.ZERO;
    for (int i = 0; i < adjoint.node().operands().size(); i++) {
      var limit = start.plus(adjoint.operand(i).type().shape().dim(axis));
      gradients.add(
          adjoint.wants(i)
              ? Build.slice(adjoint.builder(), adjoint.gradient(), axis, start, limit)
              : null);
      start = limit;
    }
    return gradients;
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var first = operands.get(0);
    var sizes = first.sizes().clone();
    sizes[axis] = operands.stream().mapToInt(x -> x.size(axis)).sum();
    var data = new double[Tensor64.count(sizes)];
    int rows = Tensor64.count(Arrays.copyOf(sizes, axis));
    int target = 0;
    for (int row = 0; row < rows; row++) {
      for (var x : operands) {
        int length = x.count() / rows;
        System.arraycopy(x.data(), row * length, data, target, length);
        target += length;
      }
    }
    return List.of(new Tensor64(first.dtype(), sizes, data));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(
            new Concat(0), Samples.f32(-1, 1, 7), Samples.f32(-1, 1, 1), Samples.f32(-1, 1, 13)),
        new Samples.Case(new Concat(1), Samples.f32(-1, 1, 3, 7, 2), Samples.f32(-1, 1, 3, 1, 2)),
        new Samples.Case(new Concat(1), Samples.f32(-1, 1, 7, 13)),
        new Samples.Case(new Concat(1), Samples.i32(-9, 9, 2, 3), Samples.i32(-9, 9, 2, 5)));
  }
}
