package org.mdlc.compiler.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mdlc.compiler.expr.ScalarExpr.apply;
import static org.mdlc.compiler.expr.ScalarExpr.arg;
import static org.mdlc.compiler.expr.ScalarExpr.constant;

import org.junit.jupiter.api.Test;

final class DerivativeTest {
  private static final ScalarExpr X = arg(0);
  private static final ScalarExpr Y = arg(1);

  @Test
  void leavesOutWhatChangesNothing() {
    assertEquals("1.0", Derivative.of(apply(ScalarFn.ADD, X, Y), 0).toString());
    assertEquals("a1", Derivative.of(apply(ScalarFn.MUL, X, Y), 0).toString());
    assertEquals("0.0", Derivative.of(apply(ScalarFn.MUL, X, X), 1).toString());
    assertEquals("0.0", Derivative.of(apply(ScalarFn.FLOOR, X), 0).toString());
    assertEquals("mul(2.0, a0)", Derivative.of(apply(ScalarFn.POW, X, constant(2)), 0).toString());
    assertEquals("add(a0, a0)", Derivative.of(apply(ScalarFn.MUL, X, X), 0).toString());
  }

  @Test
  void aBranchNotTakenGivesZeroAndNotNan() {
    // where(x > 0, log(x), 0) at 0: the gradient goes to the branch taken, log's infinite slope is
    // met by a select
    var guarded =
        apply(ScalarFn.SELECT, apply(ScalarFn.GT, X, constant(0)), apply(ScalarFn.LOG, X), X);
    assertEquals(0.5, Derivative.of(guarded, 0).evaluate(2));
    assertEquals("select(gt(a0, 0.0), a1, 0.0)", branch(guarded).toString());
  }

  private static ScalarExpr branch(ScalarExpr guarded) {
    var select = (ScalarExpr.Apply) guarded;
    return Derivative.pull(apply(ScalarFn.SELECT, select.args().get(0), X, constant(0)), 0, Y);
  }

  @Test
  void tiesShareAsInJax() {
    var max = apply(ScalarFn.MAX, X, Y);
    assertEquals(1, Derivative.of(max, 0).evaluate(2, 1));
    assertEquals(0, Derivative.of(max, 0).evaluate(1, 2));
    assertEquals(0.5, Derivative.of(max, 0).evaluate(1, 1));
    assertEquals(0.5, Derivative.of(max, 1).evaluate(1, 1));
    assertEquals(0, Derivative.of(apply(ScalarFn.ABS, X), 0).evaluate(0));
  }

  @Test
  void powersAreSafeAtZero() {
    var pow = apply(ScalarFn.POW, X, Y);
    assertEquals(0, Derivative.of(pow, 0).evaluate(0, 0));
    assertEquals(0, Derivative.of(pow, 1).evaluate(0, 2));
    assertEquals(1, Derivative.of(pow, 0).evaluate(0, 1));
  }
}
