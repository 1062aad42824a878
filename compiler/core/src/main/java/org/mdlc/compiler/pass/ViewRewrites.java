package org.mdlc.compiler.pass;

import static java.util.Optional.empty;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Concat;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.Pad;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Slice;
import org.mdlc.compiler.op.Transpose;
import org.mdlc.compiler.op.View;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/** Rewrites of views: several become one, or go into the operation that reads them. */
final class ViewRewrites {
  private ViewRewrites() {}

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
