package org.mdlc.runtime.kernel;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The sizes of a tensor and, for each dimension, how many elements lie between neighbours. A stride
 * of 0 repeats the same elements (a broadcast).
 */
public final class Layout {
  private final long[] sizes;
  private final long[] strides;

  private Layout(long[] sizes, long[] strides) {
    this.sizes = sizes;
    this.strides = strides;
  }

  /** Row-major: the last dimension is contiguous. */
  public static Layout of(long... sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    return strided(sizes, strides);
  }

  /**
   * Any strides, in elements. Throws {@link KernelException} if a size is not positive or a stride
   * negative.
   */
  public static Layout strided(long[] sizes, long[] strides) {
    if (sizes.length != strides.length) {
      throw new KernelException(sizes.length + " sizes but " + strides.length + " strides");
    }
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] <= 0 || strides[i] < 0) {
        throw new KernelException(
            "no layout with sizes "
                + Arrays.toString(sizes)
                + " and strides "
                + Arrays.toString(strides));
      }
    }
    return new Layout(sizes.clone(), strides.clone());
  }

  /**
   * The same elements with dimensions in another order: dimension i of the result is {@code
   * order[i]} of this.
   */
  public Layout permuted(int... order) {
    return new Layout(
        IntStream.of(order).mapToLong(i -> sizes[i]).toArray(),
        IntStream.of(order).mapToLong(i -> strides[i]).toArray());
  }

  /** The same elements with the last two dimensions exchanged. */
  public Layout transposed() {
    int[] order = IntStream.range(0, rank()).toArray();
    order[rank() - 2] = rank() - 1;
    order[rank() - 1] = rank() - 2;
    return permuted(order);
  }

  /**
   * [batch, in..., channels] counted as oneDNN does, [batch, channels, in...], over the same
   * memory.
   */
  Layout channelsSecond() {
    int[] order = new int[rank()];
    order[1] = rank() - 1;
    for (int i = 2; i < rank(); i++) {
      order[i] = i - 1;
    }
    return permuted(order);
  }

  /** The elements from one index along a dimension up to another. */
  Layout range(int dimension, long from, long to) {
    long[] fewer = sizes();
    fewer[dimension] = to - from;
    return new Layout(fewer, strides);
  }

  /** The number of dimensions. */
  public int rank() {
    return sizes.length;
  }

  /** The size of one dimension. */
  public long size(int dimension) {
    return sizes[dimension];
  }

  /** The elements between neighbours along one dimension. */
  public long stride(int dimension) {
    return strides[dimension];
  }

  long[] sizes() {
    return sizes.clone();
  }

  long[] strides() {
    return strides.clone();
  }

  /**
   * Sizes, and strides where they are not row-major: {@code [128, 784]} or {@code [784, 128]
   * strides [1, 784]}.
   */
  @Override
  public String toString() {
    String text = Arrays.toString(sizes);
    return Arrays.equals(strides, of(sizes).strides)
        ? text
        : text + " strides " + Arrays.toString(strides);
  }
}
