package org.mdlc.runtime.random;

/**
 * NumPy's legacy {@code numpy.random} ({@code RandomState}) seeded with an integer. Keras shuffles
 * the rows of an epoch with its {@code permutation}.
 */
public final class NumpyRandom {
  private static final long SEED_END = 1L << 32;

  private final MersenneTwister twister;

  /**
   * As {@code numpy.random.seed(seed)}.
   *
   * @throws IllegalArgumentException if the seed is not in 0 to 2^32 - 1
   */
  public NumpyRandom(long seed) {
    if (seed < 0 || seed >= SEED_END) {
      throw new IllegalArgumentException("a seed lies between 0 and 2^32 - 1, this is " + seed);
    }
    twister = MersenneTwister.ofWord((int) seed);
  }

  /** The numbers 0 to {@code count - 1} in random order, as {@code numpy.random.permutation}. */
  public int[] permutation(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    shuffle(order);
    return order;
  }

  /** Puts the elements in random order, as {@code numpy.random.shuffle}. */
  public void shuffle(int[] elements) {
    for (int i = elements.length - 1; i > 0; i--) {
      int j = nextUpTo(i);
      int swapped = elements[i];
      elements[i] = elements[j];
      elements[j] = swapped;
    }
  }

  /** A number from 0 to {@code max}, both included: NumPy's {@code random_interval}. */
  public int nextUpTo(int max) {
    if (max < 0) {
      throw new IllegalArgumentException("max must not be negative, is " + max);
    }
    if (max == 0) {
      return 0;
    }
    int mask = -1 >>> Integer.numberOfLeadingZeros(max);
    int drawn = twister.nextInt() & mask;
    while (drawn > max) {
      drawn = twister.nextInt() & mask;
    }
    return drawn;
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
