package org.mdlc.compiler.pass;

import static java.util.Optional.empty;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Div;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Sub;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/** Tells means, and deviations from them, by how they are computed. */
final class Means {
  private Means() {}

  /**
   * A mean of x over some axes.
   *
   * @param value one number for each element along the other axes
   */
  record Mean(Value x, List<Integer> axes, Value value) {}

  /** The mean that is taken from every element it is of: {@code sub(x, broadcast(mean(x)))}. */
  static Optional<Mean> ofDeviation(Candidate node, Value deviation) {
    if (node.made(deviation, Sub.class).isEmpty()) {
      return empty();
    }
    var x = node.source(deviation, 0);
    var repeated = node.source(deviation, 1);
    var broadcast = node.made(repeated, Broadcast.class);
    if (broadcast.isEmpty()) {
      return empty();
    }
    var small = node.source(repeated, 0);
    return mean(node, withoutReshapes(node, small))
        .filter(m -> m.x().equals(x))
        .filter(m -> varying(broadcast.get(), small).equals(kept(x.type().shape(), m.axes())));
  }

  /** {@code reduce_sum(x) / count}, or times what is exactly {@code 1 / count}. */
  private static Optional<Mean> mean(Candidate node, Value value) {
    boolean quotient = node.made(value, Div.class).isPresent();
    if (!quotient && node.made(value, Mul.class).isEmpty()) {
      return empty();
    }
    var sum = withoutReshapes(node, node.source(value, 0));
    if (node.made(sum, ReduceSum.class).isEmpty()) {
      return empty();
    }
    var axes = axes(node, sum);
    var x = summed(node, sum);
    var count = Dim.ONE;
    for (int axis : axes) {
      count = count.times(x.type().shape().dim(axis));
    }
    var by = node.source(value, 1);
    boolean fits =
        quotient
            ? isCount(node, by, count)
            : count.isConstant() && node.isFill(by, 1.0 / count.value()) && isPowerOfTwo(count);
    return fits ? Optional.of(new Mean(x, axes, value)) : empty();
  }

  private static boolean isPowerOfTwo(Dim count) {
    return Long.bitCount(count.value()) == 1;
  }

  /** What a sum, of a sum perhaps, is of. */
  private static Value summed(Candidate node, Value sum) {
    var inner = node.source(sum, 0);
    return node.made(inner, ReduceSum.class).isPresent() ? summed(node, inner) : inner;
  }

  /** All axes of {@link #summed} that are summed over. */
  private static List<Integer> axes(Candidate node, Value sum) {
    var outer = node.made(sum, ReduceSum.class).orElseThrow().axes();
    var inner = node.source(sum, 0);
    if (node.made(inner, ReduceSum.class).isEmpty()) {
      return outer.stream().sorted().toList();
    }
    var first = axes(node, inner);
    var left = new ArrayList<Integer>();
    for (int axis = 0; axis < summed(node, inner).type().rank(); axis++) {
      if (!first.contains(axis)) {
        left.add(axis);
      }
    }
    var all = new ArrayList<>(first);
    outer.forEach(axis -> all.add(left.get(axis)));
    Collections.sort(all);
    return all;
  }

  /** True for a number, or a value that is it everywhere, that counts so many elements. */
  private static boolean isCount(Candidate node, Value value, Dim count) {
    var number = withoutReshapes(node, value);
    if (node.made(number, Broadcast.class).isPresent()) {
      return isCount(node, node.source(number, 0), count);
    }
    if (node.fill(number).isPresent()) {
      return count.isConstant() && node.isFill(number, count.value());
    }
    if (node.made(number, ReduceSum.class).isPresent()) {
      var ones = node.source(number, 0);
      return number.type().rank() == 0
          && node.isFill(ones, 1)
          && ones.type().shape().elements().equals(count);
    }
    return node.made(number, Mul.class).isPresent()
        && (isProduct(node, node.source(number, 0), node.source(number, 1), count)
            || isProduct(node, node.source(number, 1), node.source(number, 0), count));
  }

  private static boolean isProduct(Candidate node, Value known, Value rest, Dim count) {
    double factor = node.fill(known).orElse(0);
    return factor >= 1
        && factor == Math.rint(factor)
        && count.dividedBy(Dim.of((long) factor)).filter(c -> isCount(node, rest, c)).isPresent();
  }

  private static Value withoutReshapes(Candidate node, Value value) {
    return node.made(value, Reshape.class).isPresent()
        ? withoutReshapes(node, node.source(value, 0))
        : value;
  }

  /** The axes of a broadcast's result along which it differs. */
  static List<Integer> varying(Broadcast broadcast, Value source) {
    var axes = new ArrayList<Integer>();
    for (int i = 0; i < broadcast.axes().size(); i++) {
      if (!source.type().shape().dim(i).is(1)) {
        axes.add(broadcast.axes().get(i));
      }
    }
    return axes;
  }

  /** The other axes, without those of size one. */
  private static List<Integer> kept(Shape shape, List<Integer> axes) {
    var kept = new ArrayList<Integer>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (!axes.contains(axis) && !shape.dim(axis).is(1)) {
        kept.add(axis);
      }
    }
    return kept;
  }
}
