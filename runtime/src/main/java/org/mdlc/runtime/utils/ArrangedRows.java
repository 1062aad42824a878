package org.mdlc.runtime.utils;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.IndexedDataset;
import org.mdlc.runtime.random.NumpyRandom;

/** Rows in another order in each epoch, and in batches. */
record ArrangedRows(IndexedDataset rows, OptionalInt batchSize, boolean shuffle, long seed)
    implements Dataset {
  private static final long SEED_END = 1L << 32;

  static Dataset of(IndexedDataset rows, OptionalInt batchSize, boolean shuffle, long seed) {
    return new ArrangedRows(rows, batchSize, shuffle, seed);
  }

  @Override
  public DataSpec spec() {
    return rows.spec();
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(Math.ceilDiv(rows.count(), batchSize.orElse(1)));
  }

  @Override
  public Elements elements(int epoch) {
    int count = Math.toIntExact(rows.count());
    int[] order =
        shuffle
            ? new NumpyRandom(Math.floorMod(seed + epoch, SEED_END)).permutation(count)
            : IntStream.range(0, count).toArray();
    return new Elements() {
      private int next;

      @Override
      public @Nullable Element next() {
        if (next == count) {
          return null;
        }
        int from = next;
        next = Math.min(count, from + batchSize.orElse(1));
        int to = next;
        return () -> batch(order, from, to);
      }
    };
  }

  private ArrayDataset batch(int[] order, int from, int to) {
    List<ArrayDataset> made = new ArrayList<>();
    for (int i = from; i < to; i++) {
      made.add(rows.get(order[i]));
    }
    return made.size() == 1 ? made.getFirst() : Rows.concatenate(made);
  }
}
