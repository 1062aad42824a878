package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.Value;

/** Sum over axes. */
public record ReduceSum(List<Integer> axes) implements Fold {
  public ReduceSum {
    axes = List.copyOf(axes);
  }

  @Override
  public ScalarFn combine() {
    return ScalarFn.ADD;
  }

  @Override
  public double start() {
    return 0;
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return List.of(
        Build.unreduce(
            adjoint.builder(), adjoint.gradient(), adjoint.operand(0).type().shape(), axes));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(new ReduceSum(List.of(0)), Samples.f32(-1, 1, 13)),
            new Samples.Case(new ReduceSum(List.of(1)), Samples.f32(-1, 1, 7, 257)),
            new Samples.Case(new ReduceSum(List.of(0)), Samples.f32(-1, 1, 7, 13)),
            new Samples.Case(new ReduceSum(List.of(0, 2)), Samples.f32(-1, 1, 3, 5, 7)),
            new Samples.Case(new ReduceSum(List.of(0)), Samples.f32(-1, 1, 1)),
            new Samples.Case(new ReduceSum(List.of(1)), Samples.i32(-3, 3, 2, 7)))
        .tolerance(2e-5);
  }
}
