package org.mdlc.runtime.utils;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;

/** Vectors brought to length 1; Keras's {@code keras.utils.normalize}. */
public final class Normalize {
  private Normalize() {}

  /** {@link #normalize(HostTensor, int, double)} along the last axis, with the Euclidean norm. */
  public static HostTensor normalize(HostTensor x) {
    return normalize(x, -1, 2);
  }

  /**
   * Every vector along an axis divided by its norm; a vector of zeros stays.
   *
   * @param x of any shape but a scalar's; one of a single axis becomes one row, [1, n], as in Keras
   * @param axis from the left, or from the right when negative. (Keras 3.15 divides along the wrong
   *     axis for 0; this does not.)
   * @param order of the norm, as NumPy's: 2 is Euclidean, 1 the sum of magnitudes, infinity the
   *     largest magnitude and -infinity the smallest, 0 the number of values that are not 0, any
   *     other p is sum(|x| ** p) ** (1 / p)
   * @return f32, of the shape of x
   * @throws IllegalArgumentException if there is no such axis or the order is not a number
   */
  public static HostTensor normalize(HostTensor x, int axis, double order) {
    int rank = x.rank();
    if (axis < -rank || axis >= rank) {
      throw new IllegalArgumentException(
          "`axis` is " + axis + ", but " + x + " has " + rank + " axes");
    }
    if (Double.isNaN(order)) {
      throw new IllegalArgumentException("`order` is a number, not NaN");
    }
    int along = axis < 0 ? axis + rank : axis;
    int count = x.dim(along);
    int stride = 1;
    for (int i = along + 1; i < rank; i++) {
      stride *= x.dim(i);
    }
    HostTensor result = HostTensor.zeros(DType.F32, x.shape());
    float[] values = result.floats();
    for (int first = 0; first < x.size(); first++) {
      if (first / stride % count == 0) {
        double norm = norm(x, first, stride, count, order);
        for (int i = 0; i < count; i++) {
          int at = first + i * stride;
          values[at] = (float) (norm == 0 ? x.get(at) : x.get(at) / norm);
        }
      }
    }
    return rank == 1 ? result.reshape(1, count) : result;
  }

  private static double norm(HostTensor x, int first, int stride, int count, double order) {
    DoubleStream sizes =
        IntStream.range(0, count).mapToDouble(i -> Math.abs(x.get(first + i * stride)));
    if (Double.isInfinite(order)) {
      return (order > 0 ? sizes.max() : sizes.min()).orElse(0);
    }
    return order == 0
        ? sizes.filter(size -> size != 0).count()
        : Math.pow(sizes.map(size -> Math.pow(size, order)).sum(), 1 / order);
  }
}
