package org.mdlc.compiler.pass;

import static java.util.Optional.empty;

import java.util.Optional;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.And;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Div;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.Neg;
import org.mdlc.compiler.op.Not;
import org.mdlc.compiler.op.Or;
import org.mdlc.compiler.op.Pow;
import org.mdlc.compiler.op.Select;
import org.mdlc.compiler.op.Sqrt;
import org.mdlc.compiler.op.Sub;
import org.mdlc.compiler.type.DType;

/** Rewrites of element-wise arithmetic: what is known beforehand, neutral or cheaper otherwise. */
final class ArithmeticRewrites {
  private ArithmeticRewrites() {}

  /**
   * {@code add(constant 2, constant 3) -> constant 5}; f32 numbers are rounded as the step would
   * round them.
   */
  static final class FoldConstants implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Elementwise elementwise) || node.operands().isEmpty()) {
        return empty();
      }
      var numbers = new double[node.operands().size()];
      for (int i = 0; i < numbers.length; i++) {
        var fill = node.fill(node.operand(i));
        if (fill.isEmpty()) {
          return empty();
        }
        numbers[i] = fill.getAsDouble();
      }
      double value = elementwise.formula().evaluate(numbers);
      return switch (node.type().dtype()) {
        case F32, BF16, F16 -> Optional.of(node.constant((float) value));
        case BOOL -> Optional.of(node.constant(value));
        case I32 -> value == (int) value ? Optional.of(node.constant(value)) : empty();
        case U32 -> empty();
      };
    }
  }

  /**
   * {@code x + 0 -> x}, {@code x * 1 -> x}, {@code 0 - x -> neg x}, {@code x * -1 -> neg x}, {@code
   * x / 4 -> x * 0.25} (exact) and the like.
   */
  static final class DropNeutralOperands implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      return switch (node.op()) {
        case Add _ -> either(node, 0);
        case Mul _ -> either(node, 1).or(() -> negated(node));
        case And _ -> either(node, 1);
        case Or _ -> either(node, 0);
        case Sub _ when node.isFill(node.operand(1), 0) -> Optional.of(node.operand(0));
        case Sub _ when node.isFill(node.operand(0), 0) && node.type().dtype() != DType.U32 ->
            Optional.of(node.add(new Neg(), node.operand(1)));
        case Div _ when node.isFill(node.operand(1), 1) -> Optional.of(node.operand(0));
        case Div _ -> timesReciprocal(node);
        default -> empty();
      };
    }

    private static Optional<Value> either(Candidate node, double neutral) {
      return node.isFill(node.operand(1), neutral)
          ? Optional.of(node.operand(0))
          : node.isFill(node.operand(0), neutral) ? Optional.of(node.operand(1)) : empty();
    }

    private static Optional<Value> negated(Candidate node) {
      if (node.type().dtype() == DType.U32) {
        return empty();
      }
      for (int i = 0; i < 2; i++) {
        if (node.isFill(node.operand(i), -1)) {
          return Optional.of(node.add(new Neg(), node.operand(1 - i)));
        }
      }
      return empty();
    }

    /** Only for powers of two, whose reciprocal is exact; others would round twice. */
    private static Optional<Value> timesReciprocal(Candidate node) {
      var fill = node.fill(node.operand(1));
      if (node.type().dtype() != DType.F32 || fill.isEmpty()) {
        return empty();
      }
      float divisor = (float) fill.getAsDouble();
      boolean powerOfTwo =
          (Float.floatToIntBits(divisor) & 0x7fffff) == 0
              && Math.abs(Math.getExponent(divisor)) < 126;
      return powerOfTwo
          ? Optional.of(node.add(new Mul(), node.operand(0), node.constant(1 / divisor)))
          : empty();
    }
  }

  /**
   * {@code x ** 2 -> x * x}, {@code x ** 0.5 -> sqrt x}, {@code x ** -1 -> 1 / x}: {@code pow}
   * itself costs a logarithm and an exponential.
   */
  static final class ExpandSmallPowers implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Pow) || node.fill(node.operand(1)).isEmpty()) {
        return empty();
      }
      var x = node.operand(0);
      double exponent = node.fill(node.operand(1)).getAsDouble();
      if (exponent == 0) {
        return Optional.of(node.constant(1));
      }
      if (exponent == 0.5) {
        return Optional.of(node.add(new Sqrt(), x));
      }
      if (exponent == -0.5) {
        return Optional.of(node.add(new Div(), node.constant(1), node.add(new Sqrt(), x)));
      }
      if (exponent != Math.rint(exponent) || Math.abs(exponent) > 4) {
        return empty();
      }
      var power = power(node, x, (int) Math.abs(exponent));
      return Optional.of(exponent > 0 ? power : node.add(new Div(), node.constant(1), power));
    }

    private static Value power(Candidate node, Value x, int exponent) {
      if (exponent == 1) {
        return x;
      }
      var half = power(node, x, exponent / 2);
      var square = node.add(new Mul(), half, half);
      return exponent % 2 == 0 ? square : node.add(new Mul(), square, x);
    }
  }

  /**
   * {@code neg(neg x) -> x}, {@code not(not x) -> x}, {@code a + neg b -> a - b}, {@code a - neg b
   * -> a + b}.
   */
  static final class DropDoubleNegations implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      return switch (node.op()) {
        case Neg _ when isNegated(node, 0) -> Optional.of(node.source(node.operand(0), 0));
        case Not _ when node.made(node.operand(0), Not.class).isPresent() ->
            Optional.of(node.source(node.operand(0), 0));
        case Add _ when isNegated(node, 1) ->
            Optional.of(node.add(new Sub(), node.operand(0), node.source(node.operand(1), 0)));
        case Add _ when isNegated(node, 0) ->
            Optional.of(node.add(new Sub(), node.operand(1), node.source(node.operand(0), 0)));
        case Sub _ when isNegated(node, 1) ->
            Optional.of(node.add(new Add(), node.operand(0), node.source(node.operand(1), 0)));
        default -> empty();
      };
    }

    private static boolean isNegated(Candidate node, int operand) {
      return node.made(node.operand(operand), Neg.class).isPresent();
    }
  }

  /**
   * {@code cast(cast(b, f32), i32) -> cast(b, i32)} for a truth value b, which every type holds
   * exactly; {@code cast(cast(b, f32), bool) -> b}.
   */
  static final class MergeCasts implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Cast cast) || node.made(node.operand(0), Cast.class).isEmpty()) {
        return empty();
      }
      var source = node.source(node.operand(0), 0);
      if (source.type().dtype() != DType.BOOL) {
        return empty();
      }
      return Optional.of(cast.dtype() == DType.BOOL ? source : node.add(cast, source));
    }
  }

  /**
   * {@code select(true, a, b) -> a}, {@code select(c, a, a) -> a}, {@code select(not c, a, b) ->
   * select(c, b, a)}.
   */
  static final class FoldSelects implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Select)) {
        return empty();
      }
      var condition = node.operand(0);
      var known = node.fill(condition);
      if (known.isPresent()) {
        return Optional.of(node.operand(known.getAsDouble() != 0 ? 1 : 2));
      }
      if (node.operand(1).equals(node.operand(2))) {
        return Optional.of(node.operand(1));
      }
      if (node.made(condition, Not.class).isPresent()) {
        return Optional.of(
            node.add(new Select(), node.source(condition, 0), node.operand(2), node.operand(1)));
      }
      return empty();
    }
  }
}
