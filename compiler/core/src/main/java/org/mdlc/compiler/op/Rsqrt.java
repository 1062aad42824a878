package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** 1 / sqrt(x). */
public record Rsqrt() implements Elementwise {
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
    return apply(ScalarFn.RSQRT, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, 0.1, 10).and(1e-30, 1, Double.POSITIVE_INFINITY);
  }
}
