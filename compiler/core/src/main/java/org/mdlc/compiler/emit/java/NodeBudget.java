package org.mdlc.compiler.emit.java;

import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;

/**
 * Counts how many nodes HotSpot's C2 makes for a method while it is printed. After 18,000 it
 * inlines only the Vector API itself: a function of vectors that is called later allocates. The
 * figures were measured on JDK 25; the runtime's {@code VectorMath} lists them too.
 *
 * <p>C1, the quick compiler that comes before it, gives up on methods that need more than 10,000
 * registers, and then C2 may never get its turn. Loads and stores of vectors take most, masked ones
 * many times more: fewer than ten fit.
 */
final class NodeBudget {
  static final int OPERATION = 420;
  static final int COMPARISON = 520;
  static final int SUM = 2_400;

  /** A load or store of elements that do not lie side by side. */
  static final int LANE_BY_LANE = 3_000;

  private static final int LAST_CALL = 17_000; // some way before 18,000
  private static final int WHOLE_METHOD = 36_000;

  private static final int QUICK_REGISTERS = 9_500; // of 10,000

  private int nodes;
  private int registers;
  private int lastCall;
  private boolean exceeded;

  /** Code that is always inlined. */
  void add(int cost) {
    nodes += cost;
  }

  void load(boolean masked) {
    nodes += 2 * OPERATION;
    registers += masked ? 1_700 : 210;
  }

  void store(boolean masked) {
    nodes += 2 * OPERATION;
    registers += masked ? 850 : 150;
  }

  /** A call that must be inlined. */
  void call(int cost) {
    lastCall = nodes;
    nodes += cost;
  }

  /** Something that this method cannot hold at all. */
  void exceed() {
    exceeded = true;
  }

  void apply(ScalarFn fn, DType type) {
    if (fn == ScalarFn.POW) {
      exceed(); // it inlines only into a loop of its own
    } else if (isCall(fn, type)) {
      call(cost(fn));
    } else {
      add(cost(fn));
    }
  }

  boolean fits() {
    return !exceeded && lastCall < LAST_CALL && nodes < WHOLE_METHOD;
  }

  boolean fitsQuickCompiler() {
    return registers < QUICK_REGISTERS;
  }

  /** True for a function of vectors that is no method of the Vector API. */
  static boolean isCall(ScalarFn fn, DType type) {
    return switch (fn) {
      case EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF, ERFINV, SIN, COS, FLOOR, CEIL, ROUND, POW ->
          true;
      case MOD -> type == DType.F32;
      default -> false;
    };
  }

  private static int cost(ScalarFn fn) {
    return switch (fn) {
      case EXP -> 8_000;
      case EXPM1 -> 8_800;
      case SIGMOID -> 9_600;
      case SIN, COS -> 11_100;
      case LOG -> 11_400;
      case TANH -> 12_400;
      case LOG1P -> 12_700;
      case ERF -> 14_500;
      case ERFINV -> 22_300;
      case FLOOR, CEIL, ROUND, MOD -> 4_500;
      case SIGN -> 3 * COMPARISON;
      case EQ, NE, LT, LE, GT, GE, SELECT -> COMPARISON;
      default -> OPERATION;
    };
  }
}
