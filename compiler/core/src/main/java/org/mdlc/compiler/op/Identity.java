package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.type.DType;

/** The operand itself: gives a value a second name. */
public record Identity() implements Elementwise {
  @Override
  public int arity() {
    return 1;
  }

  @Override
  public DType resultType(List<DType> operands) {
    return Types.same(this, operands);
  }

  @Override
  public ScalarExpr formula() {
    return arg(0);
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -4, 4).and(0, -0.0, Double.NaN);
  }
}
