package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.Datum.Real;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.ir.Operation;
import org.mdlc.compiler.op.Abs;
import org.mdlc.compiler.op.Ceil;
import org.mdlc.compiler.op.Cos;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.Erf;
import org.mdlc.compiler.op.Erfinv;
import org.mdlc.compiler.op.Exp;
import org.mdlc.compiler.op.Expm1;
import org.mdlc.compiler.op.Floor;
import org.mdlc.compiler.op.Log;
import org.mdlc.compiler.op.Log1p;
import org.mdlc.compiler.op.Max;
import org.mdlc.compiler.op.Min;
import org.mdlc.compiler.op.Round;
import org.mdlc.compiler.op.Rsqrt;
import org.mdlc.compiler.op.Select;
import org.mdlc.compiler.op.Sigmoid;
import org.mdlc.compiler.op.Sign;
import org.mdlc.compiler.op.Sin;
import org.mdlc.compiler.op.Sqrt;
import org.mdlc.compiler.op.StopGradient;
import org.mdlc.compiler.op.Tanh;
import org.mdlc.compiler.op.Xor;
import org.mdlc.compiler.type.DType;

/** Functions that work element by element, on numbers at compile time and on tensors. */
final class MathBuiltins {
  private MathBuiltins() {}

  static Stream<Builtin> all() {
    return Stream.of(
        unary("abs", new Abs(), "Absolute value.", true),
        unary("exp", new Exp(), "e to the power of x.", false),
        unary("expm1", new Expm1(), "exp(x) - 1, exact near 0.", false),
        unary("log", new Log(), "Natural logarithm.", false),
        unary("log1p", new Log1p(), "log(1 + x), exact near 0.", false),
        unary("sqrt", new Sqrt(), "Square root.", false),
        unary("rsqrt", new Rsqrt(), "1 / sqrt(x).", false),
        unary("tanh", new Tanh(), "Hyperbolic tangent.", false),
        Builtin.of("sigmoid(x)", "1 / (1 + exp(-x)).", MathBuiltins::sigmoid),
        unary("erf", new Erf(), "Error function.", false),
        unary("erfinv", new Erfinv(), "Inverse of the error function.", false),
        unary("sin", new Sin(), "Sine.", false),
        unary("cos", new Cos(), "Cosine.", false),
        unary("floor", new Floor(), "Largest whole number not above x.", false),
        unary("ceil", new Ceil(), "Smallest whole number not below x.", false),
        unary("round", new Round(), "Nearest whole number, half to even.", false),
        unary("sign", new Sign(), "-1, 0 or 1.", true),
        Builtin.of(
            "maximum(a, b = none)",
            "The larger of two, or of all of a list, element by element.",
            g -> ofAll(g, new Max())),
        Builtin.of(
            "minimum(a, b = none)",
            "The smaller of two, or of all of a list, element by element.",
            g -> ofAll(g, new Min())),
        Builtin.of("logical_xor(a, b)", "True where exactly one is.", MathBuiltins::xor),
        Builtin.of(
            "where(condition, a, b)",
            "a where the condition holds, b elsewhere.",
            MathBuiltins::where),
        Builtin.of(
            "cast(x, dtype)", "The same values as another element type.", MathBuiltins::cast),
        Builtin.of(
            "stop_gradient(x)",
            "x, as a constant for the gradient.",
            g -> g.emit().add(new StopGradient(), g.tensor("x"))),
        Builtin.of(
            "floor_div(a, b)",
            "Division of whole numbers, rounded down.",
            g -> wholeDivision(g, false)),
        Builtin.of(
            "ceil_div(a, b)",
            "Division of whole numbers, rounded up.",
            g -> wholeDivision(g, true)));
  }

  private static Builtin unary(String name, Elementwise op, String doc, boolean keepsWhole) {
    return Builtin.of(name + "(x)", doc, g -> apply(g, op, keepsWhole));
  }

  private static Datum apply(Given g, Elementwise op, boolean keepsWhole) {
    var number = g.get("x").number();
    if (number.isPresent()) {
      double result = op.formula().evaluate(number.get());
      boolean rounding = op instanceof Floor || op instanceof Ceil || op instanceof Round;
      if (rounding && Math.abs(result) < 1e15 || keepsWhole && g.get("x") instanceof Whole) {
        return Datum.whole((long) result);
      }
      if (Double.isNaN(result)) {
        throw g.wrong(
            Codes.VALUE_OUT_OF_RANGE, "x", op.name() + " of " + number.get() + " is not a number");
      }
      return new Real(result);
    }
    var x = g.tensor("x");
    boolean whole = keepsWhole && x.dtype() == DType.I32;
    return g.emit().add(op, whole ? x : g.emit().cast(x, DType.F32));
  }

  private static Datum sigmoid(Given g) {
    return apply(g, new Sigmoid(), false) instanceof Tensor t
        ? t.withLogits(new Datum.Logits("sigmoid", g.tensor("x")))
        : apply(g, new Sigmoid(), false);
  }

  private static Datum ofAll(Given g, Elementwise op) {
    if (g.has("b")) {
      return pair(g, op, "a", "b");
    }
    if (!(g.get("a") instanceof Datum.Listing list) || list.items().isEmpty()) {
      throw g.wrong(
          Codes.MISSING_ARGUMENT, "a", "one argument must be a list, not " + g.get("a").kind());
    }
    var result = list.items().get(0);
    for (var item : list.items().subList(1, list.items().size())) {
      result = pair(g.with(Map.of("a", result, "b", item)), op, "a", "b");
    }
    return result;
  }

  static Datum pair(Given g, Elementwise op, String left, String right) {
    var a = g.get(left);
    var b = g.get(right);
    if (a instanceof Whole x
        && b instanceof Whole y
        && !(x.dim().isConstant() && y.dim().isConstant())
        && x.equals(y)) {
      return a;
    }
    var x = a.number();
    var y = b.number();
    if (x.isPresent() && y.isPresent()) {
      double result = op.formula().evaluate(x.get(), y.get());
      return a instanceof Whole && b instanceof Whole
          ? Datum.whole((long) result)
          : new Real(result);
    }
    return g.emit().promoted(op, likeOther(g, left, right), likeOther(g, right, left));
  }

  /** A whole number beside a float tensor is a float at once. */
  private static Tensor likeOther(Given g, String name, String other) {
    var x = g.tensor(name);
    return g.get(other) instanceof Tensor t && !(g.get(name) instanceof Tensor)
        ? g.emit().cast(x, Emitter.join(t.dtype(), x.dtype()))
        : x;
  }

  private static Tensor cast(Given g) {
    var x = g.tensor("x");
    var dtype = g.dtype("dtype");
    return dtype == DType.F32 && x.dtype() == DType.F32
        ? g.evaluator().wide(x)
        : g.emit().cast(x, dtype);
  }

  private static Datum xor(Given g) {
    return g.emit()
        .elementwise(
            new Xor(),
            List.of(
                g.emit().cast(g.tensor("a"), DType.BOOL),
                g.emit().cast(g.tensor("b"), DType.BOOL)));
  }

  private static Datum where(Given g) {
    if (g.get("condition") instanceof Truth t) {
      return g.get(t.value() ? "a" : "b");
    }
    var emit = g.emit();
    var a = likeOther(g, "a", "b");
    var b = likeOther(g, "b", "a");
    var dtype = Emitter.join(a.dtype(), b.dtype());
    Operation select = new Select();
    return emit.elementwise(
        select,
        List.of(
            emit.cast(g.tensor("condition"), DType.BOOL),
            emit.cast(a, dtype),
            emit.cast(b, dtype)));
  }

  private static Datum wholeDivision(Given g, boolean up) {
    long divisor = g.whole("b");
    if (divisor <= 0) {
      throw g.wrong(
          divisor == 0 ? Codes.DIVISION_BY_ZERO : Codes.VALUE_OUT_OF_RANGE,
          "b",
          "the divisor must be positive, not " + divisor);
    }
    var dim = g.dim("a");
    return new Whole(up ? dim.ceilDiv(divisor) : dim.floorDiv(divisor));
  }
}
