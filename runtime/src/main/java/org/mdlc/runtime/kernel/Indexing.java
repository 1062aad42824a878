package org.mdlc.runtime.kernel;

/**
 * Adding rows where indices say, in plain code. Addresses are of native memory, tensors row-major.
 */
public final class Indexing {
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
          for (int k = 0; k < inner; k++) {
            Memory.set(to + 4L * k, Memory.f32(to + 4L * k) + Memory.f32(from + 4L * k));
          }
        }
      }
    }
  }
}
