package org.mdlc.runtime.kernel;

/** Running sums and sorting, in plain code. Addresses are of native memory, tensors row-major. */
public final class Sequences {
  private Sequences() {}

  /**
   * {@code y[o, i, k] = x[o, 0, k] + .. + x[o, i, k]}, added in that order.
   *
   * @param x [outer, length, inner] floats
   * @param y likewise, may be x
   * @param exclusive leaves x[o, i, k] itself out
   * @param reverse sums from the end
   */
  public static void cumulativeSum(
      long x, long y, int outer, int length, int inner, boolean exclusive, boolean reverse) {
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < inner; k++) {
        float sum = 0;
        for (int n = 0; n < length; n++) {
          int i = reverse ? length - 1 - n : n;
          long at = 4L * (((long) o * length + i) * inner + k);
          float value = Memory.f32(x + at);
          Memory.set(y + at, exclusive ? sum : sum + value);
          sum += value;
        }
      }
    }
  }

  /** As {@link #cumulativeSum} for whole numbers. */
  public static void cumulativeSumOfInts(
      long x, long y, int outer, int length, int inner, boolean exclusive, boolean reverse) {
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < inner; k++) {
        int sum = 0;
        for (int n = 0; n < length; n++) {
          int i = reverse ? length - 1 - n : n;
          long at = 4L * (((long) o * length + i) * inner + k);
          int value = Memory.i32(x + at);
          Memory.set(y + at, exclusive ? sum : sum + value);
          sum += value;
        }
      }
    }
  }

  /**
   * The k largest of every row in falling order and where they stood; of equal ones the earlier
   * comes first. NaN counts as the largest, as in XLA.
   *
   * @param x [rows, columns] floats
   * @param values [rows, k] floats
   * @param indices [rows, k] whole numbers
   */
  public static void topK(long x, long values, long indices, int rows, int columns, int k) {
    for (int row = 0; row < rows; row++) {
      long from = x + 4L * row * columns;
      long value = values + 4L * row * k;
      long index = indices + 4L * row * k;
      int filled = 0;
      for (int column = 0; column < columns; column++) {
        float candidate = Memory.f32(from + 4L * column);
        if (filled == k && !isAbove(candidate, Memory.f32(value + 4L * (k - 1)))) {
          continue;
        }
        int at = filled < k ? filled++ : k - 1;
        while (at > 0 && isAbove(candidate, Memory.f32(value + 4L * (at - 1)))) {
          Memory.set(value + 4L * at, Memory.f32(value + 4L * (at - 1)));
          Memory.set(index + 4L * at, Memory.i32(index + 4L * (at - 1)));
          at--;
        }
        Memory.set(value + 4L * at, candidate);
        Memory.set(index + 4L * at, column);
      }
    }
  }

  private static boolean isAbove(float a, float b) {
    return a > b || (Float.isNaN(a) && !Float.isNaN(b));
  }

  /**
   * Every row sorted, and where each element stood; equal elements keep their order. NaN counts as
   * the largest.
   *
   * @param x [rows, columns] floats
   * @param values [rows, columns] floats, not x
   * @param indices [rows, columns] whole numbers
   */
  public static void sort(
      long x, long values, long indices, int rows, int columns, boolean descending) {
    for (int row = 0; row < rows; row++) {
      long at = 4L * row * columns;
      for (int column = 0; column < columns; column++) {
        Memory.set(indices + at + 4L * column, column);
      }
      sortIndices(x + at, indices + at, values + at, columns, descending);
      for (int column = 0; column < columns; column++) {
        Memory.set(
            values + at + 4L * column,
            Memory.f32(x + at + 4L * Memory.i32(indices + at + 4L * column)));
      }
    }
  }

  /** Merges runs of 1, 2, 4 .. between the two arrays of indices; the second is scratch. */
  private static void sortIndices(
      long x, long indices, long scratch, int count, boolean descending) {
    long from = indices;
    long to = scratch;
    for (int width = 1; width < count; width *= 2) {
      for (int start = 0; start < count; start += 2 * width) {
        merge(
            x,
            from,
            to,
            start,
            Math.min(start + width, count),
            Math.min(start + 2 * width, count),
            descending);
      }
      long swap = from;
      from = to;
      to = swap;
    }
    if (from != indices) {
      Memory.copy(from, indices, count);
    }
  }

  private static void merge(
      long x, long from, long to, int start, int middle, int end, boolean descending) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      boolean takeLeft = right >= end;
      if (!takeLeft && left < middle) {
        float a = Memory.f32(x + 4L * Memory.i32(from + 4L * left));
        float b = Memory.f32(x + 4L * Memory.i32(from + 4L * right));
        takeLeft = descending ? !isAbove(b, a) : !isAbove(a, b);
      }
      Memory.set(to + 4L * at, Memory.i32(from + 4L * (takeLeft ? left++ : right++)));
    }
  }
}
