package org.mdlc.compiler.pass;

import static java.util.Optional.empty;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Div;
import org.mdlc.compiler.op.Fold;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.Neg;
import org.mdlc.compiler.op.ReduceMax;
import org.mdlc.compiler.op.ReduceMin;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Reduction;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Sub;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/** Rewrites of reductions: several become one, and axes go over which nothing differs. */
final class ReductionRewrites {
  private ReductionRewrites() {}

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
   * The gradient of softmax in terms of its result alone, so that powers and their sums need not be
   * kept: with {@code p = div(e, s)} and {@code s} the same along the axes of the sum,
   *
   * <pre>
   * r = reduce_sum(neg(mul(g, div(p, s))), [1])        r = reduce_sum(mul(g, p), [1])
   * y = mul(add(div(g, s), broadcast(r)), e)     -&gt;    y = mul(sub(g, broadcast(r)), p)
   * </pre>
   */
  static final class ReadSharesNotPowers implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Mul)) {
        return empty();
      }
      for (int i = 0; i < 2; i++) {
        var powers = node.operand(1 - i);
        for (int j = 0; j < 2 && node.made(node.operand(i), Add.class).isPresent(); j++) {
          var quotient = node.source(node.operand(i), j);
          var repeated = node.source(node.operand(i), 1 - j);
          var better = withShares(node, quotient, repeated, powers);
          if (better.isPresent()) {
            return better;
          }
        }
      }
      return empty();
    }

    private static Optional<Value> withShares(
        Candidate node, Value quotient, Value repeated, Value powers) {
      if (node.made(quotient, Div.class).isEmpty()
          || node.made(repeated, Broadcast.class).isEmpty()) {
        return empty();
      }
      var gradient = node.source(quotient, 0);
      var sums = node.source(quotient, 1);
      var broadcast = node.made(repeated, Broadcast.class).get();
      var sum = node.source(repeated, 0);
      var reduction = node.made(sum, ReduceSum.class);
      if (reduction.isEmpty()
          || !along(broadcast, reduction.get().axes())
          || node.made(sums, Broadcast.class).filter(b -> isEven(b, reduction.get())).isEmpty()
          || node.made(node.source(sum, 0), Neg.class).isEmpty()) {
        return empty();
      }
      return shares(node, node.source(node.source(sum, 0), 0), gradient, sums, powers)
          .map(
              p -> {
                var products = node.add(new Mul(), gradient, p);
                var total = node.add(reduction.get(), products);
                var even = node.add(broadcast, total);
                return node.add(new Mul(), node.add(new Sub(), gradient, even), p);
              });
    }

    /** The p of {@code mul(gradient, div(p, sums))} if it is {@code div(powers, sums)}. */
    private static Optional<Value> shares(
        Candidate node, Value product, Value gradient, Value sums, Value powers) {
      if (node.made(product, Mul.class).isEmpty()) {
        return empty();
      }
      for (int i = 0; i < 2; i++) {
        var quotient = node.source(product, 1 - i);
        if (node.source(product, i).equals(gradient)
            && isQuotient(node, quotient, sums)
            && isQuotient(node, node.source(quotient, 0), sums)
            && node.source(node.source(quotient, 0), 0).equals(powers)) {
          return Optional.of(node.source(quotient, 0));
        }
      }
      return empty();
    }

    private static boolean isQuotient(Candidate node, Value value, Value divisor) {
      return node.made(value, Div.class).isPresent() && node.source(value, 1).equals(divisor);
    }

    /** True when the broadcast repeats along these axes and no others. */
    private static boolean along(Broadcast broadcast, List<Integer> axes) {
      return IntStream.range(0, broadcast.shape().rank())
          .allMatch(axis -> broadcast.axes().contains(axis) != axes.contains(axis));
    }

    /** True when what was broadcast is the same all along the axes of the reduction. */
    private static boolean isEven(Broadcast broadcast, Reduction reduction) {
      return reduction.axes().stream().noneMatch(broadcast.axes()::contains);
    }
  }
}
