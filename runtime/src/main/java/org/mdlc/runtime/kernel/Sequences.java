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
   * @param x [rows, columns] floats or whole numbers
   * @param values [rows, k] likewise
   * @param indices [rows, k] whole numbers
   */
  public static void topK(
      long x, long values, long indices, int rows, int columns, int k, boolean floats) {
    for (int row = 0; row < rows; row++) {
      long from = x + 4L * row * columns;
      long value = values + 4L * row * k;
      long index = indices + 4L * row * k;
      int filled = 0;
      for (int column = 0; column < columns; column++) {
        int rank = rank(from + 4L * column, floats);
        if (filled == k && rank <= rank(value + 4L * (k - 1), floats)) {
          continue;
        }
        int at = filled < k ? filled++ : k - 1;
        while (at > 0 && rank > rank(value + 4L * (at - 1), floats)) {
          Memory.set(value + 4L * at, Memory.i32(value + 4L * (at - 1)));
          Memory.set(index + 4L * at, Memory.i32(index + 4L * (at - 1)));
          at--;
        }
        Memory.set(value + 4L * at, Memory.i32(from + 4L * column));
        Memory.set(index + 4L * at, column);
      }
    }
  }

  /**
   * A whole number that stands in the order of the element at an address: zeros are equal, NaN is
   * above all.
   */
  private static int rank(long address, boolean floats) {
    int word = Memory.i32(address);
    if (!floats) {
      return word;
    }
    float value = Float.intBitsToFloat(word);
    if (Float.isNaN(value)) {
      return Integer.MAX_VALUE;
    }
    return value == 0f ? 0 : word ^ ((word >> 31) & Integer.MAX_VALUE);
  }

  /**
   * Every row sorted, and where each element stood; equal elements keep their order. NaN counts as
   * the largest.
   *
   * @param x [rows, columns] floats or whole numbers
   * @param values [rows, columns] likewise, not x
   * @param indices [rows, columns] whole numbers
   */
  public static void sort(
      long x,
      long values,
      long indices,
      int rows,
      int columns,
      boolean descending,
      boolean floats) {
    for (int row = 0; row < rows; row++) {
      long at = 4L * row * columns;
      for (int column = 0; column < columns; column++) {
        Memory.set(indices + at + 4L * column, column);
      }
      sortIndices(x + at, indices + at, values + at, columns, descending, floats);
      for (int column = 0; column < columns; column++) {
        long index = 4L * Memory.i32(indices + at + 4L * column);
        Memory.set(values + at + 4L * column, Memory.i32(x + at + index));
      }
    }
  }

  /** Merges runs of 1, 2, 4 .. between the two arrays of indices; the second is scratch. */
  private static void sortIndices(
      long x, long indices, long scratch, int count, boolean descending, boolean floats) {
    long from = indices;
    long to = scratch;
    for (int width = 1; width < count; width *= 2) {
      for (int start = 0; start < count; start += 2 * width) {
        int middle = Math.min(start + width, count);
        int end = Math.min(start + 2 * width, count);
        merge(x, from, to, start, middle, end, descending, floats);
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
      long x,
      long from,
      long to,
      int start,
      int middle,
      int end,
      boolean descending,
      boolean floats) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      boolean takeLeft = right >= end;
      if (!takeLeft && left < middle) {
        int a = rank(x + 4L * Memory.i32(from + 4L * left), floats);
        int b = rank(x + 4L * Memory.i32(from + 4L * right), floats);
        takeLeft = descending ? a >= b : a <= b;
      }
      Memory.set(to + 4L * at, Memory.i32(from + 4L * (takeLeft ? left++ : right++)));
    }
  }
}
