package org.mdlc.compiler.type;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The dimensions of a tensor, outermost first. Rank 0 is a scalar. Memory order is row-major. */
public record Shape(List<Dim> dims) {
  public static final Shape SCALAR = new Shape(List.of());

  public Shape {
    dims = List.copyOf(dims);
  }

  public static Shape of(long... sizes) {
    return new Shape(Arrays.stream(sizes).mapToObj(Dim::of).toList());
  }

  public static Shape of(Dim... dims) {
    return new Shape(List.of(dims));
  }

  public int rank() {
    return dims.size();
  }

  /** The dimension at an axis; negative axes count from the end. */
  public Dim dim(int axis) {
    return dims.get(axis < 0 ? axis + rank() : axis);
  }

  /** How many elements there are. */
  public Dim elements() {
    return dims.stream().reduce(Dim.ONE, Dim::times);
  }

  public boolean isConstant() {
    return dims.stream().allMatch(Dim::isConstant);
  }

  /** Sizes as numbers; all dimensions must be constant. */
  public long[] sizes() {
    return dims.stream().mapToLong(Dim::value).toArray();
  }

  public Shape bind(Map<String, Long> values) {
    return new Shape(dims.stream().map(d -> d.bind(values)).toList());
  }

  /** This shape with the dimension at {@code axis} replaced. */
  public Shape with(int axis, Dim dim) {
    var copy = new ArrayList<>(dims);
    copy.set(axis < 0 ? axis + rank() : axis, dim);
    return new Shape(copy);
  }

  /** This shape without the given axes. */
  public Shape without(List<Integer> axes) {
    var copy = new ArrayList<Dim>();
    for (int i = 0; i < rank(); i++) {
      if (!axes.contains(i)) {
        copy.add(dims.get(i));
      }
    }
    return new Shape(copy);
  }

  /** The dimensions in another order. */
  public Shape permuted(List<Integer> order) {
    return new Shape(order.stream().map(dims::get).toList());
  }

  /** Row-major strides in elements. */
  public List<Dim> strides() {
    var strides = new ArrayList<Dim>();
    var stride = Dim.ONE;
    for (int i = rank() - 1; i >= 0; i--) {
      strides.add(0, stride);
      stride = stride.times(dims.get(i));
    }
    return List.copyOf(strides);
  }

  /** {@code [batch, 28, 28, 1]}. */
  @Override
  public String toString() {
    return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
