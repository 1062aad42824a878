package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** True where both are. */
public record And() implements Elementwise {
  @Override
  public int arity() {
    return 2;
  }

  @Override
  public DType resultType(List<DType> operands) {
    return Types.truths(this, operands);
  }

  @Override
  public ScalarExpr formula() {
    return apply(ScalarFn.AND, arg(0), arg(1));
  }

  @Override
  public Samples samples() {
    return Samples.truths(this);
  }
}
