package org.mdlc.compiler.op;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarExpr.Apply;
import org.mdlc.compiler.expr.ScalarExpr.Arg;
import org.mdlc.compiler.expr.ScalarExpr.Const;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;

/**
 * Turns a formula into nodes, one element-wise node per function; a part that occurs twice becomes
 * one node.
 */
public final class Formulas {
  private final GraphBuilder builder;
  private final List<Value> operands;
  private final DType floats;
  private final Map<ScalarExpr, Value> built = new HashMap<>();

  private Formulas(GraphBuilder builder, List<Value> operands) {
    this.builder = builder;
    this.operands = operands;
    var last = operands.getLast().type().dtype();
    this.floats = last.isFloat() ? last : DType.F32;
  }

  /**
   * Adds the nodes of a formula.
   *
   * @param operands of one shape, which is that of the result; numbers that meet no other operand
   *     are floats of the last one's type
   */
  public static Value build(GraphBuilder builder, ScalarExpr formula, List<Value> operands) {
    return build(builder, formula, operands, Map.of());
  }

  /**
   * As {@link #build(GraphBuilder, ScalarExpr, List)}, where some parts of the formula have values
   * already.
   */
  static Value build(
      GraphBuilder builder,
      ScalarExpr formula,
      List<Value> operands,
      Map<ScalarExpr, Value> known) {
    var formulas = new Formulas(builder, operands);
    formulas.built.putAll(known);
    return formulas.value(formula, formulas.floats);
  }

  private Value value(ScalarExpr expr, DType typeOfNumbers) {
    return switch (expr) {
      case Arg a -> operands.get(a.index());
      case Const c -> Build.like(builder, operands.get(0), typeOfNumbers, c.value());
      case Apply f -> {
        var known = built.get(f);
        if (known == null) {
          known = apply(f);
          built.put(f, known);
        }
        yield known;
      }
    };
  }

  private Value apply(Apply f) {
    if (f.fn() == ScalarFn.SELECT) {
      var type = typeOf(f.args().subList(1, 3));
      return builder.add(
          new Select(),
          value(f.args().get(0), DType.BOOL),
          value(f.args().get(1), type),
          value(f.args().get(2), type));
    }
    var type = typeOf(f.args());
    return builder.add(operation(f.fn()), f.args().stream().map(a -> value(a, type)).toList());
  }

  /** The type of the numbers among some arguments: that of the first argument that is none. */
  private DType typeOf(List<ScalarExpr> args) {
    for (var arg : args) {
      if (!(arg instanceof Const)) {
        return value(arg, floats).type().dtype();
      }
    }
    return floats;
  }

  private static Op operation(ScalarFn fn) {
    return switch (fn) {
      case ADD -> new Add();
      case SUB -> new Sub();
      case MUL -> new Mul();
      case DIV -> new Div();
      case MOD -> new Mod();
      case MIN -> new Min();
      case MAX -> new Max();
      case POW -> new Pow();
      case NEG -> new Neg();
      case ABS -> new Abs();
      case SIGN -> new Sign();
      case EXP -> new Exp();
      case EXPM1 -> new Expm1();
      case LOG -> new Log();
      case LOG1P -> new Log1p();
      case SQRT -> new Sqrt();
      case RSQRT -> new Rsqrt();
      case TANH -> new Tanh();
      case SIGMOID -> new Sigmoid();
      case ERF -> new Erf();
      case ERFINV -> new Erfinv();
      case SIN -> new Sin();
      case COS -> new Cos();
      case FLOOR -> new Floor();
      case CEIL -> new Ceil();
      case ROUND -> new Round();
      case EQ -> new Eq();
      case NE -> new Ne();
      case LT -> new Lt();
      case LE -> new Le();
      case GT -> new Gt();
      case GE -> new Ge();
      case AND -> new And();
      case OR -> new Or();
      case XOR -> new Xor();
      case NOT -> new Not();
      case SELECT -> new Select();
      case TO_F32 -> new Cast(DType.F32);
      case TO_BF16 -> new Cast(DType.BF16);
      case TO_F16 -> new Cast(DType.F16);
      case TO_I32 -> new Cast(DType.I32);
      case TO_BOOL -> new Cast(DType.BOOL);
    };
  }
}
