package org.mdlc.compiler.op;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * A dense tensor of the reference meaning. Whole numbers and truth values are held exactly as
 * doubles.
 *
 * @param sizes dimensions, outermost first
 * @param data row-major; not copied, and not to be changed
 */
@SuppressWarnings(
    "ArrayRecordComponent") // equality is by content, below; copies would cost the interpreter most
// of its time
public record Tensor64(DType dtype, int[] sizes, double[] data) {
  public Tensor64 {
    if (data.length != count(sizes)) {
      throw new IllegalArgumentException(
          data.length + " numbers for shape " + Arrays.toString(sizes));
    }
  }

  public static Tensor64 of(DType dtype, int[] sizes, IntToDoubleFunction element) {
    var data = new double[count(sizes)];
    Arrays.setAll(data, element);
    return new Tensor64(dtype, sizes, data);
  }

  public static Tensor64 scalar(DType dtype, double value) {
    return new Tensor64(dtype, new int[0], new double[] {value});
  }

  /** Sizes of a shape without open dimensions. */
  public static int[] sizes(Shape shape) {
    return Arrays.stream(shape.sizes()).mapToInt(Math::toIntExact).toArray();
  }

  public static int count(int... sizes) {
    int count = 1;
    for (int size : sizes) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  public int rank() {
    return sizes.length;
  }

  public int size(int axis) {
    return sizes[axis < 0 ? axis + sizes.length : axis];
  }

  public int count() {
    return data.length;
  }

  public double at(int index) {
    return data[index];
  }

  /** As a type holds it: a result of a narrow float type is rounded, here and nowhere else. */
  Tensor64 held(DType wanted) {
    if (wanted == dtype && !wanted.isNarrow()) {
      return this;
    }
    return of(wanted, sizes, i -> wanted.nearest(data[i]));
  }

  public TensorType type() {
    return new TensorType(dtype, Shape.of(Arrays.stream(sizes).asLongStream().toArray()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor64 t
        && dtype == t.dtype
        && Arrays.equals(sizes, t.sizes)
        && Arrays.equals(data, t.data);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(sizes) + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return type() + " " + Arrays.toString(data);
  }
}
