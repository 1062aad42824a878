package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.Value;

/** The largest over axes; of truth values whether any is true. Ties share the gradient evenly. */
public record ReduceMax(List<Integer> axes) implements Fold {
  public ReduceMax {
    axes = List.copyOf(axes);
  }

  @Override
  public ScalarFn combine() {
    return ScalarFn.MAX;
  }

  @Override
  public double start() {
    return Double.NEGATIVE_INFINITY;
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return List.of(
        Build.toExtremes(
            adjoint.builder(), adjoint.operand(0), adjoint.result(0), adjoint.gradient(), axes));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new ReduceMax(List.of(0)), Samples.f32(-1, 1, 13)),
        new Samples.Case(new ReduceMax(List.of(1)), Samples.f32(-1, 1, 7, 257)),
        new Samples.Case(new ReduceMax(List.of(0)), Samples.f32(-1, 1, 7, 13)),
        new Samples.Case(new ReduceMax(List.of(0, 2)), Samples.f32(-1, 1, 3, 5, 7)),
        new Samples.Case(new ReduceMax(List.of(0)), Samples.f32(-1, 1, 1)),
        new Samples.Case(new ReduceMax(List.of(1)), Samples.i32(-3, 3, 2, 7)));
  }
}
