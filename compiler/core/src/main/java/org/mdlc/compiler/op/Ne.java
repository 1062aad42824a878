package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** True where different; NaN differs from everything. */
public record Ne() implements Elementwise {
  @Override
  public int arity() {
    return 2;
  }

  @Override
  public DType resultType(List<DType> operands) {
    Types.same(this, operands);
    return DType.BOOL;
  }

  @Override
  public ScalarExpr formula() {
    return apply(ScalarFn.NE, arg(0), arg(1));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -4, 4).and(0, -0.0, 1, Double.NaN);
  }
}
