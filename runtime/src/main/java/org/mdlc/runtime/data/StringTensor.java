package org.mdlc.runtime.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Strings on the Java heap with a shape, in row-major order: texts and categories before a layer of
 * {@code org.mdlc.runtime.preprocessing} turns them into numbers. Immutable.
 */
public final class StringTensor {
  private final int[] shape;
  private final String[] values;

  private StringTensor(String[] values, int[] shape) {
    this.shape = shape;
    this.values = values;
    for (int i = 0; i < values.length; i++) {
      Objects.requireNonNull(values[i], "a tensor of strings holds no null");
    }
    if (HostTensor.elementCount(shape) != values.length) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " does not hold " + values.length + " strings");
    }
  }

  /** One string per row, shape [rows]. */
  public static StringTensor of(String... values) {
    return new StringTensor(values.clone(), new int[] {values.length});
  }

  /** One string per row, shape [rows]. */
  public static StringTensor of(List<String> values) {
    return new StringTensor(values.toArray(String[]::new), new int[] {values.size()});
  }

  /**
   * Strings of any shape.
   *
   * @throws IllegalArgumentException if the product of {@code shape} is not the number of strings
   */
  public static StringTensor of(List<String> values, int... shape) {
    return new StringTensor(values.toArray(String[]::new), shape.clone());
  }

  /** A matrix copied from rows of equal length, shape [rows, columns]. */
  public static StringTensor of(String[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    for (int row = 0; row < rows.length; row++) {
      if (rows[row].length != columns) {
        throw new IllegalArgumentException(
            "row " + row + " has " + rows[row].length + " strings, row 0 has " + columns);
      }
    }
    String[] values = Arrays.stream(rows).flatMap(Arrays::stream).toArray(String[]::new);
    return new StringTensor(values, new int[] {rows.length, columns});
  }

  /** A copy of the sizes of the axes. */
  public int[] shape() {
    return shape.clone();
  }

  /** Number of axes. */
  public int rank() {
    return shape.length;
  }

  /** Size of one axis. */
  public int dim(int axis) {
    return shape[axis];
  }

  /** Number of strings. */
  public int size() {
    return values.length;
  }

  /** Size of the first axis, along which a data set is split into rows. */
  public int rows() {
    if (shape.length == 0) {
      throw new IllegalStateException("a scalar has no rows");
    }
    return shape[0];
  }

  /** Sizes of all axes but the first. */
  public List<Integer> rowShape() {
    return IntStream.of(shape).skip(1).boxed().toList();
  }

  /** Strings in one row: the product of {@link #rowShape}. */
  public int rowSize() {
    return Math.toIntExact(
        HostTensor.elementCount(Arrays.copyOfRange(shape, 1, Math.max(1, shape.length))));
  }

  /** String {@code index} in row-major order. */
  public String get(int index) {
    return values[index];
  }

  /** All strings in row-major order. */
  public List<String> toList() {
    return List.of(values);
  }

  /** The same strings under another shape of the same size. */
  public StringTensor reshape(int... newShape) {
    return new StringTensor(values, newShape.clone());
  }

  /** A tensor of the same shape with every string replaced. */
  public StringTensor map(UnaryOperator<String> function) {
    return new StringTensor(Arrays.stream(values).map(function).toArray(String[]::new), shape);
  }

  /** A copy of the rows {@code from} (inclusive) to {@code to} (exclusive). */
  public StringTensor slice(int from, int to) {
    return take(IntStream.range(from, to).toArray());
  }

  /** A copy of the given rows, in the given order. */
  public StringTensor take(int... rowIndices) {
    int width = rowSize();
    String[] taken = new String[rowIndices.length * width];
    for (int i = 0; i < rowIndices.length; i++) {
      System.arraycopy(values, rowIndices[i] * width, taken, i * width, width);
    }
    int[] newShape = shape.clone();
    newShape[0] = rowIndices.length;
    return new StringTensor(taken, newShape);
  }

  /** True if shape and strings agree. */
  @Override
  public boolean equals(Object other) {
    return other instanceof StringTensor that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  /** The shape, such as {@code str[128, 1]}. */
  @Override
  public String toString() {
    return "str" + Arrays.toString(shape);
  }
}
