package org.mdlc.runtime.random;

import java.util.Arrays;

/**
 * One key of the counter-based generator Threefry-2x32 (Salmon et al., "Parallel random numbers: as
 * easy as 1, 2, 3", 2011), used as JAX's partitionable form does: number {@code i} of an array
 * depends on the key and on {@code i} alone. Keras's key is the seed of a generator and how often
 * it was used.
 *
 * <p>{@link #bits}, {@link #uniform}, {@link #bernoulli} and {@link #randInt} give the bits that
 * JAX gives; {@link #normal} and {@link #truncatedNormal} are within 2e-6 of it, because XLA has
 * its own logarithm.
 *
 * @param seed the first word of the key
 * @param counter the second word of the key
 */
public record Threefry(int seed, int counter) {
  private static final int PARITY = 0x1BD11BDA;
  private static final long UNSIGNED_MAX = 0xFFFF_FFFFL;
  private static final float SQRT_2 = 1.4142135f;
  // erf(sqrt(2)) as float: the mass of a normal distribution within two standard deviations.
  private static final float ERF_SQRT_2 = 0.9544997f;
  private static final float BELOW_TWO = Math.nextDown(2f);
  // At +-1 the error function is flat, so its inverse there is not finite.
  private static final float ABOVE_MINUS_ONE = Math.nextUp(-1f);

  /** 32 random bits: number {@code index} of an array. */
  public int bits(long index) {
    long block = block((int) (index >>> 32), (int) index);
    return (int) (block >>> 32) ^ (int) block;
  }

  /** A float in [0, 1), a multiple of 2^-23. */
  public float uniform(long index) {
    return Float.intBitsToFloat(bits(index) >>> 9 | 0x3F800000) - 1f;
  }

  /** A float in [low, high); scaled by one fused multiply-add, as XLA compiles it. */
  public float uniform(long index, float low, float high) {
    return Math.max(low, Math.fma(uniform(index), high - low, low));
  }

  /** A float of the standard normal distribution. */
  public float normal(long index) {
    return SQRT_2 * erfInv(uniform(index, ABOVE_MINUS_ONE, 1f));
  }

  /** A float of the standard normal distribution, cut to (-2, 2). */
  public float truncatedNormal(long index) {
    float drawn = SQRT_2 * erfInv(uniform(index, -ERF_SQRT_2, ERF_SQRT_2));
    return Math.clamp(drawn, -BELOW_TWO, BELOW_TWO);
  }

  /** True with the given probability; Keras keeps an element of a dropout layer when it is. */
  public boolean bernoulli(long index, float probability) {
    return uniform(index) < probability;
  }

  /** An integer from {@code low} to {@code high - 1}; {@code low} if that range is empty. */
  public int randInt(long index, int low, int high) {
    if (high <= low) {
      return low;
    }
    int span = high - low;
    int multiplier = Integer.remainderUnsigned(1 << 16, span);
    multiplier = Integer.remainderUnsigned(multiplier * multiplier, span);
    int upper = Integer.remainderUnsigned(split(0).bits(index), span) * multiplier;
    int lower = Integer.remainderUnsigned(split(1).bits(index), span);
    return low + Integer.remainderUnsigned(upper + lower, span);
  }

  /**
   * 0 .. n-1 in random order; JAX sorts by random bits, often enough that equal ones do not matter.
   */
  public int[] order(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    Threefry key = this;
    int rounds = (int) Math.ceil(3 * Math.log(Math.max(1, n)) / Math.log(UNSIGNED_MAX));
    long[] places = new long[n];
    for (int round = 0; round < rounds; round++) {
      Threefry drawn = key.split(1);
      for (int i = 0; i < n; i++) {
        // With the first bit turned, unsigned bits sort as signed numbers.
        places[i] = (long) (drawn.bits(i) ^ Integer.MIN_VALUE) << 32 | i;
      }
      Arrays.sort(places);
      int[] before = order.clone();
      for (int i = 0; i < n; i++) {
        order[i] = before[(int) places[i]];
      }
      key = key.split(0);
    }
    return order;
  }

  /**
   * A number distributed as Beta(a, b), within 1e-6 of JAX's where no rejection is decided by the
   * last bit.
   */
  public double beta(long index, double a, double b) {
    double left = split(0).split(index).logGamma(a);
    double right = split(1).split(index).logGamma(b);
    double largest = Math.max(left, right);
    double share = Math.exp(left - largest);
    return share / (share + Math.exp(right - largest));
  }

  /**
   * Logarithm of a number distributed as Gamma(alpha): Marsaglia and Tsang, "A simple method for
   * generating gamma variables" (2000); below 1 by way of alpha + 1.
   */
  private double logGamma(double alpha) {
    double d = (alpha >= 1 ? alpha : alpha + 1) - 1 / 3.0;
    double c = 1 / 3.0 / Math.sqrt(d);
    Threefry key = split(0);
    double square;
    double cube;
    double u;
    do {
      Threefry candidate = key.split(1);
      u = key.split(2).uniform(0);
      key = key.split(0);
      double x;
      double v;
      do {
        x = candidate.split(1).normal(0);
        v = 1 + x * c;
        candidate = candidate.split(0);
      } while (v <= 0);
      square = x * x;
      cube = v * v * v;
    } while (u >= 1 - 0.0331 * square * square
        && Math.log(u) >= square * 0.5 + d * (1 - cube + Math.log(cube)));
    double boost = alpha >= 1 ? 0 : Math.log1p(-split(1).uniform(0)) / alpha;
    return Math.log(d) + Math.log(cube) + boost;
  }

  /** The {@code index}-th of the keys that JAX splits this one into. */
  public Threefry split(long index) {
    long block = block((int) (index >>> 32), (int) index);
    return new Threefry((int) (block >>> 32), (int) block);
  }

  /** The key of the next use: the counter goes up by one. */
  public Threefry next() {
    return new Threefry(seed, counter + 1);
  }

  /** The first {@code count} floats of {@link #uniform(long, float, float)}. */
  public float[] uniforms(int count, float low, float high) {
    float[] drawn = new float[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = uniform(i, low, high);
    }
    return drawn;
  }

  /** The first {@code count} floats of {@link #normal}. */
  public float[] normals(int count) {
    float[] drawn = new float[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = normal(i);
    }
    return drawn;
  }

  /**
   * The inverse of the error function: the two polynomials of Giles, "Approximating the erfinv
   * function" (GPU Computing Gems, 2011), which XLA uses for 32-bit floats. Infinite at -1 and 1.
   */
  // The coefficients are as published, with more digits than a float has.
  @SuppressWarnings("FloatingPointLiteralPrecision")
  public static float erfInv(float x) {
    if (Math.abs(x) == 1f) {
      return x * Float.POSITIVE_INFINITY;
    }
    float w = (float) -Math.log1p(-(x * x));
    float p;
    if (w < 5f) {
      w -= 2.5f;
      p = 2.81022636e-08f;
      p = Math.fma(p, w, 3.43273939e-07f);
      p = Math.fma(p, w, -3.5233877e-06f);
      p = Math.fma(p, w, -4.39150654e-06f);
      p = Math.fma(p, w, 0.00021858087f);
      p = Math.fma(p, w, -0.00125372503f);
      p = Math.fma(p, w, -0.00417768164f);
      p = Math.fma(p, w, 0.246640727f);
      p = Math.fma(p, w, 1.50140941f);
    } else {
      w = (float) Math.sqrt(w) - 3f;
      p = -0.000200214257f;
      p = Math.fma(p, w, 0.000100950558f);
      p = Math.fma(p, w, 0.00134934322f);
      p = Math.fma(p, w, -0.00367342844f);
      p = Math.fma(p, w, 0.00573950773f);
      p = Math.fma(p, w, -0.0076224613f);
      p = Math.fma(p, w, 0.00943887047f);
      p = Math.fma(p, w, 1.00167406f);
      p = Math.fma(p, w, 2.83297682f);
    }
    return p * x;
  }

  // Twenty rounds; a key word is added before the first and after every fourth. Both words packed.
  private long block(int high, int low) {
    int third = seed ^ counter ^ PARITY;
    int x = high + seed;
    int y = low + counter;

    x += y;
    y = x ^ Integer.rotateLeft(y, 13);
    x += y;
    y = x ^ Integer.rotateLeft(y, 15);
    x += y;
    y = x ^ Integer.rotateLeft(y, 26);
    x += y;
    y = x ^ Integer.rotateLeft(y, 6);
    x += counter;
    y += third + 1;

    x += y;
    y = x ^ Integer.rotateLeft(y, 17);
    x += y;
    y = x ^ Integer.rotateLeft(y, 29);
    x += y;
    y = x ^ Integer.rotateLeft(y, 16);
    x += y;
    y = x ^ Integer.rotateLeft(y, 24);
    x += third;
    y += seed + 2;

    x += y;
    y = x ^ Integer.rotateLeft(y, 13);
    x += y;
    y = x ^ Integer.rotateLeft(y, 15);
    x += y;
    y = x ^ Integer.rotateLeft(y, 26);
    x += y;
    y = x ^ Integer.rotateLeft(y, 6);
    x += seed;
    y += counter + 3;

    x += y;
    y = x ^ Integer.rotateLeft(y, 17);
    x += y;
    y = x ^ Integer.rotateLeft(y, 29);
    x += y;
    y = x ^ Integer.rotateLeft(y, 16);
    x += y;
    y = x ^ Integer.rotateLeft(y, 24);
    x += counter;
    y += third + 4;

    x += y;
    y = x ^ Integer.rotateLeft(y, 13);
    x += y;
    y = x ^ Integer.rotateLeft(y, 15);
    x += y;
    y = x ^ Integer.rotateLeft(y, 26);
    x += y;
    y = x ^ Integer.rotateLeft(y, 6);
    x += third;
    y += seed + 5;

    return (long) x << 32 | Integer.toUnsignedLong(y);
  }
}
