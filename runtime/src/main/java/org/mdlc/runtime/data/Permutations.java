package org.mdlc.runtime.data;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The orders of a shuffled data set, one per epoch; the one used last is kept. */
final class Permutations {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Drawn(int epoch, int[] order) {}

  private final LongSupplier count;
  private final long seed;
  private volatile @Nullable Drawn last;

  Permutations(LongSupplier count, long seed) {
    this.count = count;
    this.seed = seed;
  }

  int[] of(int epoch) {
    Drawn drawn = last;
    if (drawn == null || drawn.epoch != epoch) {
      drawn = new Drawn(epoch, new Draws(seed, epoch).permutation(intCount()));
      last = drawn;
    }
    return drawn.order;
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
