package org.mdlc.compiler.expr;

import java.util.stream.IntStream;

/**
 * Random numbers that take more than one draw each, from the keys and in the order of JAX. All in
 * float64 but the uniform numbers themselves.
 */
public final class Draws {
  private static final double SQRT_2 = Math.sqrt(2);
  private static final long UNSIGNED_MAX = 0xFFFF_FFFFL;

  private Draws() {}

  /** A key of Threefry. */
  private record Key(int high, int low) {
    /** The {@code index}-th of the keys that JAX splits this one into. */
    Key split(long index) {
      long block = Threefry.block(high, low, (int) (index >>> 32), (int) index);
      return new Key((int) (block >>> 32), (int) block);
    }

    int bits(long index) {
      return Threefry.bits(high, low, index);
    }

    double uniform(float from, float to) {
      return Threefry.uniform(high, low, 0, from, to);
    }

    double normal() {
      return SQRT_2 * SpecialFunctions.erfinv(uniform(Math.nextUp(-1f), 1));
    }
  }

  /** Element {@code index} of whole numbers in {@code [low, high)}: {@code jax.random.randint}. */
  public static int integer(int key0, int key1, long index, int low, int high) {
    var key = new Key(key0, key1);
    int span = high - low;
    int multiplier = Integer.remainderUnsigned(1 << 16, span);
    multiplier = Integer.remainderUnsigned(multiplier * multiplier, span);
    int upper = Integer.remainderUnsigned(key.split(0).bits(index), span) * multiplier;
    int lower = Integer.remainderUnsigned(key.split(1).bits(index), span);
    return low + Integer.remainderUnsigned(upper + lower, span);
  }

  /**
   * 0 .. n-1 in random order: {@code jax.random.permutation}, which sorts by random bits, often
   * enough that equal bits do not matter.
   */
  public static int[] order(int key0, int key1, int n) {
    var key = new Key(key0, key1);
    var order = IntStream.range(0, n).toArray();
    int rounds = (int) Math.ceil(3 * Math.log(Math.max(1, n)) / Math.log(UNSIGNED_MAX));
    for (int round = 0; round < rounds; round++) {
      var drawn = key.split(1);
      key = key.split(0);
      var before = order;
      order =
          IntStream.range(0, n)
              .mapToLong(i -> (drawn.bits(i) & UNSIGNED_MAX) << 32 | i)
              .map(v -> v ^ Long.MIN_VALUE) // so that unsigned bits sort as signed numbers
              .sorted()
              .mapToInt(v -> before[(int) v])
              .toArray();
    }
    return order;
  }

  /** Element {@code index} of numbers distributed as Beta(a, b): {@code jax.random.beta}. */
  public static double beta(int key0, int key1, long index, double a, double b) {
    var key = new Key(key0, key1);
    double left = logGamma(key.split(0).split(index), a);
    double right = logGamma(key.split(1).split(index), b);
    double largest = Math.max(left, right);
    double share = Math.exp(left - largest);
    return share / (share + Math.exp(right - largest));
  }

  /**
   * Logarithm of a number distributed as Gamma(alpha): Marsaglia and Tsang, "A simple method for
   * generating gamma variables" (2000); below 1 by way of alpha + 1.
   */
  private static double logGamma(Key start, double alpha) {
    double d = (alpha >= 1 ? alpha : alpha + 1) - 1 / 3.0;
    double c = 1 / 3.0 / Math.sqrt(d);
    var key = start.split(0);
    double square;
    double cube;
    double u;
    do {
      var candidate = key.split(1);
      u = key.split(2).uniform(0, 1);
      key = key.split(0);
      double x;
      double v;
      do {
        x = candidate.split(1).normal();
        v = 1 + x * c;
        candidate = candidate.split(0);
      } while (v <= 0);
      square = x * x;
      cube = v * v * v;
    } while (u >= 1 - 0.0331 * square * square
        && Math.log(u) >= square * 0.5 + d * (1 - cube + Math.log(cube)));
    double boost = alpha >= 1 ? 0 : Math.log1p(-start.split(1).uniform(0, 1)) / alpha;
    return Math.log(d) + Math.log(cube) + boost;
  }
}
