package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** exp(x) - 1, without cancellation near 0. */
public record Expm1() implements Elementwise {
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
    return apply(ScalarFn.EXPM1, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -10, 10).and(0, -0.0, 1e-20, 100, -200, Double.NEGATIVE_INFINITY);
  }
}
