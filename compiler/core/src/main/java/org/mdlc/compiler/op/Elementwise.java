package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.expr.Derivative;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Works element by element: operands and result have one shape. Everything follows from {@link
 * #formula()}, except where an operation states a stabler gradient.
 */
public sealed interface Elementwise extends Op
    permits Abs,
        Add,
        And,
        Cast,
        Ceil,
        Cos,
        Div,
        Eq,
        Erf,
        Erfinv,
        Exp,
        Expm1,
        Floor,
        Ge,
        Gt,
        Identity,
        Le,
        Log,
        Log1p,
        Lt,
        Max,
        Min,
        Mod,
        Mul,
        Ne,
        Nearest,
        Neg,
        Not,
        Or,
        Pow,
        Round,
        Rsqrt,
        Select,
        Sigmoid,
        Sign,
        Sin,
        Sqrt,
        StopGradient,
        Sub,
        Tanh,
        Xor {
  int arity();

  ScalarExpr formula();

  /**
   * Element type of the result.
   *
   * @throws ShapeError when the operand types do not fit
   */
  DType resultType(List<DType> operands);

  @Override
  default List<TensorType> infer(List<TensorType> operands) {
    if (operands.size() != arity()) {
      throw new ShapeError(name() + " takes " + arity() + " operands, not " + operands.size());
    }
    var shape = operands.get(0).shape();
    for (int i = 1; i < operands.size(); i++) {
      if (!operands.get(i).shape().equals(shape)) {
        throw new ShapeError("shapes " + shape + " and " + operands.get(i).shape() + " differ", i);
      }
    }
    return List.of(
        new TensorType(resultType(operands.stream().map(TensorType::dtype).toList()), shape));
  }

  @Override
  default List<@Nullable Value> gradient(Adjoint adjoint) {
    var gradients = new ArrayList<@Nullable Value>();
    for (int i = 0; i < arity(); i++) {
      gradients.add(adjoint.wants(i) ? chain(adjoint, i) : null);
    }
    return gradients;
  }

  /** A slope that is said in terms of the result, as that of tanh, reads the result. */
  private @Nullable Value chain(Adjoint adjoint, int operand) {
    var slope = Derivative.pull(formula(), operand, ScalarExpr.arg(arity()));
    if (slope.equals(ScalarExpr.constant(0))) {
      return null;
    }
    var operands = new ArrayList<>(adjoint.node().operands());
    operands.add(adjoint.gradient());
    return Formulas.build(adjoint.builder(), slope, operands, Map.of(formula(), adjoint.result(0)));
  }

  @Override
  default List<Tensor64> evaluate(List<Tensor64> operands) {
    var first = operands.get(0);
    var type = resultType(operands.stream().map(Tensor64::dtype).toList());
    var columns = operands.stream().map(Tensor64::data).toArray(double[][]::new);
    return List.of(
        new Tensor64(type, first.sizes(), formula().evaluateEach(columns, first.count())));
  }
}
