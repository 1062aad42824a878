package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;

/** The operand itself, but no gradient flows back. */
public record StopGradient() implements Elementwise {
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
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return Collections.singletonList(null);
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -4, 4).and(0, -0.0);
  }
}
