package org.mdlc.compiler.emit.java;

import java.util.List;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.type.DType;

/** One function, load or constant of scalars as Java; the twin of {@link VectorCode}. */
final class ScalarCode {
  private ScalarCode() {}

  /**
   * @param type of the operands (of the alternatives, for SELECT)
   * @param a names or literals of the operands
   */
  static String apply(ScalarFn fn, DType type, List<String> a) {
    boolean isFloat = type == DType.F32;
    return switch (fn) {
      case ADD -> infix(a, " + ");
      case SUB -> infix(a, " - ");
      case MUL -> infix(a, " * ");
      case DIV -> isFloat ? infix(a, " / ") : "Math.floorDiv(" + list(a) + ")";
      case MOD ->
          isFloat
              ? a.get(0) + " - $scalarMath:T.floor(" + infix(a, " / ") + ") * " + a.get(1)
              : "Math.floorMod(" + list(a) + ")";
      case MIN -> "Math.min(" + list(a) + ")";
      case MAX -> "Math.max(" + list(a) + ")";
      case NEG -> "-" + (a.get(0).startsWith("-") ? "(" + a.get(0) + ")" : a.get(0));
      case ABS -> "Math.abs(" + list(a) + ")";
      case SIGN -> isFloat ? "Math.signum(" + list(a) + ")" : "Integer.signum(" + list(a) + ")";
      case EXP,
          EXPM1,
          LOG,
          LOG1P,
          SQRT,
          RSQRT,
          TANH,
          SIGMOID,
          ERF,
          ERFINV,
          SIN,
          COS,
          FLOOR,
          CEIL,
          POW ->
          "$scalarMath:T." + fn.text() + "(" + list(a) + ")";
      case ROUND, TO_BF16, TO_F16 ->
          "$scalarMath:T." + VectorCode.function(fn) + "(" + list(a) + ")";
      case EQ -> infix(a, " == ");
      case NE -> infix(a, " != ");
      case LT -> compare(type, a, " < ");
      case LE -> compare(type, a, " <= ");
      case GT -> compare(type, a, " > ");
      case GE -> compare(type, a, " >= ");
      case AND -> infix(a, " & ");
      case OR -> infix(a, " | ");
      case XOR -> infix(a, " ^ ");
      case NOT -> "!" + a.get(0);
      case SELECT -> a.get(0) + " ? " + a.get(1) + " : " + a.get(2);
      case TO_F32 ->
          switch (type) {
            case F32, BF16, F16 -> a.get(0);
            case I32 -> "(float) " + a.get(0);
            case U32 -> "(float) Integer.toUnsignedLong(" + a.get(0) + ")";
            case BOOL -> a.get(0) + " ? 1f : 0f";
          };
      case TO_I32 ->
          switch (type) {
            case F32, BF16, F16 -> "(int) " + a.get(0);
            case I32, U32 -> a.get(0);
            case BOOL -> a.get(0) + " ? 1 : 0";
          };
      case TO_BOOL -> type == DType.BOOL ? a.get(0) : a.get(0) + " != 0";
    };
  }

  static String type(DType type) {
    return switch (type) {
      case F32, BF16, F16 -> "float";
      case I32, U32 -> "int";
      case BOOL -> "boolean";
    };
  }

  static String zero(DType type) {
    return switch (type) {
      case F32, BF16, F16 -> "0f";
      case I32, U32 -> "0";
      case BOOL -> "false";
    };
  }

  static String literal(Instr.Constant constant) {
    return switch (constant.type()) {
      case F32, BF16, F16 -> Numbers.f32(constant.value());
      case I32, U32 -> Numbers.i32(constant.value());
      case BOOL -> constant.value() != 0 ? "true" : "false";
    };
  }

  static String load(DType type, String address) {
    String accessor =
        switch (type) {
          case F32, BF16, F16 -> "f32";
          case I32, U32 -> "i32";
          case BOOL -> "bool";
        };
    return "$memory:T." + accessor + "(" + address + ")";
  }

  private static String compare(DType type, List<String> a, String operator) {
    return type == DType.U32
        ? "Integer.compareUnsigned(" + list(a) + ")" + operator + "0"
        : infix(a, operator);
  }

  private static String infix(List<String> a, String operator) {
    return a.get(0) + operator + a.get(1);
  }

  private static String list(List<String> a) {
    return String.join(", ", a);
  }
}
