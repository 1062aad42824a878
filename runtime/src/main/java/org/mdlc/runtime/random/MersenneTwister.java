package org.mdlc.runtime.random;

import java.util.Arrays;

/**
 * MT19937, the generator under both CPython's {@code random} and NumPy's legacy {@code
 * RandomState}; they differ in how they seed it and what they make of its words. After Matsumoto
 * and Nishimura, "Mersenne Twister" (1998), and their reference program of 2002.
 */
final class MersenneTwister {
  private static final int WORDS = 624;
  private static final int MIDDLE = 397;
  private static final int MATRIX = 0x9908B0DF;
  private static final int UPPER = 0x80000000;
  private static final int LOWER = 0x7FFFFFFF;

  private final int[] state = new int[WORDS];
  private int position = WORDS;

  private MersenneTwister() {}

  /** Seeds from one word: {@code init_genrand} of the reference program. */
  static MersenneTwister ofWord(int seed) {
    MersenneTwister twister = new MersenneTwister();
    int[] state = twister.state;
    state[0] = seed;
    for (int i = 1; i < WORDS; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
    return twister;
  }

  /** Seeds from several words, least significant first: {@code init_by_array}. */
  static MersenneTwister ofArray(int... key) {
    MersenneTwister twister = ofWord(19650218);
    int[] state = twister.state;
    int i = 1;
    int j = 0;
    for (int k = Math.max(WORDS, key.length); k > 0; k--) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1664525)) + key[j] + j;
      i = next(state, i);
      j = (j + 1) % key.length;
    }
    for (int k = WORDS - 1; k > 0; k--) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1566083941)) - i;
      i = next(state, i);
    }
    state[0] = UPPER;
    return twister;
  }

  /** The next 32 random bits. */
  int nextInt() {
    if (position == WORDS) {
      refill();
    }
    int y = state[position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9D2C5680;
    y ^= (y << 15) & 0xEFC60000;
    return y ^ (y >>> 18);
  }

  /** State words and position, for a checkpoint. */
  int[] save() {
    int[] saved = Arrays.copyOf(state, WORDS + 1);
    saved[WORDS] = position;
    return saved;
  }

  static boolean isState(int[] saved) {
    return saved.length == WORDS + 1 && saved[WORDS] >= 0 && saved[WORDS] <= WORDS;
  }

  /** Continues where {@link #save} was called. */
  void restore(int[] saved) {
    if (!isState(saved)) {
      throw new IllegalArgumentException("not the state of a Mersenne twister");
    }
    System.arraycopy(saved, 0, state, 0, WORDS);
    position = saved[WORDS];
  }

  private void refill() {
    for (int i = 0; i < WORDS; i++) {
      int y = (state[i] & UPPER) | (state[(i + 1) % WORDS] & LOWER);
      state[i] = state[(i + MIDDLE) % WORDS] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : MATRIX);
    }
    position = 0;
  }

  private static int next(int[] state, int i) {
    if (i + 1 < WORDS) {
      return i + 1;
    }
    state[0] = state[WORDS - 1];
    return 1;
  }
}
