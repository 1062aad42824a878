package org.mdlc.runtime;

import java.lang.reflect.Array;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/** Between tensors and Java's arrays of arrays. */
final class NestedArrays {
  private NestedArrays() {}

  /**
   * One tensor of all rows.
   *
   * @param takes what the model takes, for messages
   * @param rows an array of arrays, as deep as the rows have axes and one more
   */
  static HostTensor flatten(String takes, TensorSpec tensor, Object rows) {
    int[] shape = tensor.shapeOf(Array.getLength(rows));
    HostTensor flat = HostTensor.zeros(tensor.dtype(), shape);
    Object target = tensor.dtype() == DType.F32 ? flat.floats() : flat.ints();
    new Copy(takes, tensor, shape, target).fill(rows, 0);
    return flat;
  }

  /** A tensor of one axis or more as arrays of arrays; of one axis, its own elements. */
  static Object nest(HostTensor tensor) {
    Object elements = tensor.dtype() == DType.F32 ? tensor.floats() : tensor.ints();
    if (tensor.rank() == 1) {
      return elements;
    }
    Class<?> number = tensor.dtype() == DType.F32 ? float.class : int.class;
    Object nested = Array.newInstance(number, tensor.shape());
    spread(nested, elements, 0);
    return nested;
  }

  /** Fills the innermost arrays in turn; returns where the next one begins. */
  private static int spread(Object nested, Object elements, int from) {
    if (!(nested instanceof Object[] inner)) {
      int length = Array.getLength(nested);
      System.arraycopy(elements, from, nested, 0, length);
      return from + length;
    }
    int next = from;
    for (Object part : inner) {
      next = spread(part, elements, next);
    }
    return next;
  }

  /** The way from nested arrays into one. */
  private static final class Copy {
    private final String takes;
    private final TensorSpec tensor;
    private final int[] shape;
    private final Object target;
    private final int[] at;
    private int filled;

    /**
     * @param target {@code float[]} or {@code int[]}
     */
    Copy(String takes, TensorSpec tensor, int[] shape, Object target) {
      this.takes = takes;
      this.tensor = tensor;
      this.shape = shape;
      this.target = target;
      this.at = new int[shape.length];
    }

    /** Copies what lies in an array at some depth. */
    void fill(@Nullable Object array, int depth) {
      if (array == null) {
        throw new DataException(takes + ": " + place(depth) + " is null");
      }
      int length = Array.getLength(array);
      if (length != shape[depth]) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s: %s has %d entries, not %d",
                takes,
                place(depth),
                length,
                shape[depth]));
      }
      if (array instanceof Object[] parts) {
        for (at[depth] = 0; at[depth] < length; at[depth]++) {
          fill(parts[at[depth]], depth + 1);
        }
      } else {
        System.arraycopy(array, 0, target, filled, length);
        filled += length;
      }
    }

    /** Such as {@code image[3][0]}. */
    private String place(int depth) {
      var place = new StringBuilder(tensor.name());
      for (int i = 0; i < depth; i++) {
        place.append('[').append(at[i]).append(']');
      }
      return place.toString();
    }
  }
}
