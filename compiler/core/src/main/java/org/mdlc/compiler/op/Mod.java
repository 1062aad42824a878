package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/** Remainder with the sign of the divisor, as in Python. */
public record Mod() implements Elementwise {
  @Override
  public int arity() {
    return 2;
  }

  @Override
  public DType resultType(List<DType> operands) {
    return Types.numbers(this, operands);
  }

  @Override
  public ScalarExpr formula() {
    return apply(ScalarFn.MOD, arg(0), arg(1));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, 0.5, 4).and(-7.5, 2, -3).tolerance(4e-6);
  }
}
