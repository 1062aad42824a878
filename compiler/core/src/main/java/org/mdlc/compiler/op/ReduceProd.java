package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.Value;

/** Product over axes. */
public record ReduceProd(List<Integer> axes) implements Fold {
  public ReduceProd {
    axes = List.copyOf(axes);
  }

  @Override
  public ScalarFn combine() {
    return ScalarFn.MUL;
  }

  @Override
  public double start() {
    return 1;
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    // each element's gradient is the product of the others: that of all non-zeros over itself, or 0
    // when another element is zero
    var b = adjoint.builder();
    var x = adjoint.operand(0);
    var shape = x.type().shape();
    var isZero = Build.eq(b, x, Build.like(b, x, 0));
    var nonZero = Build.select(b, isZero, Build.like(b, x, 1), x);
    var product = Build.unreduce(b, b.add(this, nonZero), shape, axes);
    var zero = Build.cast(b, isZero, x.type().dtype());
    var otherZeros = Build.sub(b, Build.unreduce(b, Build.sum(b, zero, axes), shape, axes), zero);
    var others =
        Build.select(
            b,
            Build.eq(b, otherZeros, Build.like(b, x, 0)),
            Build.div(b, product, nonZero),
            Build.like(b, x, 0));
    return List.of(Build.mul(b, Build.unreduce(b, adjoint.gradient(), shape, axes), others));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(new ReduceProd(List.of(0)), Samples.f32(0.5, 1.5, 13)),
            new Samples.Case(new ReduceProd(List.of(1)), Samples.f32(0.5, 1.5, 7, 257)),
            new Samples.Case(new ReduceProd(List.of(0)), Samples.f32(0.5, 1.5, 7, 13)),
            new Samples.Case(new ReduceProd(List.of(0, 2)), Samples.f32(0.5, 1.5, 3, 5, 7)),
            new Samples.Case(new ReduceProd(List.of(0)), Samples.f32(0.5, 1.5, 1)),
            new Samples.Case(new ReduceProd(List.of(1)), Samples.i32(-3, 3, 2, 7)))
        .tolerance(2e-5);
  }
}
