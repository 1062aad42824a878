package org.mdlc.compiler.expr;

import java.util.Locale;
import org.mdlc.compiler.type.DType;

/**
 * The functions of scalars that every printer and the interpreter know. Numbers are float64 in the
 * reference meaning; truth is 0 or 1. The float32 twins in the runtime (vector and plain) and in
 * the CUDA prelude state their own errors.
 */
public enum ScalarFn {
  ADD(2),
  SUB(2),
  MUL(2),
  DIV(2),
  /** Remainder with the sign of the divisor, as in Python. */
  MOD(2),
  /** The smaller one; NaN if either is NaN. */
  MIN(2),
  MAX(2),
  POW(2),
  NEG(1),
  ABS(1),
  /** -1, 0 or 1. */
  SIGN(1),
  EXP(1),
  EXPM1(1),
  LOG(1),
  LOG1P(1),
  SQRT(1),
  /** 1 / sqrt(x). */
  RSQRT(1),
  TANH(1),
  /** 1 / (1 + exp(-x)). */
  SIGMOID(1),
  ERF(1),
  ERFINV(1),
  SIN(1),
  COS(1),
  FLOOR(1),
  CEIL(1),
  /** Half to even. */
  ROUND(1),
  EQ(2),
  NE(2),
  LT(2),
  LE(2),
  GT(2),
  GE(2),
  AND(2),
  OR(2),
  XOR(2),
  NOT(1),
  /** {@code select(condition, whenTrue, whenFalse)}. */
  SELECT(3),
  TO_F32(1),
  /** The nearest bf16, ties to even, as the float32 that it is. */
  TO_BF16(1),
  /** The nearest f16, ties to even, as the float32 that it is. */
  TO_F16(1),
  /** Truncates toward zero. */
  TO_I32(1),
  /** 1 unless the argument is 0. */
  TO_BOOL(1);

  private final int arity;

  ScalarFn(int arity) {
    this.arity = arity;
  }

  public int arity() {
    return arity;
  }

  /** Lower-case spelling of the text forms. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** True for the functions whose result is a truth value. */
  public boolean isPredicate() {
    return switch (this) {
      case EQ, NE, LT, LE, GT, GE, AND, OR, XOR, NOT, TO_BOOL -> true;
      default -> false;
    };
  }

  /** True for exponentials and the like, which take a processor many instructions. */
  public boolean isTranscendental() {
    return switch (this) {
      case POW, EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF, ERFINV, SIN, COS -> true;
      default -> false;
    };
  }

  /** The float64 meaning. */
  public double apply(double... a) {
    return switch (this) {
      case ADD -> a[0] + a[1];
      case SUB -> a[0] - a[1];
      case MUL -> a[0] * a[1];
      case DIV -> a[0] / a[1];
      case MOD -> a[0] - Math.floor(a[0] / a[1]) * a[1];
      case MIN -> Math.min(a[0], a[1]);
      case MAX -> Math.max(a[0], a[1]);
      case POW -> Math.pow(a[0], a[1]);
      case NEG -> -a[0];
      case ABS -> Math.abs(a[0]);
      case SIGN -> Math.signum(a[0]);
      case EXP -> Math.exp(a[0]);
      case EXPM1 -> Math.expm1(a[0]);
      case LOG -> Math.log(a[0]);
      case LOG1P -> Math.log1p(a[0]);
      case SQRT -> Math.sqrt(a[0]);
      case RSQRT -> 1 / Math.sqrt(a[0]);
      case TANH -> Math.tanh(a[0]);
      case SIGMOID -> 1 / (1 + Math.exp(-a[0]));
      case ERF -> SpecialFunctions.erf(a[0]);
      case ERFINV -> SpecialFunctions.erfinv(a[0]);
      case SIN -> Math.sin(a[0]);
      case COS -> Math.cos(a[0]);
      case FLOOR -> Math.floor(a[0]);
      case CEIL -> Math.ceil(a[0]);
      case ROUND -> Math.rint(a[0]);
      case EQ -> truth(a[0] == a[1]);
      case NE -> truth(a[0] != a[1]);
      case LT -> truth(a[0] < a[1]);
      case LE -> truth(a[0] <= a[1]);
      case GT -> truth(a[0] > a[1]);
      case GE -> truth(a[0] >= a[1]);
      case AND -> truth(a[0] != 0 && a[1] != 0);
      case OR -> truth(a[0] != 0 || a[1] != 0);
      case XOR -> truth((a[0] != 0) != (a[1] != 0));
      case NOT -> truth(a[0] == 0);
      case SELECT -> a[0] != 0 ? a[1] : a[2];
      case TO_F32 -> a[0];
      case TO_BF16 -> DType.BF16.nearest(a[0]);
      case TO_F16 -> DType.F16.nearest(a[0]);
      case TO_I32 -> a[0] < 0 ? Math.ceil(a[0]) : Math.floor(a[0]);
      case TO_BOOL -> truth(a[0] != 0);
    };
  }

  /** {@link #apply} to {@code columns[0][i], columns[1][i] ..} for each i below {@code count}. */
  double[] applyEach(double[][] columns, int count) {
    var results = new double[count];
    var row = new double[columns.length];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < row.length; k++) {
        row[k] = columns[k][i];
      }
      results[i] = apply(row);
    }
    return results;
  }

  private static double truth(boolean value) {
    return value ? 1 : 0;
  }
}
