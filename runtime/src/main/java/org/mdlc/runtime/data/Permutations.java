package org.mdlc.runtime.data;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The orders of a shuffled data set, one per epoch. Those used last are kept: a shuffle after a
 * repetition goes from one to the other with every element.
 */
final class Permutations {
  private static final int LEAST_KEPT = 2;
  private static final int NUMBERS_KEPT = 1 << 22;

  private final LongSupplier count;
  private final long seed;
  private final Map<Integer, int[]> kept = new LinkedHashMap<>(4, 0.75f, true);

  Permutations(LongSupplier count, long seed) {
    this.count = count;
    this.seed = seed;
  }

  synchronized int[] of(int epoch) {
    int[] order = kept.get(epoch);
    if (order == null) {
      order = new Draws(seed, epoch).permutation(intCount());
      kept.put(epoch, order);
      if (kept.size() > Math.max(LEAST_KEPT, NUMBERS_KEPT / Math.max(1, order.length))) {
        kept.remove(kept.keySet().iterator().next()); // the one not used for longest
      }
    }
    return order;
  }

  private int intCount() {
    long elements = count.getAsLong();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new DataException(
          elements + " elements are too many to shuffle at once: use shuffle(bufferSize, seed)");
    }
    return (int) elements;
  }
}
