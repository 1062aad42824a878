package org.mdlc.runtime.data;

/**
 * Random numbers that follow from a seed and the number of an epoch: SplitMix64 (Steele, Lea,
 * Flood: Fast splittable pseudorandom number generators, 2014).
 */
final class Draws {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  Draws(long seed, int epoch) {
    state = mix(mix(seed) + (epoch + 1L) * GOLDEN_GAMMA);
  }

  /** A number from 0 to {@code bound - 1}. */
  int below(int bound) {
    long limit = (1L << 32) - (1L << 32) % bound; // from here on the small ones would be likelier
    long drawn = next32();
    while (drawn >= limit) {
      drawn = next32();
    }
    return (int) (drawn % bound);
  }

  /** 0 to {@code count - 1} in random order (Fisher and Yates). */
  int[] permutation(int count) {
    int[] order = new int[count];
    for (int i = 1; i < count; i++) {
      int j = below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private long next32() {
    state += GOLDEN_GAMMA;
    return mix(state) >>> 32;
  }

  private static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
