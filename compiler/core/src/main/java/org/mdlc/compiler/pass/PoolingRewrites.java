package org.mdlc.compiler.pass;

import static java.util.Optional.empty;

import java.util.Optional;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Le;
import org.mdlc.compiler.op.MaxPool;
import org.mdlc.compiler.op.MaxPoolBackward;
import org.mdlc.compiler.op.PoolGeometry;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Select;

/**
 * Rewrites of pooling: what is done to every cell before a window is taken, and to every cell of
 * its gradient, is done once to the window.
 *
 * <p>A relu is {@code select(le(x, 0), 0, x)}. It keeps the order of cells, so that it changes
 * places with a maximum; what is not a number is treated alike on both sides.
 */
final class PoolingRewrites {
  private PoolingRewrites() {}

  /**
   * {@code max_pool(relu(x)) -> relu(max_pool(x))}. Only where every window has a cell of the
   * input: the largest of none is less than any number.
   */
  static final class PoolBeforeRelu implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof MaxPool pool) || mayBeEmpty(pool.geometry())) {
        return empty();
      }
      return underRelu(node, node.operand(0)).map(x -> relu(node, node.add(pool, x)));
    }

    private static Value relu(Candidate node, Value x) {
      var zero = node.add(new Constant(x.type(), 0));
      return node.add(new Select(), node.add(new Le(), x, zero), zero, x);
    }
  }

  /**
   * The gradient of a maximum of relus: a window passes it on where its maximum is above zero.
   *
   * <pre>
   * r = relu(x)
   * d = max_pool_backward(r, dy)               m = max_pool(x)
   * dx = select(le(x, 0), 0, d)         -&gt;    dx = max_pool_backward(x, select(le(m, 0), 0, dy))
   * </pre>
   */
  static final class PoolGradientBeforeRelu implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof Select) || !node.isFill(node.operand(1), 0)) {
        return empty();
      }
      var gradient = node.operand(2);
      var backward = node.made(gradient, MaxPoolBackward.class);
      if (backward.isEmpty() || mayBeEmpty(backward.get().geometry())) {
        return empty();
      }
      var pooled = node.source(gradient, 0);
      var x = underRelu(node, pooled).orElse(pooled);
      boolean fits =
          !x.equals(pooled) && (isMask(node, node.operand(0), x) || isMask(node, node.operand(0), pooled));
      return fits ? Optional.of(moved(node, backward.get(), x, node.source(gradient, 1))) : empty();
    }

    private static Value moved(Candidate node, MaxPoolBackward backward, Value x, Value dy) {
      var largest = node.add(new MaxPool(backward.geometry()), x);
      var zero = node.add(new Constant(dy.type(), 0));
      var mask = node.add(new Le(), largest, node.add(new Constant(largest.type(), 0)));
      return node.add(backward, x, node.add(new Select(), mask, zero, dy));
    }
  }

  /**
   * {@code reduce_sum(max_pool_backward(x, dy), [0, 1, 2]) -> reduce_sum(dy, [0, 1, 2])}: what a
   * window is given goes to one cell of it.
   */
  static final class SumBeforePoolGradient implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof ReduceSum sum)) {
        return empty();
      }
      var backward = node.made(node.operand(0), MaxPoolBackward.class);
      if (backward.isEmpty() || mayBeEmpty(backward.get().geometry())) {
        return empty();
      }
      for (int axis = 1; axis <= backward.get().geometry().spatialRank(); axis++) {
        if (!sum.axes().contains(axis)) {
          return empty();
        }
      }
      return Optional.of(node.add(sum, node.source(node.operand(0), 1)));
    }
  }

  /** True unless the padding is surely too small to hold a whole window. */
  private static boolean mayBeEmpty(PoolGeometry geometry) {
    for (int axis = 0; axis < geometry.spatialRank(); axis++) {
      int window = geometry.window().get(axis);
      if (geometry.padLow().get(axis) >= window || geometry.padHigh().get(axis) >= window) {
        return true;
      }
    }
    return false;
  }

  /** The x of {@code select(le(x, 0), 0, x)}. */
  private static Optional<Value> underRelu(Candidate node, Value relu) {
    if (node.made(relu, Select.class).isEmpty() || !node.isFill(node.source(relu, 1), 0)) {
      return empty();
    }
    var x = node.source(relu, 2);
    return isMask(node, node.source(relu, 0), x) ? Optional.of(x) : empty();
  }

  /** True for {@code le(x, 0)}. */
  private static boolean isMask(Candidate node, Value mask, Value x) {
    return node.made(mask, Le.class).isPresent()
        && node.source(mask, 0).equals(x)
        && node.isFill(node.source(mask, 1), 0);
  }
}
