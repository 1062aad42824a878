package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** Logistic function y = 1 / (1 + exp(-x)); gradient y (1 - y). */
public record Sigmoid() implements Elementwise {
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
    return apply(ScalarFn.SIGMOID, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -10, 10)
        .and(0, -0.0, 100, -100, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }
}
