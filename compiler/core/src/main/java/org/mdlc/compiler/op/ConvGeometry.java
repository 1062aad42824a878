package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * How a kernel moves over an input. One entry per spatial axis.
 *
 * @param strides steps between windows
 * @param padLow zeros before the input
 * @param padHigh zeros after the input
 * @param dilation distance between neighbouring kernel cells
 * @param groups channels are cut into this many parts, each with its own kernels
 */
public record ConvGeometry(
    List<Integer> strides,
    List<Integer> padLow,
    List<Integer> padHigh,
    List<Integer> dilation,
    int groups) {
  public ConvGeometry {
    strides = List.copyOf(strides);
    padLow = List.copyOf(padLow);
    padHigh = List.copyOf(padHigh);
    dilation = List.copyOf(dilation);
  }

  /** How many spatial axes. */
  public int spatialRank() {
    return strides.size();
  }

  /** Length of the result along a spatial axis. */
  public Dim outputSize(int axis, Dim input, Dim kernel) {
    var span = kernel.plus(-1).times(dilation.get(axis)).plus(1);
    return input
        .plus(padLow.get(axis) + padHigh.get(axis))
        .minus(span)
        .floorDiv(strides.get(axis))
        .plus(1);
  }

  /**
   * Shape of the convolution of {@code x [n, spatial.., cin]} with {@code kernel [k.., cin/groups,
   * cout]}.
   *
   * @throws ShapeError when they do not fit
   */
  Shape output(Op op, Shape x, Shape kernel) {
    int rank = spatialRank() + 2;
    if (x.rank() != rank) {
      throw new ShapeError(
          op.name()
              + " over "
              + spatialRank()
              + " axes needs [batch, spatial.., channels], not "
              + x,
          0);
    }
    if (kernel.rank() != rank) {
      throw new ShapeError(
          op.name()
              + " over "
              + spatialRank()
              + " axes needs a kernel [size.., in, out], not "
              + kernel,
          1);
    }
    if (padLow.size() != rank - 2
        || padHigh.size() != rank - 2
        || dilation.size() != rank - 2
        || groups < 1) {
      throw new ShapeError(op.name() + " has a geometry for other axes: " + this);
    }
    if (!x.dim(-1).equals(kernel.dim(-2).times(groups))) {
      throw new ShapeError(
          op.name()
              + " input has "
              + x.dim(-1)
              + " channels, its kernel takes "
              + kernel.dim(-2)
              + (groups > 1 ? " in each of " + groups + " groups" : ""),
          1);
    }
    if (kernel.dim(-1).isConstant() && kernel.dim(-1).value() % groups != 0) {
      throw new ShapeError(
          op.name()
              + " cannot cut "
              + kernel.dim(-1)
              + " output channels into "
              + groups
              + " groups",
          1);
    }
    var dims = new ArrayList<Dim>();
    dims.add(x.dim(0));
    for (int axis = 0; axis < spatialRank(); axis++) {
      var size = outputSize(axis, x.dim(axis + 1), kernel.dim(axis));
      if (size.isConstant() && size.value() < 1) {
        throw new ShapeError(
            op.name()
                + " window of "
                + kernel.dim(axis)
                + " does not fit into "
                + x.dim(axis + 1)
                + " of "
                + x,
            0);
      }
      dims.add(size);
    }
    dims.add(kernel.dim(-1));
    return new Shape(dims);
  }

  /** A cell of a window that lies in the input, for one group of channels. */
  interface Tap {
    /**
     * @param x position of the group's first channel in the input
     * @param cell which cell of the kernel
     * @param y position of the group's first channel in the result
     */
    void at(int x, int cell, int group, int y);
  }

  /** Visits every tap of a convolution. */
  void visit(int[] x, int[] kernel, int[] y, Tap tap) {
    int spatial = spatialRank();
    var strideX = Indices.strides(x);
    int inPerGroup = kernel[spatial];
    int outPerGroup = kernel[spatial + 1] / groups;
    var cells = Arrays.copyOf(kernel, spatial);
    for (var out = new Indices(Arrays.copyOf(y, spatial + 1)); out.more(); out.next()) {
      for (var cell = new Indices(cells); cell.more(); cell.next()) {
        int from = out.index(0) * strideX[0];
        boolean inside = true;
        for (int axis = 0; axis < spatial; axis++) {
          int at =
              out.index(axis + 1) * strides.get(axis)
                  - padLow.get(axis)
                  + cell.index(axis) * dilation.get(axis);
          inside &= at >= 0 && at < x[axis + 1];
          from += at * strideX[axis + 1];
        }
        for (int group = 0; inside && group < groups; group++) {
          tap.at(
              from + group * inPerGroup,
              cell.position(),
              group,
              (out.position() * groups + group) * outPerGroup);
        }
      }
    }
  }

  /**
   * A row times a matrix: {@code to[at + j] += row[first + i] * matrix[start + i * stride + j]} for
   * {@code i < rows}, in this order, and {@code j < columns}.
   */
  static void addProduct(
      double[] to,
      int at,
      double[] row,
      int first,
      double[] matrix,
      int start,
      int stride,
      int rows,
      int columns) {
    int i = 0;
    for (; i + 4 <= rows; i += 4) { // four at a time: a quarter of the traffic to `to`
      double a = row[first + i];
      double b = row[first + i + 1];
      double c = row[first + i + 2];
      double d = row[first + i + 3];
      int m = start + i * stride;
      for (int j = 0; j < columns; j++) {
        double sum = to[at + j] + a * matrix[m + j];
        sum += b * matrix[m + stride + j];
        sum += c * matrix[m + 2 * stride + j];
        to[at + j] = sum + d * matrix[m + 3 * stride + j];
      }
    }
    for (; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        to[at + j] += row[first + i] * matrix[start + i * stride + j];
      }
    }
  }

  /** Cost of a convolution or of either gradient: two flops per multiply-add. */
  Cost cost(Shape y, Shape kernel, List<TensorType> operands, List<TensorType> results) {
    var perOutput = new Shape(kernel.dims().subList(0, kernel.rank() - 1)).elements();
    return Cost.of(y.elements().times(perOutput).times(2), operands, results);
  }

  /**
   * Geometries, inputs and kernels on which the three convolutions are tested: the input shape,
   * then the kernel shape.
   */
  static List<Example> examples() {
    return List.of(
        new Example(
            new ConvGeometry(List.of(1), List.of(0), List.of(0), List.of(1), 1),
            Shape.of(2, 13, 3),
            Shape.of(3, 3, 5)),
        new Example(
            new ConvGeometry(List.of(2), List.of(4), List.of(0), List.of(2), 1),
            Shape.of(1, 7, 2),
            Shape.of(3, 2, 3)),
        new Example(
            new ConvGeometry(List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1),
            Shape.of(2, 5, 7, 3),
            Shape.of(3, 3, 3, 2)),
        new Example(
            new ConvGeometry(List.of(2, 3), List.of(0, 1), List.of(1, 1), List.of(1, 1), 2),
            Shape.of(2, 5, 7, 4),
            Shape.of(2, 3, 2, 6)),
        new Example(
            new ConvGeometry(List.of(1, 1), List.of(0, 0), List.of(0, 0), List.of(1, 2), 3),
            Shape.of(1, 4, 5, 3),
            Shape.of(2, 2, 1, 3)),
        new Example(
            new ConvGeometry(
                List.of(1, 2, 1), List.of(1, 0, 0), List.of(0, 0, 1), List.of(1, 1, 1), 1),
            Shape.of(1, 3, 4, 3, 2),
            Shape.of(2, 2, 2, 2, 3)));
  }

  record Example(ConvGeometry geometry, Shape x, Shape kernel) {
    Shape y() {
      return geometry.output(new Convolution(geometry), x, kernel);
    }
  }
}
