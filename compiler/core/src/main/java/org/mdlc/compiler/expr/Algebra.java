package org.mdlc.compiler.expr;

import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.constant;

import java.util.Arrays;
import org.mdlc.compiler.expr.ScalarExpr.Apply;
import org.mdlc.compiler.expr.ScalarExpr.Const;

/**
 * Builds formulas and leaves out what changes nothing: {@code x + 0}, {@code 1 * x}, {@code -(-x)},
 * functions of numbers.
 */
final class Algebra {
  static final ScalarExpr ZERO = constant(0);
  static final ScalarExpr ONE = constant(1);

  private Algebra() {}

  static boolean isZero(ScalarExpr x) {
    return x instanceof Const(double value) && value == 0;
  }

  private static boolean isOne(ScalarExpr x) {
    return x instanceof Const(double value) && value == 1;
  }

  static ScalarExpr add(ScalarExpr x, ScalarExpr y) {
    return isZero(x) ? y : isZero(y) ? x : call(ScalarFn.ADD, x, y);
  }

  static ScalarExpr sub(ScalarExpr x, ScalarExpr y) {
    return isZero(y) ? x : isZero(x) ? neg(y) : call(ScalarFn.SUB, x, y);
  }

  static ScalarExpr mul(ScalarExpr x, ScalarExpr y) {
    if (isZero(x) || isZero(y)) {
      return ZERO;
    }
    return isOne(x) ? y : isOne(y) ? x : call(ScalarFn.MUL, x, y);
  }

  static ScalarExpr div(ScalarExpr x, ScalarExpr y) {
    return isZero(x) ? ZERO : isOne(y) ? x : call(ScalarFn.DIV, x, y);
  }

  static ScalarExpr neg(ScalarExpr x) {
    return x instanceof Apply(ScalarFn fn, var args) && fn == ScalarFn.NEG
        ? args.get(0)
        : call(ScalarFn.NEG, x);
  }

  static ScalarExpr select(ScalarExpr condition, ScalarExpr x, ScalarExpr y) {
    return x.equals(y) ? x : call(ScalarFn.SELECT, condition, x, y);
  }

  /** The function of the arguments, worked out when they are all numbers. */
  static ScalarExpr call(ScalarFn fn, ScalarExpr... args) {
    return Arrays.stream(args).allMatch(Const.class::isInstance)
        ? constant(fn.apply(Arrays.stream(args).mapToDouble(a -> ((Const) a).value()).toArray()))
        : apply(fn, args);
  }
}
