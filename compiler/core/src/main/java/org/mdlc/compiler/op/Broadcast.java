package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Repeats the operand along new axes, and along its axes of size 1.
 *
 * @param shape of the result
 * @param axes where each operand axis stands in the result, ascending
 */
public record Broadcast(Shape shape, List<Integer> axes) implements View {
  public Broadcast {
    axes = List.copyOf(axes);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    if (axes.size() != x.rank()) {
      throw new ShapeError("broadcast places " + axes.size() + " axes of " + x.shape(), 0);
    }
    for (int i = 0; i < axes.size(); i++) {
      int axis = axes.get(i);
      if (axis < 0 || axis >= shape.rank() || (i > 0 && axis <= axes.get(i - 1))) {
        throw new ShapeError("broadcast axes " + axes + " are not ascending axes of " + shape, 0);
      }
      var dim = x.shape().dim(i);
      if (!dim.is(1) && !dim.equals(shape.dim(axis))) {
        throw new ShapeError(
            x.shape()
                + " does not broadcast to "
                + shape
                + ": "
                + dim
                + " is neither 1 nor "
                + shape.dim(axis),
            0);
      }
    }
    return List.of(x.withShape(shape));
  }

  /** The sum over all copies of each element. */
  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var operand = adjoint.operand(0).type().shape();
    var summed = new ArrayList<>(Build.others(shape.rank(), axes));
    for (int i = 0; i < axes.size(); i++) {
      if (operand.dim(i).is(1) && !shape.dim(axes.get(i)).is(1)) {
        summed.add(axes.get(i));
      }
    }
    Collections.sort(summed);
    var builder = adjoint.builder();
    return List.of(Build.reshape(builder, Build.sum(builder, adjoint.gradient(), summed), operand));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var sizes = Tensor64.sizes(shape);
    var strides = Indices.strides(x.sizes());
    var data = new double[Tensor64.count(sizes)];
    var moves = new int[sizes.length];
    for (int i = 0; i < strides.length; i++) {
      moves[axes.get(i)] = x.size(i) == 1 ? 0 : strides[i];
    }
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
        new Samples.Case(new Broadcast(Shape.of(7, 13), List.of(1)), Samples.f32(-1, 1, 13)),
        new Samples.Case(new Broadcast(Shape.of(7, 13), List.of(0, 1)), Samples.f32(-1, 1, 7, 1)),
        new Samples.Case(new Broadcast(Shape.of(3, 1, 5), List.of(0, 2)), Samples.f32(-1, 1, 1, 5)),
        new Samples.Case(new Broadcast(Shape.of(2, 7), List.of()), Samples.i32(-9, 9)));
  }
}
