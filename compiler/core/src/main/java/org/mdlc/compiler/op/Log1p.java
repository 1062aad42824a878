package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** log(1 + x), without cancellation near 0. */
public record Log1p() implements Elementwise {
  @Override
  public int arity() {
    return 1;
  }

  @Override
  public DType resultType(List<DType> operands) {
    return Types.floats(this, operands);
  }

  @Override
  public ScalarExpr formula() {
    return apply(ScalarFn.LOG1P, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -0.9, 10).and(0, -0.0, 1e-20, -1, Double.POSITIVE_INFINITY);
  }
}
