package org.mdlc.compiler.pass;

import static java.util.Optional.empty;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.And;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Concat;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Div;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.Fold;
import org.mdlc.compiler.op.Identity;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.Neg;
import org.mdlc.compiler.op.Not;
import org.mdlc.compiler.op.Or;
import org.mdlc.compiler.op.Pad;
import org.mdlc.compiler.op.Pow;
import org.mdlc.compiler.op.ReduceMax;
import org.mdlc.compiler.op.ReduceMin;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Reduction;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Reverse;
import org.mdlc.compiler.op.Select;
import org.mdlc.compiler.op.Slice;
import org.mdlc.compiler.op.Sqrt;
import org.mdlc.compiler.op.StopGradient;
import org.mdlc.compiler.op.Sub;
import org.mdlc.compiler.op.Transpose;
import org.mdlc.compiler.op.View;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/** The local rewrites of {@link Simplify}, in the order they are tried. */
final class Rewrites {
  static final List<Rewrite> ALL =
      List.of(
          new DropIdentities(),
          new FoldConstants(),
          new FoldViewsOfConstants(),
          new FoldReductionsOfConstants(),
          new DropNeutralOperands(),
          new ExpandSmallPowers(),
          new DropDoubleNegations(),
          new MergeCasts(),
          new FoldSelects(),
          new MergeReshapes(),
          new MergeTransposes(),
          new MergeBroadcasts(),
          new ComputeBeforeBroadcast(),
          new MergeSlices(),
          new ReshapeReductionsOfOnes(),
          new MergeReductions(),
          new ReduceBeforeBroadcast(),
          new FoldTransposesIntoMatMul(),
          new JoinPads(),
          new MergeConcats());

  private Rewrites() {}

  /** {@code identity(x) -> x}, and every view, cast or reduction that changes nothing. */
  static final class DropIdentities implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      boolean nothing =
          switch (node.op()) {
            case Identity _, StopGradient _ -> true;
            case Cast cast -> node.operand(0).type().dtype() == cast.dtype();
            case Reshape _, Broadcast _, Slice _ -> node.operand(0).type().equals(node.type());
            case Pad pad ->
                pad.low().stream().allMatch(d -> d.is(0))
                    && pad.high().stream().allMatch(d -> d.is(0));
            case Transpose transpose ->
                transpose.order().equals(transpose.order().stream().sorted().toList());
            case Reverse reverse ->
                reverse.axes().stream().allMatch(a -> node.shape().dim(a).is(1));
            case Concat _ -> node.operands().size() == 1;
            case Reduction reduction -> reduction.axes().isEmpty();
            default -> false;
          };
      return nothing ? Optional.of(node.operand(0)) : empty();
    }
  }

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
        case F32 -> Optional.of(node.constant((float) value));
        case BOOL -> Optional.of(node.constant(value));
        case I32 -> value == (int) value ? Optional.of(node.constant(value)) : empty();
        case U32 -> empty();
      };
    }
  }

  /** {@code broadcast(constant 2) -> constant 2} of the other shape, for every view. */
  static final class FoldViewsOfConstants implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof View) || node.operands().isEmpty()) {
        return empty();
      }
      var first = node.fill(node.operand(0));
      if (first.isEmpty()) {
        return empty();
      }
      double number = first.getAsDouble();
      if (node.op() instanceof Pad pad && Double.compare(pad.value(), number) != 0) {
        return empty();
      }
      for (var operand : node.operands()) {
        var fill = node.fill(operand);
        if (fill.isEmpty() || Double.compare(fill.getAsDouble(), number) != 0) {
          return empty();
        }
      }
      return Optional.of(node.constant(number));
    }
  }

  /**
   * {@code reduce_sum(constant 2 of [3], [0]) -> constant 6}, when the count is known; the largest
   * of equals is known always.
   */
  static final class FoldReductionsOfConstants implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (node.operands().size() != 1 || node.fill(node.operand(0)).isEmpty()) {
        return empty();
      }
      double number = node.fill(node.operand(0)).getAsDouble();
      return switch (node.op()) {
        case ReduceSum sum -> {
          var count = Dim.ONE;
          for (int axis : sum.axes()) {
            count = count.times(node.operand(0).type().shape().dim(axis));
          }
          boolean exact = count.isConstant() && Math.abs(number * count.value()) < 1 << 24;
          yield exact ? Optional.of(node.constant((float) (number * count.value()))) : empty();
        }
        case ReduceMax _, ReduceMin _ -> Optional.of(node.constant(number));
        default -> empty();
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

  /**
   * {@code reshape(reshape x) -> reshape x}; a transpose or broadcast that only moves or adds axes
   * of size one is a reshape.
   */
  static final class MergeReshapes implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      var x = node.operands().isEmpty() ? null : node.operand(0);
      return switch (node.op()) {
        case Reshape reshape when node.made(node.operand(0), Reshape.class).isPresent() -> {
          var source = node.source(node.operand(0), 0);
          yield Optional.of(
              source.type().shape().equals(reshape.shape()) ? source : node.add(reshape, source));
        }
        case Transpose transpose when x != null && keepsOrder(transpose, x.type().shape()) ->
            Optional.of(node.add(new Reshape(node.shape()), x));
        case Broadcast _
            when x != null && x.type().shape().elements().equals(node.shape().elements()) ->
            Optional.of(node.add(new Reshape(node.shape()), x));
        default -> empty();
      };
    }

    private static boolean keepsOrder(Transpose transpose, Shape shape) {
      var large = transpose.order().stream().filter(axis -> !shape.dim(axis).is(1)).toList();
      return large.equals(large.stream().sorted().toList());
    }
  }

  /**
   * Folds a transpose of a transpose into one.
   *
   * <pre>
   * t = transpose(x, [1, 0, 2])
   * y = transpose(t, [2, 1, 0])     -&gt;    y = transpose(x, [2, 0, 1])
   * </pre>
   */
  static final class MergeTransposes implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Transpose outer)) {
        return empty();
      }
      var inner = node.made(node.operand(0), Transpose.class);
      return inner.map(
          i ->
              node.add(
                  new Transpose(outer.order().stream().map(axis -> i.order().get(axis)).toList()),
                  node.source(node.operand(0), 0)));
    }
  }

  /**
   * {@code broadcast(broadcast x) -> broadcast x}, and a broadcast swallows a reshape that only
   * adds or drops axes of size one.
   */
  static final class MergeBroadcasts implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Broadcast outer)) {
        return empty();
      }
      var x = node.operand(0);
      var inner = node.made(x, Broadcast.class);
      if (inner.isPresent()) {
        var axes = inner.get().axes().stream().map(axis -> outer.axes().get(axis)).toList();
        return Optional.of(node.add(new Broadcast(outer.shape(), axes), node.source(x, 0)));
      }
      if (node.made(x, Reshape.class).isPresent()) {
        return swallow(node, outer, x.type().shape(), node.source(x, 0));
      }
      return empty();
    }

    private static Optional<Value> swallow(
        Candidate node, Broadcast outer, Shape reshaped, Value source) {
      var from = source.type().shape();
      var axes = new ArrayList<Integer>();
      int next = 0;
      for (int axis = 0; axis < reshaped.rank(); axis++) {
        if (reshaped.dim(axis).is(1)) {
          continue;
        }
        if (next >= from.rank() || !from.dim(next).equals(reshaped.dim(axis))) {
          return empty(); // axes of size one within the source, or a true reshape
        }
        axes.add(outer.axes().get(axis));
        next++;
      }
      return next == from.rank()
          ? Optional.of(node.add(new Broadcast(outer.shape(), axes), source))
          : empty();
    }
  }

  /**
   * Works on the few numbers that a broadcast then repeats.
   *
   * <pre>
   * b = broadcast(x, [4, 10], axes=[1])
   * y = exp(b)                           -&gt;    y = broadcast(exp(x), [4, 10], axes=[1])
   * </pre>
   */
  static final class ComputeBeforeBroadcast implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Elementwise) || node.type().dtype() == DType.U32) {
        return empty();
      }
      Optional<Broadcast> common = empty();
      Optional<Shape> source = empty();
      for (var operand : node.operands()) {
        var broadcast = node.made(operand, Broadcast.class);
        if (broadcast.isPresent()) {
          var shape = node.source(operand, 0).type().shape();
          if (common.isPresent() && !(common.equals(broadcast) && source.get().equals(shape))) {
            return empty();
          }
          common = broadcast;
          source = Optional.of(shape);
        } else if (node.fill(operand).isEmpty()) {
          return empty();
        }
      }
      return common.isEmpty() ? empty() : Optional.of(computed(node, common.get(), source.get()));
    }

    private static Value computed(Candidate node, Broadcast broadcast, Shape shape) {
      var small = new ArrayList<Value>();
      for (var operand : node.operands()) {
        var fill = node.fill(operand);
        small.add(
            fill.isPresent()
                ? node.add(new Constant(operand.type().withShape(shape), fill.getAsDouble()))
                : node.source(operand, 0));
      }
      return node.add(broadcast, node.add(node.op(), small.toArray(Value[]::new)));
    }
  }

  /** {@code x[2:10:1][3:5] -> x[5:7]}. */
  static final class MergeSlices implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Slice outer)
          || node.made(node.operand(0), Slice.class).isEmpty()) {
        return empty();
      }
      var inner = node.made(node.operand(0), Slice.class).get();
      var starts = new ArrayList<Dim>();
      var limits = new ArrayList<Dim>();
      var strides = new ArrayList<Integer>();
      for (int axis = 0; axis < node.shape().rank(); axis++) {
        int step = inner.strides().get(axis);
        starts.add(inner.starts().get(axis).plus(outer.starts().get(axis).times(step)));
        strides.add(step * outer.strides().get(axis));
        // one past the last element taken
        limits.add(
            starts
                .getLast()
                .plus(node.shape().dim(axis).minus(Dim.ONE).times(strides.getLast()))
                .plus(1));
      }
      return Optional.of(
          node.add(new Slice(starts, limits, strides), node.source(node.operand(0), 0)));
    }
  }

  /** A sum, product, maximum or minimum over axes of size one only is a reshape. */
  static final class ReshapeReductionsOfOnes implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Reduction reduction) || !(reduction instanceof Fold)) {
        return empty();
      }
      var x = node.operand(0);
      boolean ones = reduction.axes().stream().allMatch(axis -> x.type().shape().dim(axis).is(1));
      return ones ? Optional.of(node.add(new Reshape(node.shape()), x)) : empty();
    }
  }

  /**
   * {@code reduce_sum(reduce_sum(x, [1]), [0]) -> reduce_sum(x, [0, 1])}, and so for the largest
   * and the smallest.
   */
  static final class MergeReductions implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      return switch (node.op()) {
        case ReduceSum sum ->
            node.made(node.operand(0), ReduceSum.class)
                .map(i -> merged(node, new ReduceSum(axes(i, sum, node))));
        case ReduceMax max ->
            node.made(node.operand(0), ReduceMax.class)
                .map(i -> merged(node, new ReduceMax(axes(i, max, node))));
        case ReduceMin min ->
            node.made(node.operand(0), ReduceMin.class)
                .map(i -> merged(node, new ReduceMin(axes(i, min, node))));
        default -> empty();
      };
    }

    private static Value merged(Candidate node, Reduction reduction) {
      return node.add(reduction, node.source(node.operand(0), 0));
    }

    /** The axes of both in terms of the innermost operand. */
    private static List<Integer> axes(Reduction inner, Reduction outer, Candidate node) {
      var kept = new ArrayList<Integer>();
      for (int axis = 0; axis < node.source(node.operand(0), 0).type().rank(); axis++) {
        if (!inner.axes().contains(axis)) {
          kept.add(axis);
        }
      }
      var all = new ArrayList<>(inner.axes());
      outer.axes().forEach(axis -> all.add(kept.get(axis)));
      Collections.sort(all);
      return all;
    }
  }

  /**
   * Takes axes that a broadcast made out of a reduction over it.
   *
   * <pre>
   * b = broadcast(x, [4, 10], axes=[1])
   * y = reduce_sum(b, [0])               -&gt;    y = mul(x, constant 4)
   * </pre>
   */
  static final class ReduceBeforeBroadcast implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      boolean fits =
          node.op() instanceof ReduceSum
              || node.op() instanceof ReduceMax
              || node.op() instanceof ReduceMin;
      if (!fits || node.made(node.operand(0), Broadcast.class).isEmpty()) {
        return empty();
      }
      var axes = ((Reduction) node.op()).axes();
      var broadcast = node.made(node.operand(0), Broadcast.class).get();
      var source = node.source(node.operand(0), 0);
      var made = new ArrayList<Integer>();
      long copies = 1;
      for (int axis : axes) {
        var dim = broadcast.shape().dim(axis);
        if (!broadcast.axes().contains(axis) && dim.isConstant()) {
          made.add(axis);
          copies *= dim.value();
        }
      }
      if (made.isEmpty()
          || copies == 0
          || (node.op() instanceof ReduceSum && node.type().dtype() != DType.F32)) {
        return empty();
      }
      var narrower = withoutAxes(node, broadcast, source, made);
      var rest =
          axes.stream()
              .filter(a -> !made.contains(a))
              .map(a -> a - (int) made.stream().filter(m -> m < a).count())
              .toList();
      var reduced = rest.isEmpty() ? narrower : node.add(sameKind(node, rest), narrower);
      if (node.op() instanceof ReduceSum) {
        reduced = node.add(new Mul(), reduced, node.constant((double) copies));
      }
      return Optional.of(reduced);
    }

    private static Reduction sameKind(Candidate node, List<Integer> axes) {
      return switch (node.op()) {
        case ReduceSum _ -> new ReduceSum(axes);
        case ReduceMax _ -> new ReduceMax(axes);
        default -> new ReduceMin(axes);
      };
    }

    private static Value withoutAxes(
        Candidate node, Broadcast broadcast, Value source, List<Integer> made) {
      var shape = broadcast.shape().without(made);
      var axes =
          broadcast.axes().stream()
              .map(a -> a - (int) made.stream().filter(m -> m < a).count())
              .toList();
      return source.type().shape().equals(shape)
          ? source
          : node.add(new Broadcast(shape, axes), source);
    }
  }

  /**
   * {@code matmul(transpose(a), b) -> matmul(a, b) {transpose_a=true}} when only the last two axes
   * change places. A left side of higher rank than the right one stays: its batch axes are rows.
   */
  static final class FoldTransposesIntoMatMul implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof MatMul matMul)) {
        return empty();
      }
      boolean left =
          swapsMatrix(node, 0) && node.operand(0).type().rank() == node.operand(1).type().rank();
      boolean right = swapsMatrix(node, 1);
      if (!left && !right) {
        return empty();
      }
      var a = left ? node.source(node.operand(0), 0) : node.operand(0);
      var b = right ? node.source(node.operand(1), 0) : node.operand(1);
      return Optional.of(
          node.add(new MatMul(matMul.transposeA() ^ left, matMul.transposeB() ^ right), a, b));
    }

    private static boolean swapsMatrix(Candidate node, int operand) {
      var transpose = node.made(node.operand(operand), Transpose.class);
      if (transpose.isEmpty() || transpose.get().order().size() < 2) {
        return false;
      }
      var order = new ArrayList<>(transpose.get().order());
      Collections.swap(order, order.size() - 2, order.size() - 1);
      return order.equals(order.stream().sorted().toList());
    }
  }

  /**
   * A sum of zero-padded pieces that lie side by side is their concatenation: the gradients of
   * slices of one tensor.
   *
   * <pre>
   * p = pad(a, low=[0], high=[5])
   * q = pad(b, low=[3], high=[0])      a [3], b [5]
   * y = add(p, q)                      -&gt;    y = concat(a, b)
   * </pre>
   */
  static final class JoinPads implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Add) || !isZeroPad(node, 0) || !isZeroPad(node, 1)) {
        return empty();
      }
      return join(node, node.operand(0), node.operand(1))
          .or(() -> join(node, node.operand(1), node.operand(0)));
    }

    private static boolean isZeroPad(Candidate node, int operand) {
      return node.made(node.operand(operand), Pad.class).filter(p -> p.value() == 0).isPresent();
    }

    private static Optional<Value> join(Candidate node, Value first, Value second) {
      var a = node.made(first, Pad.class).orElseThrow();
      var b = node.made(second, Pad.class).orElseThrow();
      int axis = onlyPaddedAxis(a);
      if (axis < 0 || axis != onlyPaddedAxis(b)) {
        return empty();
      }
      var low = node.source(first, 0);
      var high = node.source(second, 0);
      var endOfLow = a.low().get(axis).plus(low.type().shape().dim(axis));
      if (!endOfLow.equals(b.low().get(axis))) {
        return empty();
      }
      var joined = node.add(new Concat(axis), low, high);
      var zeros = Collections.nCopies(node.shape().rank(), Dim.ZERO);
      var before = new ArrayList<>(zeros);
      var after = new ArrayList<>(zeros);
      before.set(axis, a.low().get(axis));
      after.set(axis, b.high().get(axis));
      boolean whole = before.get(axis).is(0) && after.get(axis).is(0);
      return Optional.of(whole ? joined : node.add(new Pad(before, after, 0), joined));
    }

    private static int onlyPaddedAxis(Pad pad) {
      int found = -1;
      for (int axis = 0; axis < pad.low().size(); axis++) {
        if (!pad.low().get(axis).is(0) || !pad.high().get(axis).is(0)) {
          if (found >= 0) {
            return -1;
          }
          found = axis;
        }
      }
      return found;
    }
  }

  /** {@code concat(concat(a, b), c) -> concat(a, b, c)} along one axis. */
  static final class MergeConcats implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Concat concat)) {
        return empty();
      }
      var parts = new ArrayList<Value>();
      for (var operand : node.operands()) {
        boolean same = node.made(operand, Concat.class).filter(concat::equals).isPresent();
        parts.addAll(
            same ? Known.in(node.definitions(), operand.id()).operands() : List.of(operand));
      }
      return parts.size() == node.operands().size()
          ? empty()
          : Optional.of(node.add(concat, parts.toArray(Value[]::new)));
    }
  }
}
