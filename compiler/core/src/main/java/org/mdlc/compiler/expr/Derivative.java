package org.mdlc.compiler.expr;

import static org.mdlc.compiler.expr.Algebra.ONE;
import static org.mdlc.compiler.expr.Algebra.ZERO;
import static org.mdlc.compiler.expr.Algebra.add;
import static org.mdlc.compiler.expr.Algebra.call;
import static org.mdlc.compiler.expr.Algebra.div;
import static org.mdlc.compiler.expr.Algebra.isZero;
import static org.mdlc.compiler.expr.Algebra.mul;
import static org.mdlc.compiler.expr.Algebra.neg;
import static org.mdlc.compiler.expr.Algebra.select;
import static org.mdlc.compiler.expr.Algebra.sub;
import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.constant;

import java.util.List;
import org.mdlc.compiler.expr.ScalarExpr.Apply;
import org.mdlc.compiler.expr.ScalarExpr.Arg;
import org.mdlc.compiler.expr.ScalarExpr.Const;

/**
 * Symbolic derivative of a formula. Where a function has a kink the conventions are JAX's: ties of
 * min and max share the gradient, the sign of 0 is 0, and whole-number results have none.
 */
public final class Derivative {
  private Derivative() {}

  /** The derivative by one operand, as a formula over the same operands. */
  public static ScalarExpr of(ScalarExpr formula, int operand) {
    return pull(formula, operand, ONE);
  }

  /**
   * {@code gradient} times the derivative by one operand. The gradient is carried inward rather
   * than multiplied on at the end, so that the branch a select does not take contributes an exact
   * zero, never {@code 0 * infinity}.
   *
   * @param gradient of the formula's value; it may use further operands
   */
  public static ScalarExpr pull(ScalarExpr formula, int operand, ScalarExpr gradient) {
    if (isZero(gradient)) {
      return ZERO;
    }
    return switch (formula) {
      case Arg a -> a.index() == operand ? gradient : ZERO;
      case Const _ -> ZERO;
      case Apply f -> {
        var sum = ZERO;
        for (int i = 0; i < f.args().size(); i++) {
          if (dependsOn(f.args().get(i), operand)) {
            sum = add(sum, pull(f.args().get(i), operand, local(f, i, gradient)));
          }
        }
        yield sum;
      }
    };
  }

  private static boolean dependsOn(ScalarExpr formula, int operand) {
    return switch (formula) {
      case Arg a -> a.index() == operand;
      case Const _ -> false;
      case Apply f -> f.args().stream().anyMatch(a -> dependsOn(a, operand));
    };
  }

  /** {@code g} times the derivative of one function by its argument {@code i}. */
  private static ScalarExpr local(Apply f, int i, ScalarExpr g) {
    List<ScalarExpr> args = f.args();
    var x = args.get(0);
    var y = args.size() > 1 ? args.get(1) : x;
    boolean first = i == 0;
    return switch (f.fn()) {
      case ADD -> g;
      case SUB -> first ? g : neg(g);
      case MUL -> mul(g, first ? y : x);
      case DIV -> first ? div(g, y) : neg(mul(g, div(div(x, y), y)));
      case MOD -> first ? g : neg(mul(g, apply(ScalarFn.FLOOR, div(x, y))));
      case MIN -> extreme(ScalarFn.LT, args.get(i), args.get(1 - i), g);
      case MAX -> extreme(ScalarFn.GT, args.get(i), args.get(1 - i), g);
      case POW -> first ? powerByBase(x, y, g) : powerByExponent(x, y, g);
      case NEG -> neg(g);
      case ABS -> mul(g, apply(ScalarFn.SIGN, x));
      case EXP -> mul(g, f);
      case EXPM1 -> mul(g, apply(ScalarFn.EXP, x));
      case LOG -> div(g, x);
      case LOG1P -> div(g, add(ONE, x));
      case SQRT -> div(mul(constant(0.5), g), f);
      case RSQRT -> mul(mul(constant(-0.5), g), div(f, x));
      case TANH -> mul(g, sub(ONE, mul(f, f)));
      case SIGMOID -> mul(g, mul(f, sub(ONE, f)));
      case ERF ->
          mul(g, mul(constant(2 / Math.sqrt(Math.PI)), apply(ScalarFn.EXP, neg(mul(x, x)))));
      case ERFINV -> mul(g, mul(constant(Math.sqrt(Math.PI) / 2), apply(ScalarFn.EXP, mul(f, f))));
      case SIN -> mul(g, apply(ScalarFn.COS, x));
      case COS -> neg(mul(g, apply(ScalarFn.SIN, x)));
      case SELECT ->
          switch (i) {
            case 0 -> ZERO;
            case 1 -> select(x, g, ZERO);
            default -> select(x, ZERO, g);
          };
      case TO_F32 -> g;
      case SIGN,
          FLOOR,
          CEIL,
          ROUND,
          EQ,
          NE,
          LT,
          LE,
          GT,
          GE,
          AND,
          OR,
          XOR,
          NOT,
          TO_I32,
          TO_BOOL,
          TO_BF16,
          TO_F16 ->
          ZERO;
    };
  }

  /** All of the gradient to the side that won, half to each at a tie. */
  private static ScalarExpr extreme(
      ScalarFn wins, ScalarExpr mine, ScalarExpr other, ScalarExpr g) {
    var shared = select(apply(ScalarFn.EQ, mine, other), mul(constant(0.5), g), ZERO);
    return select(call(wins, mine, other), g, shared);
  }

  /** y x^(y-1), and exactly 0 for y = 0, where x may be 0. */
  private static ScalarExpr powerByBase(ScalarExpr x, ScalarExpr y, ScalarExpr g) {
    if (y instanceof Const(double exponent)) {
      return exponent == 0
          ? ZERO
          : exponent == 2
              ? mul(g, mul(y, x))
              : mul(g, mul(y, call(ScalarFn.POW, x, constant(exponent - 1))));
    }
    var isZero = apply(ScalarFn.EQ, y, ZERO);
    var lowered = apply(ScalarFn.POW, x, select(isZero, ONE, sub(y, ONE)));
    return select(isZero, ZERO, mul(g, mul(y, lowered)));
  }

  /** x^y log(x), and 0 for x = 0. */
  private static ScalarExpr powerByExponent(ScalarExpr x, ScalarExpr y, ScalarExpr g) {
    var log = call(ScalarFn.LOG, select(call(ScalarFn.EQ, x, ZERO), ONE, x));
    return mul(g, mul(log, call(ScalarFn.POW, x, y)));
  }
}
