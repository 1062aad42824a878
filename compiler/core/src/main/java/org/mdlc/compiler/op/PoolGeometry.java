package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.List;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * How a window moves over an input. One entry per spatial axis. Padding is never part of a maximum
 * or a mean.
 *
 * @param window its sizes
 * @param strides steps between windows
 * @param padLow cells before the input
 * @param padHigh cells after the input
 */
public record PoolGeometry(
    List<Integer> window, List<Integer> strides, List<Integer> padLow, List<Integer> padHigh) {
  public PoolGeometry {
    window = List.copyOf(window);
    strides = List.copyOf(strides);
    padLow = List.copyOf(padLow);
    padHigh = List.copyOf(padHigh);
  }

  public int spatialRank() {
    return window.size();
  }

  /** Length of the result along a spatial axis. */
  public Dim outputSize(int axis, Dim input) {
    return input
        .plus(padLow.get(axis) + padHigh.get(axis) - window.get(axis))
        .floorDiv(strides.get(axis))
        .plus(1);
  }

  /**
   * Shape of the pooled {@code x [n, spatial.., c]}.
   *
   * @throws ShapeError when a window does not fit
   */
  Shape output(Op op, Shape x) {
    int spatial = spatialRank();
    if (x.rank() != spatial + 2) {
      throw new ShapeError(
          op.name() + " over " + spatial + " axes needs [batch, spatial.., channels], not " + x, 0);
    }
    if (strides.size() != spatial || padLow.size() != spatial || padHigh.size() != spatial) {
      throw new ShapeError(op.name() + " has a geometry for other axes: " + this);
    }
    var dims = new ArrayList<>(x.dims());
    for (int axis = 0; axis < spatial; axis++) {
      var size = outputSize(axis, x.dim(axis + 1));
      if (size.isConstant() && size.value() < 1) {
        throw new ShapeError(
            op.name()
                + " window of "
                + window.get(axis)
                + " does not fit into "
                + x.dim(axis + 1)
                + " of "
                + x,
            0);
      }
      dims.set(axis + 1, size);
    }
    return new Shape(dims);
  }

  /** One window. */
  interface Window {
    /**
     * @param cells positions of its cells that lie in the input, in memory order
     * @param y position of its result
     */
    void at(List<Integer> cells, int y);
  }

  /** Visits every window of every channel. */
  void visit(int[] x, int[] y, Window work) {
    int spatial = spatialRank();
    var strideX = Indices.strides(x);
    for (var out = new Indices(y); out.more(); out.next()) {
      var cells = new ArrayList<Integer>();
      for (var cell = new Indices(window.stream().mapToInt(i -> i).toArray());
          cell.more();
          cell.next()) {
        int from = out.index(0) * strideX[0] + out.index(spatial + 1);
        boolean inside = true;
        for (int axis = 0; axis < spatial; axis++) {
          int at = out.index(axis + 1) * strides.get(axis) - padLow.get(axis) + cell.index(axis);
          inside &= at >= 0 && at < x[axis + 1];
          from += at * strideX[axis + 1];
        }
        if (inside) {
          cells.add(from);
        }
      }
      work.at(cells, out.position());
    }
  }

  /** One flop per cell of each window. */
  Cost cost(Shape y, List<TensorType> operands, List<TensorType> results) {
    return Cost.of(
        y.elements().times(window.stream().mapToLong(i -> i).reduce(1, Math::multiplyExact)),
        operands,
        results);
  }

  record Example(PoolGeometry geometry, Shape x) {
    Shape y() {
      return geometry.output(new AveragePool(geometry), x);
    }
  }

  /**
   * Geometries and inputs on which pooling is tested: overlapping and gapped windows, padding, cut
   * edges.
   */
  static List<Example> examples() {
    return List.of(
        new Example(
            new PoolGeometry(List.of(2), List.of(2), List.of(0), List.of(0)), Shape.of(2, 13, 3)),
        new Example(
            new PoolGeometry(List.of(3), List.of(1), List.of(1), List.of(1)), Shape.of(1, 7, 1)),
        new Example(
            new PoolGeometry(List.of(2, 2), List.of(2, 2), List.of(0, 0), List.of(1, 1)),
            Shape.of(2, 5, 7, 3)),
        new Example(
            new PoolGeometry(List.of(3, 2), List.of(2, 3), List.of(1, 0), List.of(1, 0)),
            Shape.of(1, 7, 8, 2)),
        new Example(
            new PoolGeometry(
                List.of(2, 2, 2), List.of(1, 2, 1), List.of(0, 0, 1), List.of(0, 0, 0)),
            Shape.of(1, 3, 4, 3, 2)));
  }
}
