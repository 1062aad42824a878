package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Gradient of {@link MaxPool}: {@code x [n, spatial.., c]}, {@code dy [n, spatial'.., c]} to the
 * shape of x.
 */
public record MaxPoolBackward(PoolGeometry geometry) implements Contraction {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 2);
    Types.floats(this, operands.stream().map(TensorType::dtype).toList());
    Types.shape(this, operands, 1, geometry.output(this, operands.get(0).shape()));
    return List.of(operands.get(0));
  }

  /**
   * By {@code dy}: each window's entry of the incoming gradient at its first largest cell. Cell by
   * cell from the last to the first, the strided slice of all windows' cells is taken where it
   * holds the maximum. Nothing flows to x: which cell is largest does not change by steps.
   */
  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    if (!adjoint.wants(1)) {
      return Arrays.asList(null, null);
    }
    var b = adjoint.builder();
    var x = adjoint.operand(0);
    var largest = b.add(new MaxPool(geometry), x);
    var cells = padded(b, x, Double.NEGATIVE_INFINITY);
    var gradients = padded(b, adjoint.gradient(), 0);
    var picked = Build.like(b, largest, 0);
    int count = geometry.window().stream().reduce(1, Math::multiplyExact);
    for (int cell = count - 1; cell >= 0; cell--) {
      var slice = cellOfWindows(cell, largest.type().shape());
      picked =
          Build.select(
              b, Build.eq(b, b.add(slice, cells), largest), b.add(slice, gradients), picked);
    }
    return Arrays.asList(null, picked);
  }

  private Value padded(GraphBuilder b, Value x, double value) {
    var low = new ArrayList<>(Collections.nCopies(x.type().rank(), Dim.ZERO));
    var high = new ArrayList<>(low);
    for (int axis = 0; axis < geometry.spatialRank(); axis++) {
      low.set(axis + 1, Dim.of(geometry.padLow().get(axis)));
      high.set(axis + 1, Dim.of(geometry.padHigh().get(axis)));
    }
    return Build.pad(b, x, low, high, value);
  }

  /** Takes one cell, by its number in memory order, of every window of the padded input. */
  private Slice cellOfWindows(int cell, Shape windows) {
    var starts = new ArrayList<>(Collections.nCopies(windows.rank(), Dim.ZERO));
    var limits = new ArrayList<>(windows.dims());
    var steps = new ArrayList<>(Collections.nCopies(windows.rank(), 1));
    int rest = cell;
    for (int axis = geometry.spatialRank() - 1; axis >= 0; axis--) {
      int at = rest % geometry.window().get(axis);
      int step = geometry.strides().get(axis);
      starts.set(axis + 1, Dim.of(at));
      limits.set(axis + 1, windows.dim(axis + 1).plus(-1).times(step).plus(at + 1));
      steps.set(axis + 1, step);
      rest /= geometry.window().get(axis);
    }
    return new Slice(starts, limits, steps);
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return geometry.cost(operands.get(1).shape(), operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var dy = operands.get(1);
    var dx = new double[x.count()];
    geometry.visit(
        x.sizes(),
        dy.sizes(),
        (cells, o) -> {
          if (!cells.isEmpty()) {
            dx[MaxPool.largest(x, cells)] += dy.at(o);
          }
        });
    return List.of(new Tensor64(DType.F32, x.sizes(), dx));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        PoolGeometry.examples().stream()
            .map(
                e ->
                    new Samples.Case(
                        new MaxPoolBackward(e.geometry()),
                        Samples.f32(-1, 1, e.x().sizes()).and(0.5),
                        Samples.f32(-1, 1, e.y().sizes())))
            .toArray(Samples.Case[]::new));
  }
}
