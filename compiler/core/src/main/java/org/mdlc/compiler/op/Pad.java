package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Puts a number around the operand.
 *
 * @param low how many before, per axis, not negative
 * @param high how many after, per axis, not negative
 */
public record Pad(List<Dim> low, List<Dim> high, double value) implements View {
  public Pad {
    low = List.copyOf(low);
    high = List.copyOf(high);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    if (low.size() != x.rank() || high.size() != x.rank()) {
      throw new ShapeError("pad names " + low.size() + " axes of " + x.shape(), 0);
    }
    var dims = new ArrayList<Dim>();
    for (int i = 0; i < x.rank(); i++) {
      Types.atLeast(this, low.get(i), 0, "padding before axis " + i, 0);
      Types.atLeast(this, high.get(i), 0, "padding after axis " + i, 0);
      dims.add(x.shape().dim(i).plus(low.get(i)).plus(high.get(i)));
    }
    return List.of(x.withShape(new Shape(dims)));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var dims = adjoint.operand(0).type().shape().dims();
    var limits =
        IntStream.range(0, dims.size()).mapToObj(i -> low.get(i).plus(dims.get(i))).toList();
    return List.of(
        adjoint
            .builder()
            .add(new Slice(low, limits, Collections.nCopies(dims.size(), 1)), adjoint.gradient()));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var sizes = Tensor64.sizes(infer(List.of(x.type())).get(0).shape());
    var strides = Indices.strides(sizes);
    var data = new double[Tensor64.count(sizes)];
    Arrays.fill(data, value);
    for (var at = new Indices(x.sizes()); at.more(); at.next()) {
      int target = 0;
      for (int i = 0; i < sizes.length; i++) {
        target += ((int) low.get(i).value() + at.index(i)) * strides[i];
      }
      data[target] = x.at(at.position());
    }
    return List.of(new Tensor64(x.dtype(), sizes, data));
  }

  private static Pad of(List<Integer> low, List<Integer> high, double value) {
    return new Pad(
        low.stream().map(n -> Dim.of(n)).toList(),
        high.stream().map(n -> Dim.of(n)).toList(),
        value);
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(of(List.of(1), List.of(2), 0), Samples.f32(-1, 1, 13)),
        new Samples.Case(of(List.of(0, 3), List.of(2, 0), -1.5), Samples.f32(-1, 1, 7, 1)),
        new Samples.Case(
            of(List.of(0, 1, 1), List.of(0, 1, 2), Double.NEGATIVE_INFINITY),
            Samples.f32(-1, 1, 2, 3, 7)),
        new Samples.Case(of(List.of(2), List.of(0), 5), Samples.i32(-9, 9, 7)));
  }
}
