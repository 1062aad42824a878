package org.mdlc.compiler.op;

import java.util.Arrays;

/** Walks all index tuples of a shape in memory order. */
final class Indices {
  private final int[] sizes;
  private final int[] index;
  private final int count;
  private int position;

  Indices(int... sizes) {
    this.sizes = sizes;
    this.index = new int[sizes.length];
    this.count = Tensor64.count(sizes);
  }

  /** A stretch of elements that lie side by side here and evenly apart in another tensor. */
  interface Row {
    /**
     * @param position of the first element here
     * @param other position of its partner there
     * @param step from one partner to the next
     */
    void at(int position, int other, int step, int length);
  }

  /**
   * Visits a shape row by row, along its last axis, together with another tensor.
   *
   * @param strides how far the position in the other tensor moves along each axis
   */
  static void rows(int[] sizes, int[] strides, Row row) {
    int last = sizes.length - 1;
    int length = last < 0 ? 1 : sizes[last];
    int step = last < 0 ? 0 : strides[last];
    for (var at = new Indices(Arrays.copyOf(sizes, Math.max(last, 0))); at.more(); at.next()) {
      int other = 0;
      for (int axis = 0; axis < last; axis++) {
        other += at.index(axis) * strides[axis];
      }
      row.at(at.position() * length, other, step, length);
    }
  }

  /** True while {@link #position} stands on an element. */
  boolean more() {
    return position < count;
  }

  void next() {
    position++;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      if (++index[axis] < sizes[axis]) {
        return;
      }
      index[axis] = 0;
    }
  }

  /** How many elements come before. */
  int position() {
    return position;
  }

  int index(int axis) {
    return index[axis];
  }

  /** Row-major strides. */
  static int[] strides(int... sizes) {
    var strides = new int[sizes.length];
    int stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    return strides;
  }
}
