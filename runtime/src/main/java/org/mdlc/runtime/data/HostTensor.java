package org.mdlc.runtime.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * An array on the Java heap with a shape: the form in which data enters and predictions leave a
 * model. Elements are in row-major order (the last axis varies fastest). What Keras calls a NumPy
 * array.
 *
 * <p>The element array is shared, not copied, by {@link #of(float[], int...)} and {@link #floats}.
 */
public final class HostTensor {
  private final DType dtype;
  private final int[] shape;
  private final float[] floats;
  private final int[] ints;

  private HostTensor(DType dtype, int[] shape, float[] floats, int[] ints) {
    this.dtype = dtype;
    this.shape = shape.clone();
    this.floats = floats;
    this.ints = ints;
    long expected = elementCount(shape);
    int actual = dtype == DType.F32 ? floats.length : ints.length;
    if (expected != actual) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " has "
              + expected
              + " elements, the array "
              + actual);
    }
  }

  /**
   * A float tensor over {@code data} itself.
   *
   * @param shape the sizes of the axes; none for a scalar
   * @throws IllegalArgumentException if the product of {@code shape} is not the array's length
   */
  public static HostTensor of(float[] data, int... shape) {
    return new HostTensor(DType.F32, shape, data, new int[0]);
  }

  /**
   * An integer tensor over {@code data} itself.
   *
   * @param shape the sizes of the axes; none for a scalar
   * @throws IllegalArgumentException if the product of {@code shape} is not the array's length
   */
  public static HostTensor of(int[] data, int... shape) {
    return new HostTensor(DType.I32, shape, new float[0], data);
  }

  /** A matrix copied from rows of equal length, shape [rows, columns]. */
  public static HostTensor of(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    float[] data = new float[Math.multiplyExact(rows.length, columns)];
    for (int row = 0; row < rows.length; row++) {
      if (rows[row].length != columns) {
        throw new IllegalArgumentException(
            "row " + row + " has " + rows[row].length + " values, row 0 has " + columns);
      }
      System.arraycopy(rows[row], 0, data, row * columns, columns);
    }
    return of(data, rows.length, columns);
  }

  /** A tensor of zeros. */
  public static HostTensor zeros(DType dtype, int... shape) {
    int count = Math.toIntExact(elementCount(shape));
    return dtype == DType.F32 ? of(new float[count], shape) : of(new int[count], shape);
  }

  /**
   * The product of the sizes.
   *
   * @throws IllegalArgumentException if a size is negative or the product overflows
   */
  public static long elementCount(int... shape) {
    long count = 1;
    for (int size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
      }
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  /** The type of the elements. */
  public DType dtype() {
    return dtype;
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

  /** Number of elements. */
  public int size() {
    return dtype == DType.F32 ? floats.length : ints.length;
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

  /** Whether the rows of both have the same shape. */
  boolean hasRowsOf(HostTensor other) {
    return Arrays.equals(
        shape,
        Math.min(1, shape.length),
        shape.length,
        other.shape,
        Math.min(1, other.shape.length),
        other.shape.length);
  }

  /** Elements in one row: the product of {@link #rowShape}. */
  public int rowSize() {
    return Math.toIntExact(elementCount(Arrays.copyOfRange(shape, 1, Math.max(1, shape.length))));
  }

  /** The elements themselves, not a copy; only for {@link DType#F32}. */
  public float[] floats() {
    require(DType.F32);
    return floats;
  }

  /** The elements themselves, not a copy; only for {@link DType#I32}. */
  public int[] ints() {
    require(DType.I32);
    return ints;
  }

  /** Element {@code index} in row-major order, whatever the type. */
  public double get(int index) {
    return dtype == DType.F32 ? floats[index] : ints[index];
  }

  /** The same elements under another shape of the same size. */
  public HostTensor reshape(int... newShape) {
    return new HostTensor(dtype, newShape, floats, ints);
  }

  /** This tensor if it holds floats already, else a converted copy. */
  public HostTensor toFloats() {
    if (dtype == DType.F32) {
      return this;
    }
    float[] converted = new float[ints.length];
    for (int i = 0; i < converted.length; i++) {
      converted[i] = ints[i];
    }
    return of(converted, shape);
  }

  /**
   * This tensor if it holds integers already, else a converted copy.
   *
   * @throws DataException at the first element that is not a 32-bit integer
   */
  public HostTensor toInts() {
    if (dtype == DType.I32) {
      return this;
    }
    int[] converted = new int[floats.length];
    for (int i = 0; i < converted.length; i++) {
      converted[i] = (int) floats[i];
      if (converted[i] != (double) floats[i]) {
        throw new DataException(
            "expected integers, found " + floats[i] + " at element " + i + " of " + this);
      }
    }
    return of(converted, shape);
  }

  /** The same elements with every row in another shape of the same size. */
  public HostTensor reshapeRows(int... newRowShape) {
    int[] newShape = new int[newRowShape.length + 1];
    newShape[0] = rows();
    System.arraycopy(newRowShape, 0, newShape, 1, newRowShape.length);
    return reshape(newShape);
  }

  /** Every element plus a number, as floats. */
  public HostTensor plus(double number) {
    float term = (float) number;
    return map(x -> x + term);
  }

  /** Every element minus a number, as floats. */
  public HostTensor minus(double number) {
    float term = (float) number;
    return map(x -> x - term);
  }

  /** Every element times a number, as floats. */
  public HostTensor times(double number) {
    float factor = (float) number;
    return map(x -> x * factor);
  }

  /** Every element divided by a number, as floats. */
  public HostTensor dividedBy(double number) {
    float divisor = (float) number;
    return map(x -> x / divisor);
  }

  /** A copy of the rows {@code from} (inclusive) to {@code to} (exclusive). */
  public HostTensor slice(int from, int to) {
    int width = rowSize();
    int[] newShape = shape.clone();
    newShape[0] = to - from;
    return dtype == DType.F32
        ? of(Arrays.copyOfRange(floats, from * width, to * width), newShape)
        : of(Arrays.copyOfRange(ints, from * width, to * width), newShape);
  }

  /** A copy of the given rows, in the given order. */
  public HostTensor take(int... rowIndices) {
    int width = rowSize();
    int[] newShape = shape.clone();
    newShape[0] = rowIndices.length;
    HostTensor taken = zeros(dtype, newShape);
    for (int i = 0; i < rowIndices.length; i++) {
      if (dtype == DType.F32) {
        System.arraycopy(floats, rowIndices[i] * width, taken.floats, i * width, width);
      } else {
        System.arraycopy(ints, rowIndices[i] * width, taken.ints, i * width, width);
      }
    }
    return taken;
  }

  /** The elements of a matrix, one array per row; any further axes are flattened into the row. */
  public float[][] toMatrix() {
    HostTensor source = toFloats();
    int width = rowSize();
    float[][] matrix = new float[rows()][];
    for (int row = 0; row < matrix.length; row++) {
      matrix[row] = Arrays.copyOfRange(source.floats, row * width, (row + 1) * width);
    }
    return matrix;
  }

  /** True if type, shape and every bit of every element agree. */
  @Override
  public boolean equals(Object other) {
    return other instanceof HostTensor that
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(floats, that.floats)
        && Arrays.equals(ints, that.ints);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(floats) + Arrays.hashCode(ints);
  }

  /** Type and shape, such as {@code f32[128, 10]}. */
  @Override
  public String toString() {
    return dtype.name().toLowerCase(Locale.ROOT) + Arrays.toString(shape);
  }

  private HostTensor map(FloatOperator operator) {
    float[] source = toFloats().floats;
    float[] mapped = new float[source.length];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = operator.apply(source[i]);
    }
    return of(mapped, shape);
  }

  private void require(DType wanted) {
    if (dtype != wanted) {
      throw new IllegalStateException("the elements of " + this + " are not " + wanted);
    }
  }

  private interface FloatOperator {
    float apply(float x);
  }
}
