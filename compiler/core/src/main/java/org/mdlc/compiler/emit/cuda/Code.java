package org.mdlc.compiler.emit.cuda;

import java.util.List;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/** Prints literals, dimensions, index expressions and functions of scalars as CUDA C++. */
final class Code {
  private Code() {}

  // ---- literals

  /** A float literal that reads back to the same bits. */
  static String f32(double value) {
    float f = (float) value;
    if (Float.isNaN(f)) {
      return "MDLC_NAN";
    }
    if (Float.isInfinite(f)) {
      return f > 0 ? "MDLC_INFINITY" : "-MDLC_INFINITY";
    }
    return f + "f";
  }

  static String i32(double value) {
    int word = (int) (long) value;
    return word == Integer.MIN_VALUE ? "MDLC_INT_MIN" : Integer.toString(word);
  }

  static String literal(DType type, double value) {
    return switch (type) {
      case F32, BF16, F16 -> f32(value);
      case I32 -> i32(value);
      case U32 -> Integer.toUnsignedString((int) (long) value) + "u";
      case BOOL -> value != 0 ? "true" : "false";
    };
  }

  static String zero(DType type) {
    return literal(type, 0);
  }

  /** The type of a register. */
  static String type(DType type) {
    return switch (type) {
      case F32, BF16, F16 -> "float";
      case I32 -> "int";
      case U32 -> "u32";
      case BOOL -> "bool";
    };
  }

  /** The type of an element in memory: a truth value takes four bytes there. */
  static String elementType(DType type) {
    return type == DType.BOOL ? "int" : type(type);
  }

  // ---- dimensions and indices

  /** A dimension as an int expression over {@code batch}. */
  static String dim(Dim dim) {
    return dim(dim, "");
  }

  /**
   * @param suffix of whole numbers: {@code "LL"} makes a 64-bit expression
   */
  static String dim(Dim dim, String suffix) {
    if (dim.isConstant()) {
      return dim.value() + suffix;
    }
    var text = new StringBuilder();
    for (var term : dim.terms()) {
      long c = term.coefficient();
      if (!text.isEmpty()) {
        text.append(c < 0 ? " - " : " + ");
      } else if (c < 0) {
        text.append('-');
      }
      var product = new StringBuilder();
      if (Math.abs(c) != 1 || term.factors().isEmpty()) {
        product.append(Math.abs(c)).append(suffix);
      }
      for (var factor : term.factors()) {
        String wide = product.isEmpty() && !suffix.isEmpty() ? "(i64) " : "";
        product.append(product.isEmpty() ? "" : " * ");
        product.append(
            switch (factor) {
              case Dim.Symbol s -> wide + s.name();
              case Dim.Floor f -> floor(f, suffix, c != 1 || term.factors().size() > 1);
            });
      }
      text.append(product);
    }
    return text.toString();
  }

  /** The numerator of a dimension is never negative, so that C's division rounds down. */
  private static String floor(Dim.Floor floor, String suffix, boolean inProduct) {
    String quotient = "(" + dim(floor.numerator(), suffix) + ") / " + floor.divisor() + suffix;
    return inProduct ? "(" + quotient + ")" : quotient;
  }

  /** As {@link #dim}, in parentheses unless it is one number or name. */
  static String factor(Dim dim, String suffix) {
    var text = dim(dim, suffix);
    return text.matches("(\\(i64\\) )?\\w+") ? text : "(" + text + ")";
  }

  /** What index expressions call their axes and registers. */
  interface IndexNames {
    String axis(int axis);

    String register(int register);
  }

  /** An index as a 64-bit expression when {@code suffix} is {@code "LL"}, as an int when empty. */
  static String index(IndexExpr index, IndexNames names, String suffix) {
    var text = new StringBuilder();
    for (var term : index.terms()) {
      var coefficient = term.coefficient();
      boolean negative = coefficient.isConstant() && coefficient.value() < 0;
      if (negative) {
        coefficient = coefficient.times(-1);
      }
      text.append(text.isEmpty() ? (negative ? "-" : "") : negative ? " - " : " + ");
      if (!coefficient.is(1)) {
        text.append(factor(coefficient, suffix)).append(" * ");
      }
      text.append(
          switch (term.atom()) {
            case IndexExpr.AxisAtom a -> names.axis(a.axis());
            case IndexExpr.RegisterAtom r -> names.register(r.register());
            case IndexExpr.Quotient q ->
                "(("
                    + index(q.numerator(), names, suffix)
                    + ") / "
                    + factor(q.divisor(), suffix)
                    + ")";
            case IndexExpr.Remainder r ->
                "(("
                    + index(r.numerator(), names, suffix)
                    + ") % "
                    + factor(r.divisor(), suffix)
                    + ")";
          });
    }
    if (text.isEmpty()) {
      return dim(index.constant(), suffix);
    }
    var constant = index.constant();
    if (constant.is(0)) {
      return text.toString();
    }
    return constant.isConstant() && constant.value() < 0
        ? text + " - " + -constant.value() + suffix
        : text + " + " + factor(constant, suffix);
  }

  // ---- functions

  /**
   * One function of scalars; whole numbers wrap around as they do in Java.
   *
   * @param type of the operands (of the alternatives, for SELECT)
   * @param a names or literals of the operands
   */
  static String apply(ScalarFn fn, DType type, List<String> a) {
    boolean isInt = type == DType.I32;
    return switch (fn) {
      case ADD -> isInt ? call("add", a) : infix(a, " + ");
      case SUB -> isInt ? call("sub", a) : infix(a, " - ");
      case MUL -> isInt ? call("mul", a) : infix(a, " * ");
      case DIV -> isInt ? call("floor_div", a) : infix(a, " / ");
      case MOD -> type == DType.U32 ? infix(a, " % ") : call("floor_mod", a);
      case NEG ->
          switch (type) {
            case F32, BF16, F16 ->
                "-" + (a.get(0).startsWith("-") ? "(" + a.get(0) + ")" : a.get(0));
            case I32, BOOL -> call("neg", a);
            case U32 -> "0u - " + a.get(0);
          };
      case ABS -> type == DType.U32 ? a.get(0) : call("abs", a);
      case SIGN -> type == DType.U32 ? a.get(0) + " != 0u ? 1u : 0u" : call("sign", a);
      case MIN,
          MAX,
          EXP,
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
          call(fn.text(), a);
      case ROUND -> call("round_half_even", a);
      case TO_BF16 -> call("nearest_bf16", a);
      case TO_F16 -> call("nearest_f16", a);
      case EQ -> infix(a, " == ");
      case NE, XOR -> infix(a, " != ");
      case LT -> infix(a, " < ");
      case LE -> infix(a, " <= ");
      case GT -> infix(a, " > ");
      case GE -> infix(a, " >= ");
      case AND -> infix(a, " && ");
      case OR -> infix(a, " || ");
      case NOT -> "!" + a.get(0);
      case SELECT -> a.get(0) + " ? " + a.get(1) + " : " + a.get(2);
      case TO_F32 ->
          switch (type) {
            case F32, BF16, F16 -> a.get(0);
            case I32, U32 -> "(float) " + a.get(0);
            case BOOL -> a.get(0) + " ? 1.f : 0.f";
          };
      case TO_I32 ->
          switch (type) {
            case F32, BF16, F16 -> call("to_i32", a);
            case I32 -> a.get(0);
            case U32 -> "(int) " + a.get(0);
            case BOOL -> a.get(0) + " ? 1 : 0";
          };
      case TO_BOOL -> type == DType.BOOL ? a.get(0) : a.get(0) + " != 0";
    };
  }

  private static String call(String function, List<String> a) {
    return "mdlc::" + function + "(" + String.join(", ", a) + ")";
  }

  private static String infix(List<String> a, String operator) {
    return a.get(0) + operator + a.get(1);
  }
}
