package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * The largest cell of each window: {@code [n, spatial.., c]} to {@code [n, spatial'.., c]}. The
 * gradient goes to the first of equals.
 */
public record MaxPool(PoolGeometry geometry) implements Contraction {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    Types.floats(this, List.of(x.dtype()));
    return List.of(x.withShape(geometry.output(this, x.shape())));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return List.of(
        adjoint
            .builder()
            .add(new MaxPoolBackward(geometry), adjoint.operand(0), adjoint.gradient()));
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    var results = infer(operands);
    return geometry.cost(results.get(0).shape(), operands, results);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var sizes = Tensor64.sizes(geometry.output(this, x.type().shape()));
    var y = new double[Tensor64.count(sizes)];
    geometry.visit(
        x.sizes(),
        sizes,
        (cells, o) -> y[o] = cells.isEmpty() ? Double.NEGATIVE_INFINITY : x.at(largest(x, cells)));
    return List.of(new Tensor64(DType.F32, sizes, y));
  }

  /** The first of the largest cells. */
  static int largest(Tensor64 x, List<Integer> cells) {
    int best = cells.get(0);
    for (int cell : cells) {
      if (x.at(cell) > x.at(best)) {
        best = cell;
      }
    }
    return best;
  }

  @Override
  public Samples samples() {
    return Samples.of(
        PoolGeometry.examples().stream()
            .map(
                e ->
                    new Samples.Case(
                        new MaxPool(e.geometry()), Samples.f32(-1, 1, e.x().sizes()).and(0.5)))
            .toArray(Samples.Case[]::new));
  }
}
