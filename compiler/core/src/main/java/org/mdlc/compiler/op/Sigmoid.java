package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;
import static org.mdlc.compiler.expr.ScalarExpr.constant;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;

/** Logistic function 1 / (1 + exp(-x)). */
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
    return apply(
        ScalarFn.DIV,
        constant(1),
        apply(ScalarFn.ADD, constant(1), apply(ScalarFn.EXP, apply(ScalarFn.NEG, arg(0)))));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    // y (1 - y): the derivative of the formula is infinity / infinity in f32 below -88
    var builder = adjoint.builder();
    var y = adjoint.result(0);
    var slope = Build.mul(builder, y, Build.sub(builder, Build.like(builder, y, 1), y));
    return List.of(Build.mul(builder, adjoint.gradient(), slope));
  }

  @Override
  public Samples samples() {
    return Samples.uniform(this, -10, 10)
        .and(0, -0.0, 100, -100, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }
}
