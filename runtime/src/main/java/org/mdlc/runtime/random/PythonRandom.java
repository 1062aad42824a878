package org.mdlc.runtime.random;

/**
 * CPython's {@code random} seeded with an integer. Keras draws from it the seed of every random
 * initializer and seed generator that was given none.
 */
public final class PythonRandom {
  private static final int DEFAULT_SEED_BOUND = 1_000_000_000;

  private final MersenneTwister twister;

  /**
   * As {@code random.seed(seed)}, which ignores the sign.
   *
   * @throws IllegalArgumentException for {@link Long#MIN_VALUE}, which has no magnitude here
   */
  public PythonRandom(long seed) {
    if (seed == Long.MIN_VALUE) {
      throw new IllegalArgumentException("seed out of range: " + seed);
    }
    long magnitude = Math.abs(seed);
    int low = (int) magnitude;
    int high = (int) (magnitude >>> 32);
    twister = high == 0 ? MersenneTwister.ofArray(low) : MersenneTwister.ofArray(low, high);
  }

  /** As {@code random.getrandbits(bits)} for 1 to 32 bits; unsigned for 32. */
  public int getRandBits(int bits) {
    if (bits < 1 || bits > 32) {
      throw new IllegalArgumentException("1 to 32 bits, not " + bits);
    }
    return twister.nextInt() >>> (32 - bits);
  }

  /** A number from 0 to {@code bound - 1}, as {@code random.randrange(bound)}. */
  public int nextBelow(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be positive, not " + bound);
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bound);
    int drawn = getRandBits(bits);
    while (drawn < 0 || drawn >= bound) {
      drawn = getRandBits(bits);
    }
    return drawn;
  }

  /** A number from {@code low} to {@code high}, both included, as {@code random.randint}. */
  public int randInt(int low, int high) {
    return low + nextBelow(Math.addExact(Math.subtractExact(high, low), 1));
  }

  /** As {@code random.random()}: 53 random bits in [0, 1). */
  public double nextDouble() {
    int high = twister.nextInt() >>> 5;
    int low = twister.nextInt() >>> 6;
    return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
  }

  /** As {@code random.shuffle(indices)}. */
  public void shuffle(int[] indices) {
    for (int i = indices.length - 1; i > 0; i--) {
      int j = nextBelow(i + 1);
      int swapped = indices[i];
      indices[i] = indices[j];
      indices[j] = swapped;
    }
  }

  /** A seed for one initializer or seed generator, as Keras's {@code make_default_seed}. */
  public int nextSeed() {
    return randInt(1, DEFAULT_SEED_BOUND);
  }

  /** The state, for a checkpoint. */
  public int[] save() {
    return twister.save();
  }

  /** Whether {@link #restore} takes these words. */
  public static boolean isState(int[] saved) {
    return MersenneTwister.isState(saved);
  }

  /**
   * Continues where {@link #save} was called.
   *
   * @throws IllegalArgumentException if {@code saved} is not such a state
   */
  public void restore(int[] saved) {
    twister.restore(saved);
  }
}
