package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.TensorType;

/**
 * Running sum along an axis.
 *
 * @param exclusive without the element itself
 * @param reverse from the last element to the first
 */
public record CumSum(int axis, boolean exclusive, boolean reverse) implements Ordered {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    Types.axis(this, axis, x);
    Types.numbers(this, List.of(x.dtype()));
    return List.of(x);
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return List.of(
        adjoint.builder().add(new CumSum(axis, exclusive, !reverse), adjoint.gradient()));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    return List.of(Rows.map(x, axis, x.size(axis), x.dtype(), this::accumulate));
  }

  private void accumulate(double[] line, double[] sums) {
    double sum = 0;
    for (int i = 0; i < line.length; i++) {
      int at = reverse ? line.length - 1 - i : i;
      double before = sum;
      sum += line[at];
      sums[at] = exclusive ? before : sum;
    }
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(new CumSum(0, false, false), Samples.f32(-1, 1, 13)),
            new Samples.Case(new CumSum(1, true, false), Samples.f32(-1, 1, 7, 257)),
            new Samples.Case(new CumSum(0, false, true), Samples.f32(-1, 1, 7, 3)),
            new Samples.Case(new CumSum(1, true, true), Samples.f32(-1, 1, 2, 7, 1)),
            new Samples.Case(new CumSum(0, false, false), Samples.i32(-9, 9, 7)))
        .tolerance(2e-5);
  }
}
