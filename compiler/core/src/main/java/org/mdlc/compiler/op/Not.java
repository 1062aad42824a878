package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** True where the operand is false. */
public record Not() implements Elementwise {
  @Override
  public int arity() {
    return 1;
  }

  @Override
  public DType resultType(List<DType> operands) {
    return Types.truths(this, operands);
  }

  @Override
  public ScalarExpr formula() {
    return apply(ScalarFn.NOT, arg(0));
  }

  @Override
  public Samples samples() {
    return Samples.truths(this);
  }
}
