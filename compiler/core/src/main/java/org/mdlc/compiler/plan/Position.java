package org.mdlc.compiler.plan;

import java.util.List;
import org.mdlc.compiler.type.Shape;

/**
 * Which element of a tensor: along each axis, or counted row-major. Two ways, so that a reshape
 * changes nothing as long as nobody looks at axes.
 */
sealed interface Position {
  record Axes(List<IndexExpr> along) implements Position {
    public Axes {
      along = List.copyOf(along);
    }
  }

  record Linear(IndexExpr element) implements Position {}

  /** Row-major element number in a tensor of that shape. */
  default IndexExpr linear(Shape shape) {
    return switch (this) {
      case Axes axes -> IndexBounds.linear(axes.along(), shape);
      case Linear linear -> linear.element();
    };
  }

  /** Position along each axis of a tensor of that shape. */
  default List<IndexExpr> axes(Shape shape, IndexBounds bounds) {
    return switch (this) {
      case Axes axes -> axes.along();
      case Linear linear -> bounds.split(linear.element(), shape);
    };
  }
}
