package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * The loops of a fused kernel before axes are merged: outer axes first, then the axes that
 * reductions take away. Axes of size one have no loop.
 *
 * @param inner empty for element-wise kernels
 * @param ordered the inner axes come after the outer ones in memory, so that whole elements can be
 *     written too
 */
record Space(List<Dim> outer, List<Dim> inner, boolean ordered, Lanes lanes) {
  Space {
    outer = List.copyOf(outer);
    inner = List.copyOf(inner);
  }

  /** A loop over all elements. */
  static Space elements(Shape shape) {
    return new Space(large(shape), List.of(), true, Lanes.OUTER);
  }

  /** The loops of a reduction over the given axes of a shape. */
  static Space reduction(Shape shape, List<Integer> axes) {
    var outer = new ArrayList<Dim>();
    var inner = new ArrayList<Dim>();
    boolean ordered = true;
    boolean lastIsInner = false;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis).is(1)) {
        continue;
      }
      lastIsInner = axes.contains(axis);
      ordered &= lastIsInner || inner.isEmpty();
      (lastIsInner ? inner : outer).add(shape.dim(axis));
    }
    return new Space(outer, inner, ordered, lastIsInner ? Lanes.STAGE : Lanes.OUTER);
  }

  static List<Dim> large(Shape shape) {
    return shape.dims().stream().filter(d -> !d.is(1)).toList();
  }

  boolean isElementwise() {
    return inner.isEmpty();
  }

  List<Dim> axes() {
    var all = new ArrayList<>(outer);
    all.addAll(inner);
    return all;
  }

  IndexBounds bounds() {
    return new IndexBounds(axes());
  }

  /** True when a value of this shape has one element per outer point. */
  boolean isOuter(Shape shape) {
    return large(shape).equals(outer);
  }

  /** True when a value of this shape has one element per inner point. */
  boolean isInner(Shape shape) {
    return !isElementwise() && ordered && large(shape).equals(axes());
  }

  /** One kernel for the work of both, if there is one. */
  Optional<Space> joined(Space other) {
    if (equals(other)) {
      return Optional.of(this);
    }
    if (isElementwise() && !other.isElementwise()) {
      return other.joined(this);
    }
    if (isElementwise() || !other.isElementwise()) {
      return Optional.empty();
    }
    boolean perRow = other.outer.equals(outer);
    // one row only: a single loop would have to do all the writing, where two kernels can spread it
    boolean perElement = ordered && !outer.isEmpty() && other.outer.equals(axes());
    return perRow || perElement ? Optional.of(this) : Optional.empty();
  }

  /** The loop position as the position in a tensor whose large axes are the first loops. */
  Position at(Shape shape) {
    var along = new ArrayList<IndexExpr>();
    int axis = 0;
    for (var dim : shape.dims()) {
      along.add(dim.is(1) ? IndexExpr.ZERO : IndexExpr.axis(axis++));
    }
    return new Position.Axes(along);
  }

  /** The loop position as the position in the operand of a reduction over these axes. */
  Position atOperand(Shape shape, List<Integer> axes) {
    var along = new ArrayList<IndexExpr>();
    int outerAxis = 0;
    int innerAxis = outer.size();
    for (int axis = 0; axis < shape.rank(); axis++) {
      boolean one = shape.dim(axis).is(1);
      along.add(
          one ? IndexExpr.ZERO : IndexExpr.axis(axes.contains(axis) ? innerAxis++ : outerAxis++));
    }
    return new Position.Axes(along);
  }
}
