package org.mdlc.runtime.kernel;

import java.util.Arrays;

/**
 * How a convolution or pooling walks over the spatial dimensions of its input: size, stride,
 * dilation and padding for each of one to three dimensions. A fresh window has strides and
 * dilations of 1 and no padding.
 *
 * <pre>
 *   Window.of(3, 3).strides(2, 2).same(28, 28)
 * </pre>
 */
public final class Window {
  private final long[] sizes;
  private final long[] strides;
  private final long[] dilations;
  private final long[] before;
  private final long[] after;

  private Window(long[] sizes, long[] strides, long[] dilations, long[] before, long[] after) {
    this.sizes = sizes;
    this.strides = strides;
    this.dilations = dilations;
    this.before = before;
    this.after = after;
    for (long[] values : new long[][] {strides, dilations, before, after}) {
      if (values.length != sizes.length || sizes.length < 1 || sizes.length > 3) {
        throw new KernelException(
            "a window has 1 to 3 dimensions, all alike: "
                + Arrays.toString(sizes)
                + " and "
                + Arrays.toString(values));
      }
    }
  }

  /** A window of the given size per spatial dimension. */
  public static Window of(long... sizes) {
    long[] ones = new long[sizes.length];
    Arrays.fill(ones, 1);
    long[] zeros = new long[sizes.length];
    return new Window(sizes.clone(), ones, ones.clone(), zeros, zeros.clone());
  }

  /** The same window, moved by these steps. */
  public Window strides(long... values) {
    return new Window(sizes, values.clone(), dilations, before, after);
  }

  /** The same window with its elements this far apart (1 is next to each other). */
  public Window dilations(long... values) {
    return new Window(sizes, strides, values.clone(), before, after);
  }

  /** The same window over an input with this much padding before and after each dimension. */
  public Window padding(long[] paddingBefore, long[] paddingAfter) {
    return new Window(sizes, strides, dilations, paddingBefore.clone(), paddingAfter.clone());
  }

  /**
   * The same window over an input padded as Keras's {@code same}: ceil(input / stride) results, the
   * odd row of padding after.
   */
  public Window same(long... inputSizes) {
    long[] paddingBefore = new long[rank()];
    long[] paddingAfter = new long[rank()];
    for (int i = 0; i < rank(); i++) {
      long results = (inputSizes[i] + strides[i] - 1) / strides[i];
      long needed = Math.max(0, (results - 1) * strides[i] + extent(i) - inputSizes[i]);
      paddingBefore[i] = needed / 2;
      paddingAfter[i] = needed - needed / 2;
    }
    return padding(paddingBefore, paddingAfter);
  }

  /** How many positions the window has along a dimension of an input of this size. */
  public long results(int dimension, long inputSize) {
    long padded = before[dimension] + inputSize + after[dimension];
    return padded < extent(dimension) ? 0 : (padded - extent(dimension)) / strides[dimension] + 1;
  }

  /**
   * The row-major layout [batch, out..., channels] of what comes out of an input [batch, in...,
   * channels]. Throws if nothing does; {@code what} is the operation in words.
   */
  Layout over(String what, Layout x) {
    boolean fit = x.rank() == rank() + 2;
    long[] results = x.sizes();
    for (int i = 0; fit && i < rank(); i++) {
      results[i + 1] = results(i, results[i + 1]);
      fit = results[i + 1] > 0;
    }
    if (!fit) {
      throw new KernelException("shapes do not fit in " + what);
    }
    return Layout.of(results);
  }

  /** From its first to its last element. */
  private long extent(int dimension) {
    return (sizes[dimension] - 1) * dilations[dimension] + 1;
  }

  int rank() {
    return sizes.length;
  }

  long size(int dimension) {
    return sizes[dimension];
  }

  long[] sizes() {
    return sizes.clone();
  }

  long[] strides() {
    return strides.clone();
  }

  /** True when no row of results is made of padding alone. */
  boolean everyRowSeesInput() {
    return before[0] < extent(0) && after[0] < extent(0);
  }

  /** The first row of an input, in its first spatial dimension, that a row of results sees. */
  long start(long result) {
    return Math.max(0, result * strides[0] - before[0]);
  }

  /** Behind the last row of an input of this size that a row of results sees. */
  long end(long result, long inputSize) {
    return Math.min(inputSize, result * strides[0] - before[0] + extent(0));
  }

  /**
   * The same window over the rows {@link #start} to {@link #end} alone, which gives just the rows
   * {@code from} to {@code to - 1} of the results.
   */
  Window rows(long from, long to, long inputSize) {
    long[] paddingBefore = before.clone();
    long[] paddingAfter = after.clone();
    paddingBefore[0] = start(from) - (from * strides[0] - before[0]);
    paddingAfter[0] = (to - 1) * strides[0] - before[0] + extent(0) - end(to - 1, inputSize);
    return padding(paddingBefore, paddingAfter);
  }

  /** As oneDNN counts: 0 is next to each other. */
  long[] gaps() {
    return Arrays.stream(dilations).map(dilation -> dilation - 1).toArray();
  }

  long[] before() {
    return before.clone();
  }

  /**
   * oneDNN wants the padding after that makes the last window end exactly at the padded input's
   * end, which may be less (even negative) than what was asked for when strides skip the rest.
   */
  long[] exactAfter(long[] inputSizes) {
    long[] exact = new long[rank()];
    for (int i = 0; i < rank(); i++) {
      exact[i] =
          (results(i, inputSizes[i]) - 1) * strides[i] + extent(i) - inputSizes[i] - before[i];
    }
    return exact;
  }

  @Override
  public String toString() {
    return "window "
        + Arrays.toString(sizes)
        + " strides "
        + Arrays.toString(strides)
        + " dilations "
        + Arrays.toString(dilations)
        + " padding "
        + Arrays.toString(before)
        + " "
        + Arrays.toString(after);
  }
}
