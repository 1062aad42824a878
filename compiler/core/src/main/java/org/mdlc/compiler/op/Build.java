package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Short names for adding common nodes, so that gradient rules and rewrites read like formulas.
 * Nodes that would change nothing are not added.
 */
public final class Build {
  private Build() {}

  // Element by element

  public static Value add(GraphBuilder b, Value x, Value y) {
    return b.add(new Add(), x, y);
  }

  public static Value sub(GraphBuilder b, Value x, Value y) {
    return b.add(new Sub(), x, y);
  }

  public static Value mul(GraphBuilder b, Value x, Value y) {
    return b.add(new Mul(), x, y);
  }

  public static Value div(GraphBuilder b, Value x, Value y) {
    return b.add(new Div(), x, y);
  }

  public static Value neg(GraphBuilder b, Value x) {
    return b.add(new Neg(), x);
  }

  public static Value eq(GraphBuilder b, Value x, Value y) {
    return b.add(new Eq(), x, y);
  }

  public static Value and(GraphBuilder b, Value x, Value y) {
    return b.add(new And(), x, y);
  }

  public static Value select(GraphBuilder b, Value condition, Value whenTrue, Value whenFalse) {
    return b.add(new Select(), condition, whenTrue, whenFalse);
  }

  public static Value cast(GraphBuilder b, Value x, DType dtype) {
    return x.type().dtype() == dtype ? x : b.add(new Cast(dtype), x);
  }

  // Sources

  public static Value constant(GraphBuilder b, DType dtype, Shape shape, double value) {
    return b.add(new Constant(new TensorType(dtype, shape), value));
  }

  /** A fill with the type and shape of {@code x}. */
  public static Value like(GraphBuilder b, Value x, double value) {
    return like(b, x, x.type().dtype(), value);
  }

  /** A fill with the shape of {@code x}. */
  public static Value like(GraphBuilder b, Value x, DType dtype, double value) {
    return constant(b, dtype, x.type().shape(), value);
  }

  /** The number {@code dim} as an i32 scalar; named dimensions need not be known yet. */
  public static Value size(GraphBuilder b, Dim dim) {
    return dim.isConstant()
        ? constant(b, DType.I32, Shape.SCALAR, (double) dim.value())
        : sum(b, constant(b, DType.I32, Shape.of(dim), 1), List.of(0));
  }

  // Views

  public static Value reshape(GraphBuilder b, Value x, Shape shape) {
    return x.type().shape().equals(shape) ? x : b.add(new Reshape(shape), x);
  }

  /**
   * Repeats {@code x} to a shape.
   *
   * @param axes where each axis of {@code x} goes
   */
  public static Value broadcast(GraphBuilder b, Value x, Shape shape, List<Integer> axes) {
    return x.type().shape().equals(shape) ? x : b.add(new Broadcast(shape, axes), x);
  }

  /** Repeats {@code x} to a shape of at least its rank, axes aligned on the right as in numpy. */
  public static Value broadcastTo(GraphBuilder b, Value x, Shape shape) {
    int shift = shape.rank() - x.type().rank();
    return broadcast(b, x, shape, IntStream.range(shift, shape.rank()).boxed().toList());
  }

  /** Puts back, by repetition, the axes that a reduction of a tensor of this shape took away. */
  public static Value unreduce(GraphBuilder b, Value x, Shape shape, List<Integer> axes) {
    return broadcast(b, x, shape, others(shape.rank(), axes));
  }

  public static Value transpose(GraphBuilder b, Value x, List<Integer> order) {
    return order.equals(upTo(order.size())) ? x : b.add(new Transpose(order), x);
  }

  /** Exchanges the last two axes. */
  public static Value transposeMatrix(GraphBuilder b, Value x) {
    var order = new ArrayList<>(upTo(x.type().rank()));
    Collections.swap(order, order.size() - 2, order.size() - 1);
    return transpose(b, x, order);
  }

  /** The part of {@code x} from {@code start} up to {@code limit} along one axis. */
  public static Value slice(GraphBuilder b, Value x, int axis, Dim start, Dim limit) {
    var shape = x.type().shape();
    if (start.is(0) && limit.equals(shape.dim(axis))) {
      return x;
    }
    var starts = new ArrayList<>(Collections.nCopies(shape.rank(), Dim.ZERO));
    var limits = new ArrayList<>(shape.dims());
    starts.set(axis, start);
    limits.set(axis, limit);
    return b.add(new Slice(starts, limits, Collections.nCopies(shape.rank(), 1)), x);
  }

  /** Zeros (or another number) before and after, per axis. */
  public static Value pad(GraphBuilder b, Value x, List<Dim> low, List<Dim> high, double value) {
    boolean none = low.stream().allMatch(d -> d.is(0)) && high.stream().allMatch(d -> d.is(0));
    return none ? x : b.add(new Pad(low, high, value), x);
  }

  public static Value concat(GraphBuilder b, int axis, List<Value> parts) {
    return parts.size() == 1 ? parts.get(0) : b.add(new Concat(axis), parts);
  }

  // Reductions and contractions

  public static Value sum(GraphBuilder b, Value x, List<Integer> axes) {
    return axes.isEmpty() ? x : b.add(new ReduceSum(axes), x);
  }

  public static Value sum(GraphBuilder b, Value x, Integer... axes) {
    return sum(b, x, Arrays.asList(axes));
  }

  public static Value max(GraphBuilder b, Value x, List<Integer> axes) {
    return axes.isEmpty() ? x : b.add(new ReduceMax(axes), x);
  }

  public static Value matMul(
      GraphBuilder b, Value x, Value y, boolean transposeX, boolean transposeY) {
    return b.add(new MatMul(transposeX, transposeY), x, y);
  }

  // Parts of gradient rules

  /**
   * Hands the gradient of a maximum or minimum over axes to the elements that reach it, evenly
   * among equals.
   */
  static Value toExtremes(
      GraphBuilder b, Value x, Value extreme, Value gradient, List<Integer> axes) {
    var shape = x.type().shape();
    var reaches = eq(b, x, unreduce(b, extreme, shape, axes));
    var count = sum(b, cast(b, reaches, gradient.type().dtype()), axes);
    var share = unreduce(b, div(b, gradient, count), shape, axes);
    return select(b, reaches, share, like(b, x, 0));
  }

  /**
   * Zeros of a shape with {@code updates} added where {@code indices} of the last axis say: {@code
   * [.., k]} into {@code [.., n]}.
   */
  static Value scatterLast(GraphBuilder b, Value indices, Value updates, Shape shape) {
    var n = shape.dim(-1);
    var rows = new Shape(shape.dims().subList(0, shape.rank() - 1)).elements();
    var flat = Shape.of(rows.times(n));
    var k = indices.type().shape().dim(-1);
    // position of each row's first element: the first column of 0, 1, 2, .. written as rows
    var numbers = reshape(b, b.add(new Iota(flat, 0)), Shape.of(rows, n));
    var firsts =
        broadcast(b, slice(b, numbers, 1, Dim.ZERO, Dim.ONE), Shape.of(rows, k), List.of(0, 1));
    var positions =
        reshape(b, add(b, firsts, reshape(b, indices, Shape.of(rows, k))), Shape.of(rows.times(k)));
    var sums =
        b.add(new ScatterAdd(0, flat), positions, reshape(b, updates, Shape.of(rows.times(k))));
    return reshape(b, sums, shape);
  }

  // Axis lists

  /** {@code [0, 1, .., count - 1]}. */
  public static List<Integer> upTo(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /** The axes of a rank that are not among the given ones, ascending. */
  public static List<Integer> others(int rank, List<Integer> axes) {
    return IntStream.range(0, rank).boxed().filter(a -> !axes.contains(a)).toList();
  }
}
