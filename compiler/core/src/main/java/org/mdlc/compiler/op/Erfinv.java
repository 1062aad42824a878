package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** Inverse error function on (-1, 1), infinite at the ends; gradient sqrt(pi)/2 exp(y^2). */
public record Erfinv() implements Elementwise {
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
    return apply(ScalarFn.ERFINV, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -0.99, 0.99)
        .and(0, -0.0, 1e-20, 0.99999994, 1, -1)
        .tolerance(4e-6);
  }
}
