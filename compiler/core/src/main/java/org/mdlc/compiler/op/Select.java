package org.mdlc.compiler.op;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.type.DType;

/** The second operand where the first is true, else the third. */
public record Select() implements Elementwise {
  @Override
  public int arity() {
    return 3;
  }

  @Override
  public DType resultType(List<DType> operands) {
    if (operands.get(0) != DType.BOOL) {
      throw new ShapeError("select needs a bool condition, not " + operands.get(0).text(), 0);
    }
    return Types.same(this, operands.subList(1, 3));
  }

  @Override
  public ScalarExpr formula() {
    return apply(ScalarFn.SELECT, arg(0), arg(1), arg(2));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(this, Samples.bool(1), Samples.f32(-4, 4, 1), Samples.f32(-4, 4, 1)),
        new Samples.Case(
            this,
            Samples.bool(7, 13),
            Samples.f32(-4, 4, 7, 13).and(-0.0, Double.NaN),
            Samples.f32(-4, 4, 7, 13).and(0)),
        new Samples.Case(this, Samples.bool(7), Samples.i32(-9, 9, 7), Samples.i32(-9, 9, 7)));
  }
}
