package org.mdlc.compiler.op;

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
