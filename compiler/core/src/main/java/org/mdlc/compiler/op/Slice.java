package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** Elements {@code starts, starts + strides, ..} below {@code limits}, per axis. */
public record Slice(List<Dim> starts, List<Dim> limits, List<Integer> strides) implements View {
  public Slice {
    starts = List.copyOf(starts);
    limits = List.copyOf(limits);
    strides = List.copyOf(strides);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    if (starts.size() != x.rank() || limits.size() != x.rank() || strides.size() != x.rank()) {
      throw new ShapeError("slice names " + starts.size() + " axes of " + x.shape(), 0);
    }
    var dims = new ArrayList<Dim>();
    for (int i = 0; i < x.rank(); i++) {
      var start = starts.get(i);
      var limit = limits.get(i);
      if (strides.get(i) < 1) {
        throw new ShapeError("slice needs a positive step, not " + strides.get(i), 0);
      }
      if (isAbove(Dim.ZERO, start) || isAbove(start, limit) || isAbove(limit, x.shape().dim(i))) {
        throw new ShapeError(
            "slice " + start + ":" + limit + " lies outside axis " + i + " of " + x.shape(), 0);
      }
      dims.add(limit.minus(start).ceilDiv(strides.get(i)));
    }
    return List.of(x.withShape(new Shape(dims)));
  }

  /** True when that is certain. */
  private static boolean isAbove(Dim a, Dim b) {
    var difference = a.minus(b);
    return difference.isConstant() && difference.value() > 0;
  }

  /**
   * Zeros around, and between when there is a step: each element is widened to a step of zeros, and
   * the last one cut back.
   */
  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var b = adjoint.builder();
    var operand = adjoint.operand(0).type().shape();
    if (adjoint.result(0).type().shape().elements().is(0)) {
      return List.of(Build.like(b, adjoint.operand(0), 0));
    }
    var spread = adjoint.gradient();
    var low = new ArrayList<Dim>();
    var high = new ArrayList<Dim>();
    for (int axis = 0; axis < operand.rank(); axis++) {
      spread = spread(b, spread, axis, strides.get(axis));
      low.add(starts.get(axis));
      high.add(operand.dim(axis).minus(starts.get(axis)).minus(spread.type().shape().dim(axis)));
    }
    return List.of(Build.pad(b, spread, low, high, 0));
  }

  private static Value spread(GraphBuilder b, Value x, int axis, int step) {
    if (step == 1) {
      return x;
    }
    var shape = x.type().shape();
    var split = new ArrayList<>(shape.dims());
    split.add(axis + 1, Dim.ONE);
    var low = Collections.nCopies(split.size(), Dim.ZERO);
    var high = new ArrayList<>(low);
    high.set(axis + 1, Dim.of(step - 1));
    var widened = Build.pad(b, Build.reshape(b, x, new Shape(split)), low, high, 0);
    var joined = Build.reshape(b, widened, shape.with(axis, shape.dim(axis).times(step)));
    return Build.slice(b, joined, axis, Dim.ZERO, shape.dim(axis).plus(-1).times(step).plus(1));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var sizes = Tensor64.sizes(infer(List.of(x.type())).get(0).shape());
    var from = Indices.strides(x.sizes());
    var data = new double[Tensor64.count(sizes)];
    for (var at = new Indices(sizes); at.more(); at.next()) {
      int source = 0;
      for (int i = 0; i < sizes.length; i++) {
        source += ((int) starts.get(i).value() + at.index(i) * strides.get(i)) * from[i];
      }
      data[at.position()] = x.at(source);
    }
    return List.of(new Tensor64(x.dtype(), sizes, data));
  }

  private static Slice of(List<Long> starts, List<Long> limits, List<Integer> strides) {
    return new Slice(
        starts.stream().map(Dim::of).toList(), limits.stream().map(Dim::of).toList(), strides);
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(of(List.of(3L), List.of(10L), List.of(1)), Samples.f32(-1, 1, 13)),
        new Samples.Case(
            of(List.of(0L, 2L), List.of(7L, 13L), List.of(2, 3)), Samples.f32(-1, 1, 7, 13)),
        new Samples.Case(
            of(List.of(1L, 0L, 4L), List.of(2L, 3L, 5L), List.of(1, 2, 1)),
            Samples.f32(-1, 1, 2, 3, 7)),
        new Samples.Case(
            of(List.of(0L, 6L), List.of(1L, 7L), List.of(1, 1)), Samples.i32(-9, 9, 1, 7)));
  }
}
