package org.mdlc.runtime.kernel;

/** Adding rows where indices say. Addresses are of native memory, tensors row-major. */
public final class Indexing {
  private static final boolean HAS_VECTORS = VectorApi.isPresent();

  private Indexing() {}

  /**
   * {@code table[o, indices[n], k] += updates[o, n, k]} onto zeros, n in rising order, so that the
   * sums are the same in every run. Indices outside of the table are left out.
   *
   * @param indices [count] whole numbers
   * @param updates [outer, count, inner] floats
   * @param table [outer, size, inner] floats, overwritten
   */
  public static void scatterAdd(
      long indices, long updates, long table, int outer, int size, int inner, int count) {
    Memory.ALL.asSlice(table, 4L * outer * size * inner).fill((byte) 0);
    for (int o = 0; o < outer; o++) {
      for (int n = 0; n < count; n++) {
        int index = Memory.i32(indices + 4L * n);
        if (index >= 0 && index < size) {
          long to = table + 4L * (((long) o * size + index) * inner);
          long from = updates + 4L * (((long) o * count + n) * inner);
          add(to, from, inner);
        }
      }
    }
  }

  /**
   * Sums of the updates of equal index, n in rising order, each at the place of its first update:
   * {@code places[r]} is the lowest n with {@code indices[n] == r}, or -1, and {@code
   * sums[places[r]]} the sum. All other rows of sums are 0.
   *
   * @param indices [count] whole numbers; those outside of 0 to {@code rows - 1} are left out
   * @param updates [count, inner] floats
   * @param places [rows] whole numbers, overwritten
   * @param sums [count, inner] floats, overwritten; may be the updates themselves
   */
  public static void sumRows(
      long indices, long updates, long places, long sums, int rows, int count, int inner) {
    Memory.ALL.asSlice(places, 4L * rows).fill((byte) -1);
    if (sums != updates) {
      Memory.copy(updates, sums, (long) count * inner);
    }
    for (int n = 0; n < count; n++) {
      int index = Memory.i32(indices + 4L * n);
      long row = sums + 4L * n * inner;
      if (index < 0 || index >= rows) {
        clear(row, inner);
        continue;
      }
      int first = Memory.i32(places + 4L * index);
      if (first < 0) {
        Memory.set(places + 4L * index, n);
      } else {
        add(sums + 4L * first * inner, row, inner);
        clear(row, inner);
      }
    }
  }

  private static void clear(long row, int count) {
    if (HAS_VECTORS) {
      VectorRows.clear(row, count);
      return;
    }
    for (int k = 0; k < count; k++) {
      Memory.set(row + 4L * k, 0f);
    }
  }

  private static void add(long to, long from, int count) {
    if (HAS_VECTORS) {
      VectorRows.add(to, from, count);
      return;
    }
    for (int k = 0; k < count; k++) {
      Memory.set(to + 4L * k, Memory.f32(to + 4L * k) + Memory.f32(from + 4L * k));
    }
  }
}
