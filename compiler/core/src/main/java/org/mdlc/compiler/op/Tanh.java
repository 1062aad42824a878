package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** Hyperbolic tangent; gradient 1 - tanh^2. */
public record Tanh() implements Elementwise {
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
    return apply(ScalarFn.TANH, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -5, 5)
        .and(0, -0.0, 1e-20, 30, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }
}
