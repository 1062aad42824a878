package org.mdlc.runtime.utils;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.mdlc.runtime.random.NumpyRandom;

/** The seed of everything that was given none; Keras's {@code keras.utils.set_random_seed}. */
public final class RandomSeed {
  private static final long SEED_END = 1L << 32;
  private static final long NONE = -1;
  private static final int DRAWN_END = 1_000_000;

  private static final AtomicLong SEED = new AtomicLong(NONE);

  private RandomSeed() {}

  /**
   * Sets the seed that models take which are created afterwards without one of their own, as if
   * Keras's {@code set_random_seed(seed)} had been called right before each; splits of data that
   * and data sets of files or windows that are given none draw theirs from it, as Keras's do.
   *
   * @param seed from 0 to 2^32 - 1
   * @throws IllegalArgumentException for any other seed, which changes nothing
   */
  public static void setRandomSeed(long seed) {
    if (seed < 0 || seed >= SEED_END) {
      throw new IllegalArgumentException("a seed lies between 0 and 2^32 - 1, this is " + seed);
    }
    SEED.set(seed);
  }

  /**
   * As Keras's data sets draw theirs from {@code numpy.random.randint(1e6)}, which {@code
   * set_random_seed} seeds; another one every time if no seed was set.
   */
  static long drawnAsNumpy() {
    OptionalLong global = get();
    return global.isPresent()
        ? new NumpyRandom(global.getAsLong()).nextUpTo(DRAWN_END - 1)
        : Math.floorMod(System.nanoTime(), DRAWN_END);
  }

  /** Forgets the seed, as if none had been set: tests that set one do it at their end. */
  public static void clear() {
    SEED.set(NONE);
  }

  /** The seed that was set, if one was. */
  public static OptionalLong get() {
    long seed = SEED.get();
    return seed == NONE ? OptionalLong.empty() : OptionalLong.of(seed);
  }
}
