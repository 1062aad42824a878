package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;

/**
 * Another element type: to i32 truncates toward zero, to bool is true unless 0. Random words (u32)
 * are not converted.
 */
public record Cast(DType dtype) implements Elementwise {
  public Cast {
    if (dtype == DType.U32) {
      throw new ShapeError("nothing can be cast to u32");
    }
  }

  @Override
  public int arity() {
    return 1;
  }

  @Override
  public DType resultType(List<DType> operands) {
    if (operands.get(0) == DType.U32) {
      throw new ShapeError("u32 cannot be cast", 0);
    }
    return dtype;
  }

  /** The gradient of a cast is a cast: between float types it comes back in the operand's. */
  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var from = adjoint.operand(0).type().dtype();
    return Collections.singletonList(
        from.isFloat() && dtype.isFloat()
            ? Build.cast(adjoint.builder(), adjoint.gradient(), from)
            : null);
  }

  @Override
  public ScalarExpr formula() {
    var fn =
        switch (dtype) {
          case F32 -> ScalarFn.TO_F32;
          case I32 -> ScalarFn.TO_I32;
          case BOOL -> ScalarFn.TO_BOOL;
          case BF16 -> ScalarFn.TO_BF16;
          case F16 -> ScalarFn.TO_F16;
          case U32 -> throw new IllegalStateException("cast to u32");
        };
    return apply(fn, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(this, Samples.f32(-1000, 1000, 3, 257)),
        new Samples.Case(new Cast(DType.I32), Samples.f32(-1000, 1000, 13).and(0, -0.0, 0.9, -0.9)),
        new Samples.Case(new Cast(DType.BOOL), Samples.f32(-1, 1, 7).and(0, -0.0)),
        new Samples.Case(new Cast(DType.F32), Samples.i32(-1000, 1000, 7)),
        new Samples.Case(new Cast(DType.F32), Samples.bool(13)),
        new Samples.Case(new Cast(DType.I32), Samples.bool(1)));
  }
}
