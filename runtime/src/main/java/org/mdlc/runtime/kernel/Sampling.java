package org.mdlc.runtime.kernel;

import org.mdlc.runtime.random.Threefry;

/** Random numbers that take a loop or an order; each has the key that lies at an address. */
public final class Sampling {
  private Sampling() {}

  /**
   * Whole numbers from {@code low} to {@code high - 1}.
   *
   * @param out [count] ints
   */
  public static void integers(long key, long out, int count, int low, int high) {
    Threefry threefry = keyAt(key);
    for (int i = 0; i < count; i++) {
      Memory.set(out + 4L * i, threefry.randInt(i, low, high));
    }
  }

  /**
   * 0 .. count-1 in random order.
   *
   * @param out [count] ints
   */
  public static void order(long key, long out, int count) {
    int[] order = keyAt(key).order(count);
    for (int i = 0; i < count; i++) {
      Memory.set(out + 4L * i, order[i]);
    }
  }

  /**
   * Numbers distributed as Beta(a, b), element by element.
   *
   * @param a [count] floats
   * @param b [count] floats
   * @param out [count] floats
   */
  public static void beta(long key, long a, long b, long out, int count) {
    Threefry threefry = keyAt(key);
    for (int i = 0; i < count; i++) {
      double drawn = threefry.beta(i, Memory.f32(a + 4L * i), Memory.f32(b + 4L * i));
      Memory.set(out + 4L * i, (float) drawn);
    }
  }

  private static Threefry keyAt(long address) {
    return new Threefry(Memory.i32(address), Memory.i32(address + 4));
  }
}
