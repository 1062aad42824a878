package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.type.DType;

/**
 * The nearest value that a narrow float type holds, ties to even, as f32: what is left of narrow
 * types in programs. A step function, so without a gradient; that of a {@link Cast} is a cast.
 */
public record Nearest(DType dtype) implements Elementwise {
  public Nearest {
    if (!dtype.isNarrow()) {
      throw new ShapeError(dtype.text() + " is no narrow float type");
    }
  }

  @Override
  public int arity() {
    return 1;
  }

  @Override
  public DType resultType(List<DType> operands) {
    if (operands.get(0) != DType.F32) {
      throw new ShapeError(name() + " needs f32, not " + operands.get(0).text(), 0);
    }
    return DType.F32;
  }

  @Override
  public ScalarExpr formula() {
    return apply(dtype == DType.BF16 ? ScalarFn.TO_BF16 : ScalarFn.TO_F16, arg(0));
  }

  /** Ties, the largest values, the smallest, and what lies beyond both. */
  @Override
  public Samples samples() {
    return Samples.of(sample(DType.BF16, 257), sample(DType.F16, 131));
  }

  private static Samples.Case sample(DType dtype, int count) {
    return new Samples.Case(
        new Nearest(dtype),
        Samples.f32(-1e3, 1e3, count)
            .and(0, -0.0, 1, 1 + 0x1p-8, 1 + 0x3p-8, -1 - 0x1p-8, 1 + 0x1p-11, 1 + 0x3p-11)
            .and(65504, 65519, 65520, -65520, 0x1p-14, 0x1p-24, 0x1p-25, 0x3p-25, -0x1.8p-25)
            .and(0x1p-126, 0x1p-133, 0x1p-134, 0x3p-134, 0x1p-149, Float.MAX_VALUE, 3.3895314e38)
            .and(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
  }
}
