package org.mdlc.compiler.emit.java;

import java.util.List;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.type.DType;

/**
 * One function, load or store of vectors as Java; the twin of {@link ScalarCode}. Truth values are
 * masks over float lanes.
 */
final class VectorCode {
  static final String FLOATS = "$vectorMath:T.FLOATS";
  static final String INTS = "$vectorMath:T.INTS";

  private static final String MEMORY = "$memory:T.ALL";
  private static final String ORDER = "$memory:T.ORDER";

  private VectorCode() {}

  /** True when there is a vector form for operands of this type. */
  static boolean supports(ScalarFn fn, DType type) {
    return switch (fn) {
      case DIV, MOD -> type == DType.F32;
      case LT, LE, GT, GE, MIN, MAX, TO_F32, SIGN ->
          type != DType.U32 && (fn != ScalarFn.SIGN || type == DType.F32);
      default -> true;
    };
  }

  /**
   * @param type of the operands (of the alternatives, for SELECT)
   * @param a vectors
   */
  static String apply(ScalarFn fn, DType type, List<String> a) {
    String x = a.get(0);
    return switch (fn) {
      case ADD, SUB, MUL, DIV, MIN, MAX -> x + "." + fn.text() + "(" + a.get(1) + ")";
      case MOD -> throw new IllegalStateException("mod is a call");
      case NEG -> x + ".neg()";
      case ABS -> x + ".abs()";
      case SIGN ->
          x
              + ".blend(1f, "
              + x
              + ".compare($vectorOperators:T.GT, 0f)).blend(-1f, "
              + x
              + ".compare($vectorOperators:T.LT, 0f))";
      case EXP,
          EXPM1,
          LOG,
          LOG1P,
          TANH,
          SIGMOID,
          ERF,
          ERFINV,
          SIN,
          COS,
          FLOOR,
          CEIL,
          ROUND,
          POW,
          TO_BF16,
          TO_F16 ->
          throw new IllegalStateException(fn.text() + " is a call");
      case SQRT -> x + ".sqrt()";
      case RSQRT -> broadcast(DType.F32, "1f") + ".div(" + x + ".sqrt())";
      case EQ, NE, LT, LE, GT, GE -> compare(fn, type, a);
      case AND, OR, XOR -> x + "." + fn.text() + "(" + a.get(1) + ")";
      case NOT -> x + ".not()";
      case SELECT -> select(type, a);
      case TO_F32 ->
          switch (type) {
            case F32, BF16, F16 -> x;
            case I32 -> "($floatVector:T) " + x + ".convert($vectorOperators:T.I2F, 0)";
            case BOOL -> "$floatVector:T.zero($vectorMath:T.FLOATS).blend(1f, " + x + ")";
            case U32 -> throw new IllegalStateException("u32 to f32 has no vector form");
          };
      case TO_I32 ->
          switch (type) {
            case F32, BF16, F16 -> "($intVector:T) " + x + ".convert($vectorOperators:T.F2I, 0)";
            case I32, U32 -> x;
            case BOOL -> toInts(x);
          };
      case TO_BOOL ->
          switch (type) {
            case F32, BF16, F16 -> x + ".compare($vectorOperators:T.NE, 0f)";
            case I32, U32 -> x + ".compare($vectorOperators:T.NE, 0).cast($vectorMath:T.FLOATS)";
            case BOOL -> x;
          };
    };
  }

  /** True for functions that work on blocks in memory: what the Vector API itself does not have. */
  static boolean isCall(ScalarFn fn, DType type) {
    return switch (fn) {
      case EXP,
          EXPM1,
          LOG,
          LOG1P,
          TANH,
          SIGMOID,
          ERF,
          ERFINV,
          SIN,
          COS,
          FLOOR,
          CEIL,
          ROUND,
          POW,
          TO_BF16,
          TO_F16 ->
          true;
      case MOD -> type == DType.F32;
      default -> false;
    };
  }

  /** The lanewise operator of a reduction. */
  static String operator(Kernel.Reducer reducer) {
    return switch (reducer) {
      case SUM -> "ADD";
      case PROD -> "MUL";
      case MAX, MIN -> reducer.name();
      case ARGMAX, ARGMIN ->
          throw new IllegalStateException("positions are not reduced in vectors");
    };
  }

  /** What the runtime calls a function. */
  static String function(ScalarFn fn) {
    return switch (fn) {
      case ROUND -> "roundHalfEven";
      case TO_BF16 -> "nearestBf16";
      case TO_F16 -> "nearestF16";
      default -> fn.text();
    };
  }

  static String type(DType type) {
    return switch (type) {
      case F32, BF16, F16 -> "$floatVector:T";
      case I32, U32 -> "$intVector:T";
      case BOOL -> "$vectorMask:T<Float>";
    };
  }

  /** A scalar in all lanes. */
  static String broadcast(DType type, String scalar) {
    return switch (type) {
      case F32, BF16, F16 -> "$floatVector:T.broadcast(" + FLOATS + ", " + scalar + ")";
      case I32, U32 -> "$intVector:T.broadcast(" + INTS + ", " + scalar + ")";
      case BOOL -> FLOATS + ".maskAll(" + scalar + ")";
    };
  }

  /**
   * Elements side by side; lanes outside of the mask are 0 and their memory is not touched.
   *
   * @param mask over float lanes, or empty for all lanes
   */
  static String load(DType type, String address, String mask) {
    boolean isFloat = type == DType.F32;
    String load =
        (isFloat ? "$floatVector:T" : "$intVector:T")
            + ".fromMemorySegment("
            + String.join(", ", isFloat ? FLOATS : INTS, MEMORY, address, ORDER)
            + maskArgument(type, mask)
            + ")";
    return type == DType.BOOL
        ? load + ".compare($vectorOperators:T.NE, 0).cast(" + FLOATS + ")"
        : load;
  }

  /**
   * The statement that puts elements side by side.
   *
   * @param mask over float lanes, or empty for all lanes
   */
  static String store(DType type, String value, String address, String mask) {
    return (type == DType.BOOL ? toInts(value) : value)
        + ".intoMemorySegment("
        + String.join(", ", MEMORY, address, ORDER)
        + maskArgument(type, mask)
        + ");";
  }

  /** A mask over float lanes as the last argument of what is done to lanes of this type, if any. */
  static String maskArgument(DType type, String mask) {
    if (mask.isEmpty()) {
      return "";
    }
    return ", " + (type == DType.F32 ? mask : mask + ".cast(" + INTS + ")");
  }

  /** True lanes as 1, others as 0. */
  private static String toInts(String mask) {
    return "$intVector:T.zero($vectorMath:T.INTS).blend(1, " + mask + ".cast($vectorMath:T.INTS))";
  }

  private static String compare(ScalarFn fn, DType type, List<String> a) {
    if (type == DType.BOOL) {
      String equal = a.get(0) + ".eq(" + a.get(1) + ")";
      return fn == ScalarFn.EQ ? equal : equal + ".not()";
    }
    String mask = a.get(0) + ".compare($vectorOperators:T." + fn.name() + ", " + a.get(1) + ")";
    return type == DType.F32 ? mask : mask + ".cast($vectorMath:T.FLOATS)";
  }

  private static String select(DType type, List<String> a) {
    return switch (type) {
      case F32, BF16, F16 -> a.get(2) + ".blend(" + a.get(1) + ", " + a.get(0) + ")";
      case I32, U32 ->
          a.get(2) + ".blend(" + a.get(1) + ", " + a.get(0) + ".cast($vectorMath:T.INTS))";
      case BOOL ->
          a.get(0) + ".and(" + a.get(1) + ").or(" + a.get(2) + ".and(" + a.get(0) + ".not()))";
    };
  }
}
