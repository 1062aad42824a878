package org.mdlc.compiler.pass;

import static java.util.Optional.empty;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Sub;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;

/**
 * Variances over all pixels of all images are put together of those of each image, as by Chan, Golub
 * and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979):
 * what is read of an image for its mean is still in the cache when it is read again, and several
 * threads can do that, which cannot share one sum.
 *
 * <pre>
 *                                             mi = mean of x over [1, 2]
 * d = sub(x, broadcast(m))                    di = sub(x, broadcast(mi)), e = sub(mi, broadcast(m))
 * y = reduce_sum(mul(d, d), [0, 1, 2])  -&gt;    v = add(reduce_sum(mul(di, di), [1, 2]), mul(e, e) * pixels)
 *                                             y = reduce_sum(v, [0])
 * </pre>
 */
public final class SplitVariances implements Pass {
  @Override
  public Graph run(Graph graph) {
    return new Simplify(List.of(new SplitVariance())).run(graph);
  }

  private static final class SplitVariance implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      if (!(node.op() instanceof ReduceSum sum)
          || node.made(node.operand(0), Mul.class).isEmpty()
          || !isOfImages(node, sum)) {
        return empty();
      }
      var deviation = node.source(node.operand(0), 0);
      return node.source(node.operand(0), 1).equals(deviation)
          ? Means.ofDeviation(node, deviation)
              .filter(mean -> mean.axes().equals(sum.axes()))
              .map(mean -> split(node, mean))
          : empty();
    }

    /** A long sum over all axes but the last. */
    private static boolean isOfImages(Candidate node, ReduceSum sum) {
      var shape = node.operand(0).type().shape();
      return node.type().dtype() == DType.F32
          && LongReductions.isWorthSplitting(sum.axes(), shape)
          && sum.axes().equals(IntStream.range(0, shape.rank() - 1).boxed().toList())
          && shape.without(List.of(0)).isConstant();
    }

    private static Value split(Candidate node, Means.Mean mean) {
      var shape = mean.x().type().shape();
      var overPixels = new ReduceSum(IntStream.range(1, shape.rank() - 1).boxed().toList());
      double pixels = shape.without(List.of(0, shape.rank() - 1)).elements().value();
      var sums = node.add(overPixels, mean.x()); // [batch, columns]
      var means = times(node, sums, 1 / pixels);
      var repeated = node.add(new Broadcast(shape, List.of(0, shape.rank() - 1)), means);
      var deviation = node.add(new Sub(), mean.x(), repeated);
      var within = node.add(overPixels, node.add(new Mul(), deviation, deviation));
      var whole = node.add(new Broadcast(means.type().shape(), List.of(1)), row(node, mean.value()));
      var between = node.add(new Sub(), means, whole);
      var weighted = times(node, node.add(new Mul(), between, between), pixels);
      return node.add(new ReduceSum(List.of(0)), node.add(new Add(), within, weighted));
    }

    private static Value times(Candidate node, Value value, double number) {
      return node.add(new Mul(), value, node.add(new Constant(value.type(), number)));
    }

    /** The mean as [columns]. */
    private static Value row(Candidate node, Value mean) {
      var shape = new Shape(List.of(mean.type().shape().dim(-1)));
      return mean.type().shape().equals(shape) ? mean : node.add(new Reshape(shape), mean);
    }
  }
}
