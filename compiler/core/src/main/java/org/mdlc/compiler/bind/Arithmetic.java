package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Real;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.ir.Operation;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.And;
import org.mdlc.compiler.op.Div;
import org.mdlc.compiler.op.Eq;
import org.mdlc.compiler.op.Ge;
import org.mdlc.compiler.op.Gt;
import org.mdlc.compiler.op.Le;
import org.mdlc.compiler.op.Lt;
import org.mdlc.compiler.op.Mod;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.Ne;
import org.mdlc.compiler.op.Neg;
import org.mdlc.compiler.op.Not;
import org.mdlc.compiler.op.Or;
import org.mdlc.compiler.op.Pow;
import org.mdlc.compiler.op.Sub;
import org.mdlc.compiler.syntax.Ast.BinaryOp;
import org.mdlc.compiler.syntax.Ast.UnaryOp;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * The operators of the language, at compile time where both sides are known and in the graph
 * otherwise.
 */
final class Arithmetic {
  private final Emitter emitter;
  private final Contractions contractions;

  Arithmetic(Emitter emitter, Contractions contractions) {
    this.emitter = emitter;
    this.contractions = contractions;
  }

  Datum unary(UnaryOp op, Datum x) {
    return switch (op) {
      case PLUS -> {
        requireNumeric("+", x);
        yield x;
      }
      case NEGATE -> negate(x);
      case NOT ->
          switch (x) {
            case Truth t -> new Truth(!t.value());
            case Tensor t -> emitter.add(new Not(), emitter.cast(t, DType.BOOL));
            default -> throw new Misuse(Codes.TYPE_MISMATCH, "`not` needs a bool, not " + x.kind());
          };
    };
  }

  private Datum negate(Datum x) {
    return switch (x) {
      case Whole w -> new Whole(w.dim().times(-1));
      case Real r -> new Real(-r.value());
      case Tensor t ->
          emitter.add(new Neg(), t.dtype() == DType.BOOL ? emitter.cast(t, DType.F32) : t);
      default ->
          throw new Misuse(Codes.TYPE_MISMATCH, "`-` needs a number or a tensor, not " + x.kind());
    };
  }

  Datum binary(BinaryOp op, Datum a, Datum b) {
    if (a.isPoison() || b.isPoison()) {
      return Datum.Poison.POISON;
    }
    try {
      if (op == BinaryOp.MATMUL) {
        return contractions.matmul(tensor("@", a, 0), tensor("@", b, 1), false, false);
      }
      if (a instanceof Tensor || b instanceof Tensor) {
        return graph(op, a, b);
      }
      return constant(op, a, b);
    } catch (ArithmeticException e) {
      throw new Misuse(
          Codes.VALUE_OUT_OF_RANGE,
          "the result of `" + op.symbol() + "` does not fit a whole number of 64 bits");
    }
  }

  // ---- known now

  private Datum constant(BinaryOp op, Datum a, Datum b) {
    return switch (op) {
      case EQUAL -> new Truth(same(a, b));
      case NOT_EQUAL -> new Truth(!same(a, b));
      case AND, OR -> logic(op, a, b);
      default -> {
        if (a instanceof Listing left) {
          yield lists(op, left, b);
        }
        if (a instanceof Datum.Text left && b instanceof Datum.Text right && op == BinaryOp.ADD) {
          yield new Datum.Text(left.value() + right.value());
        }
        requireNumeric(op.symbol(), a);
        requireNumeric(op.symbol(), b);
        if (a instanceof Whole x && b instanceof Whole y) {
          yield whole(op, x.dim(), y.dim());
        }
        var x = a.number();
        var y = b.number();
        yield x.isPresent() && y.isPresent() ? real(op, x.get(), y.get()) : graph(op, a, b);
      }
    };
  }

  private static boolean same(Datum a, Datum b) {
    if (a instanceof Datum.Text || b instanceof Datum.Text) {
      return nameOf(a).equals(nameOf(b)) && nameOf(a).isPresent();
    }
    var x = a.number();
    var y = b.number();
    if (x.isPresent() && y.isPresent()) {
      return x.get().doubleValue() == y.get().doubleValue();
    }
    return a.equals(b);
  }

  /** A function and its name as a string are the same choice. */
  private static Optional<String> nameOf(Datum x) {
    return switch (x) {
      case Datum.Text t -> Optional.of(t.value());
      case Datum.Function f -> Optional.of(f.tree().name().text());
      case Datum.Native n -> Optional.of(n.builtin().name());
      default -> Optional.empty();
    };
  }

  private static Datum logic(BinaryOp op, Datum a, Datum b) {
    if (a instanceof Truth x && b instanceof Truth y) {
      return new Truth(op == BinaryOp.AND ? x.value() && y.value() : x.value() || y.value());
    }
    int position = a instanceof Truth ? 1 : 0;
    var wrong = position == 1 ? b : a;
    throw new Misuse(
        Codes.TYPE_MISMATCH, "`" + op.symbol() + "` needs bools, not " + wrong.kind(), position);
  }

  private static Datum lists(BinaryOp op, Listing a, Datum b) {
    if (op == BinaryOp.ADD && b instanceof Listing right) {
      var all = new ArrayList<>(a.items());
      all.addAll(right.items());
      return new Listing(all, a.tuple());
    }
    if (op == BinaryOp.MULTIPLY && b instanceof Whole w && w.dim().isConstant()) {
      return repeated(a, w.dim().value());
    }
    throw new Misuse(
        Codes.TYPE_MISMATCH,
        "`" + op.symbol() + "` does not work on " + a.kind() + " and " + b.kind());
  }

  private static Datum repeated(Listing a, long times) {
    if (times < 0 || times * Math.max(1, a.items().size()) > Limits.LIST) {
      throw new Misuse(
          Codes.VALUE_OUT_OF_RANGE, "a list cannot be repeated " + times + " times", 1);
    }
    var all = new ArrayList<Datum>();
    for (long i = 0; i < times; i++) {
      all.addAll(a.items());
    }
    return new Listing(all, a.tuple());
  }

  private Datum whole(BinaryOp op, Dim a, Dim b) {
    return switch (op) {
      case ADD -> new Whole(a.plus(b));
      case SUBTRACT -> new Whole(a.minus(b));
      case MULTIPLY -> new Whole(a.times(b));
      case DIVIDE -> divide(a, b);
      case REMAINDER -> remainder(a, b);
      case POWER ->
          b.isConstant() && b.value() >= 0 && a.isConstant()
              ? Datum.whole(power(a.value(), b.value()))
              : real(op, (double) known(a), (double) known(b));
      case SHIFT_LEFT -> Datum.whole(Math.multiplyExact(known(a), power(2, shift(known(b)))));
      case SHIFT_RIGHT -> Datum.whole(known(a) >> shift(known(b)));
      case LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> compare(op, a, b);
      default -> throw new IllegalStateException(op.symbol());
    };
  }

  private static Datum compare(BinaryOp op, Dim a, Dim b) {
    var difference = a.minus(b);
    if (!difference.isConstant()) {
      return real(op, (double) known(a), (double) known(b));
    }
    return real(op, (double) difference.value(), 0);
  }

  private static long power(long base, long exponent) {
    long result = 1;
    for (long i = 0; i < exponent; i++) {
      result = Math.multiplyExact(result, base);
      if (i > 64 && Math.abs(base) <= 1) {
        return base == -1 && exponent % 2 == 0 ? 1 : base;
      }
    }
    return result;
  }

  private static long shift(long by) {
    if (by < 0 || by > 62) {
      throw new Misuse(Codes.VALUE_OUT_OF_RANGE, "cannot shift by " + by + " bits", 1);
    }
    return by;
  }

  private static Datum divide(Dim a, Dim b) {
    if (b.is(0)) {
      throw new Misuse(Codes.DIVISION_BY_ZERO, "division by zero", 1);
    }
    var exact = a.dividedBy(b);
    if (exact.isPresent()) {
      return new Whole(exact.get());
    }
    if (a.isConstant() && b.isConstant()) {
      return new Real((double) a.value() / b.value(), true);
    }
    throw new Misuse(
            Codes.DIVISION_NOT_EXACT,
            a
                + " / "
                + b
                + " is not a whole number for every "
                + String.join(", ", a.minus(b).symbols()))
        .help("use floor_div(a, b) or ceil_div(a, b) when a rest may be dropped");
  }

  private static Datum remainder(Dim a, Dim b) {
    if (b.is(0)) {
      throw new Misuse(Codes.DIVISION_BY_ZERO, "remainder by zero", 1);
    }
    if (a.isConstant() && b.isConstant()) {
      return Datum.whole(Math.floorMod(a.value(), b.value()));
    }
    if (a.dividedBy(b).isPresent()) {
      return Datum.whole(0);
    }
    throw unknown(a.isConstant() ? b : a);
  }

  private static long known(Dim dim) {
    if (!dim.isConstant()) {
      throw unknown(dim);
    }
    return dim.value();
  }

  static Misuse unknown(Dim dim) {
    return new Misuse(Codes.UNKNOWN_DIMENSION, "the size of " + dim + " is not known here")
        .help(
            "give it a number where the input is declared, or set it with --set "
                + dim.symbols().first()
                + "=..");
  }

  private static Datum real(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> new Real(a + b);
      case SUBTRACT -> new Real(a - b);
      case MULTIPLY -> new Real(a * b);
      case DIVIDE -> {
        if (b == 0) {
          throw new Misuse(Codes.DIVISION_BY_ZERO, "division by zero", 1);
        }
        yield new Real(a / b);
      }
      case REMAINDER -> {
        if (b == 0) {
          throw new Misuse(Codes.DIVISION_BY_ZERO, "remainder by zero", 1);
        }
        yield new Real(a - Math.floor(a / b) * b);
      }
      case POWER -> new Real(Math.pow(a, b));
      case LESS -> new Truth(a < b);
      case LESS_EQUAL -> new Truth(a <= b);
      case GREATER -> new Truth(a > b);
      case GREATER_EQUAL -> new Truth(a >= b);
      default -> throw new Misuse(Codes.TYPE_MISMATCH, "`" + op.symbol() + "` needs ints");
    };
  }

  private static void requireNumeric(String symbol, Datum x) {
    if (!(x instanceof Whole || x instanceof Real || x instanceof Tensor)) {
      var misuse =
          new Misuse(
              Codes.TYPE_MISMATCH, "`" + symbol + "` needs numbers or tensors, not " + x.kind());
      if (x instanceof Datum.Layer || x instanceof Datum.Definition) {
        misuse.help("a layer is applied with x |> " + x.text() + "(..)");
      }
      throw misuse;
    }
  }

  // ---- in the graph

  private Datum graph(BinaryOp op, Datum a, Datum b) {
    if (op == BinaryOp.EQUAL || op == BinaryOp.NOT_EQUAL) {
      if (a instanceof Datum.None || b instanceof Datum.None) {
        return new Truth(op == BinaryOp.NOT_EQUAL);
      }
    }
    if (op == BinaryOp.SHIFT_LEFT || op == BinaryOp.SHIFT_RIGHT) {
      throw new Misuse(
              Codes.TYPE_MISMATCH,
              "`" + op.symbol() + "` works on compile-time ints, not on tensors")
          .help("multiply or divide by a power of two");
    }
    var x = tensor(op.symbol(), a, 0);
    var y = tensor(op.symbol(), b, 1);
    var dtype = dtype(op, a, x, b, y);
    return emitter.elementwise(
        operation(op), List.of(emitter.cast(x, dtype), emitter.cast(y, dtype)));
  }

  private static DType dtype(BinaryOp op, Datum a, Tensor x, Datum b, Tensor y) {
    if (op == BinaryOp.AND || op == BinaryOp.OR) {
      return DType.BOOL;
    }
    var dtype =
        a instanceof Tensor && b instanceof Whole && x.dtype() != DType.BOOL
            ? x.dtype()
            : b instanceof Tensor && a instanceof Whole && y.dtype() != DType.BOOL
                ? y.dtype()
                : Emitter.join(x.dtype(), y.dtype());
    boolean wholeIsEnough =
        op.isComparison() || dtype == DType.I32 && op != BinaryOp.DIVIDE && op != BinaryOp.POWER;
    if (wholeIsEnough && dtype != DType.BOOL || dtype == DType.U32) {
      return dtype;
    }
    return dtype == DType.BOOL && (op == BinaryOp.EQUAL || op == BinaryOp.NOT_EQUAL)
        ? dtype
        : DType.F32;
  }

  private static Operation operation(BinaryOp op) {
    return switch (op) {
      case ADD -> new Add();
      case SUBTRACT -> new Sub();
      case MULTIPLY -> new Mul();
      case DIVIDE -> new Div();
      case REMAINDER -> new Mod();
      case POWER -> new Pow();
      case EQUAL -> new Eq();
      case NOT_EQUAL -> new Ne();
      case LESS -> new Lt();
      case LESS_EQUAL -> new Le();
      case GREATER -> new Gt();
      case GREATER_EQUAL -> new Ge();
      case AND -> new And();
      case OR -> new Or();
      case SHIFT_LEFT, SHIFT_RIGHT, MATMUL -> throw new IllegalStateException(op.symbol());
    };
  }

  private Tensor tensor(String symbol, Datum x, int position) {
    return switch (x) {
      case Tensor t -> t;
      case Whole w -> emitter.number(w.dim(), w.dim().isConstant() ? DType.I32 : DType.F32);
      case Real r -> emitter.constant(DType.F32, r.value());
      case Truth t -> emitter.constant(DType.BOOL, t.value() ? 1 : 0);
      default -> {
        var misuse =
            new Misuse(
                Codes.TYPE_MISMATCH,
                "`" + symbol + "` needs numbers or tensors, not " + x.kind(),
                position);
        if (x instanceof Datum.Layer || x instanceof Datum.Definition) {
          misuse.help("a layer is applied with x |> " + x.text() + "(..)");
        }
        throw misuse;
      }
    };
  }

  /** Any number or tensor as a tensor. */
  Tensor tensor(Datum x) {
    return tensor("this", x, -1);
  }
}
