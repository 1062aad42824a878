package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** The nearest whole number, half to even; no gradient. */
public record Round() implements Elementwise {
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
    return apply(ScalarFn.ROUND, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -8, 8).and(0, -0.0, 0.5, 1.5, 2.5, -0.5);
  }
}
