package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** Size of a number; the gradient at 0 is 0. */
public record Abs() implements Elementwise {
  @Override
  public int arity() {
    return 1;
  }

  @Override
  public DType resultType(List<DType> operands) {
    return Types.numbers(this, operands);
  }

  @Override
  public ScalarExpr formula() {
    return apply(ScalarFn.ABS, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -4, 4)
        .and(0, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }
}
