package org.mdlc.compiler.pass;

import static java.util.Optional.empty;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.Neg;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;

/** Rewrites of sums of products, as gradients of normalisation have. */
final class SumRewrites {
  private SumRewrites() {}

  /**
   * What is summed, without a sign and without factors that are the same for all that one sum is
   * of.
   *
   * @param factors broadcasts
   */
  private record Terms(Value value, List<Value> factors, boolean negative) {
    static Terms of(Candidate node, ReduceSum sum) {
      var factors = new ArrayList<Value>();
      var value = node.operand(0);
      boolean negative = false;
      for (boolean more = true; more; ) {
        if (node.made(value, Neg.class).isPresent()) {
          value = node.source(value, 0);
          negative = !negative;
        } else if (node.made(value, Mul.class).isPresent()) {
          int factor = isFactor(node, node.source(value, 0), sum) ? 0 : 1;
          more = factor == 0 || isFactor(node, node.source(value, 1), sum);
          if (more) {
            factors.add(node.source(value, factor));
            value = node.source(value, 1 - factor);
          }
        } else {
          more = false;
        }
      }
      return new Terms(value, factors, negative);
    }

    private static boolean isFactor(Candidate node, Value value, ReduceSum sum) {
      if (node.fill(value).isPresent()) {
        return true;
      }
      var broadcast = node.made(value, Broadcast.class);
      return broadcast.isPresent()
          && Means.varying(broadcast.get(), node.source(value, 0)).stream()
              .noneMatch(sum.axes()::contains);
    }
  }

  private static Optional<ReduceSum> floatSum(Candidate node) {
    return node.op() instanceof ReduceSum sum && node.type().dtype() == DType.F32
        ? Optional.of(sum)
        : empty();
  }

  /**
   * The sum of the deviations from a mean is zero, and so is one of multiples of them.
   *
   * <pre>
   * d = sub(x, broadcast(mean of x over [0]))
   * y = reduce_sum(d, [0])                       -&gt;    y = constant 0
   * </pre>
   */
  static final class DropSumsOfDeviations implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      return floatSum(node)
          .filter(
              sum ->
                  Means.ofDeviation(node, Terms.of(node, sum).value())
                      .filter(mean -> sum.axes().containsAll(mean.axes()))
                      .isPresent())
          .map(_ -> node.constant(0));
    }
  }

  /**
   * Multiplies a sum instead of everything that it is of: {@code y} may be summed already.
   *
   * <pre>
   * b = broadcast(s, [batch, 10], axes=[1])       t = reduce_sum(y, [0])
   * x = reduce_sum(mul(y, b), [0])         -&gt;     x = mul(t, s)
   * </pre>
   *
   * <p>Numbers that are the same everywhere stay: they cost next to nothing there.
   */
  static final class TakeFactorsOutOfSums implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      var sum = floatSum(node);
      if (sum.isEmpty()) {
        return empty();
      }
      var terms = Terms.of(node, sum.get());
      boolean differ = terms.factors().stream().anyMatch(f -> differs(node, f));
      if (!differ) {
        return empty();
      }
      var result = node.add(sum.get(), terms.value());
      for (var factor : terms.factors()) {
        result = node.add(new Mul(), result, ofResult(node, sum.get(), factor));
      }
      return Optional.of(terms.negative() ? node.add(new Neg(), result) : result);
    }

    private static boolean differs(Candidate node, Value factor) {
      return node.made(factor, Broadcast.class)
          .filter(b -> !Means.varying(b, node.source(factor, 0)).isEmpty())
          .isPresent();
    }

    /** A factor of what is summed as a factor of the sum. */
    private static Value ofResult(Candidate node, ReduceSum sum, Value factor) {
      if (node.fill(factor).isPresent()) {
        return node.constant(node.fill(factor).getAsDouble());
      }
      var broadcast = node.made(factor, Broadcast.class).orElseThrow();
      var source = node.source(factor, 0);
      var dims = new ArrayList<>(source.type().shape().dims());
      var axes = new ArrayList<Integer>();
      for (int i = broadcast.axes().size() - 1; i >= 0; i--) {
        int axis = broadcast.axes().get(i);
        if (sum.axes().contains(axis)) {
          dims.remove(i);
        } else {
          axes.addFirst(axis - (int) sum.axes().stream().filter(a -> a < axis).count());
        }
      }
      var shape = new Shape(dims);
      var small =
          shape.equals(source.type().shape()) ? source : node.add(new Reshape(shape), source);
      return shape.equals(node.shape())
          ? small
          : node.add(new Broadcast(node.shape(), axes), small);
    }
  }
}
