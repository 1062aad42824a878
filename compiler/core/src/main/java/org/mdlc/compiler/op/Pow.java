package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/**
 * x to the power y, in f32 to about 1e-5; the gradient by x is 0 for y = 0, that by y is 0 for x =
 * 0.
 */
public record Pow() implements Elementwise {
  @Override
  public int arity() {
    return 2;
  }

  @Override
  public DType resultType(List<DType> operands) {
    return Types.floats(this, operands);
  }

  @Override
  public ScalarExpr formula() {
    return apply(ScalarFn.POW, arg(0), arg(1));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, 0.2, 3).and(0, 1, 2).tolerance(1e-5);
  }
}
