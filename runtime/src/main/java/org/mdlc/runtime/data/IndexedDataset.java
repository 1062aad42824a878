package org.mdlc.runtime.data;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A data set whose elements can be had in any order: arrays, files in a folder, a mapped file.
 * Shuffling it permutes numbers and reads nothing.
 */
public interface IndexedDataset extends Dataset {
  /** Number of elements. */
  long count();

  /**
   * Element {@code index}; may be called by several threads at the same time.
   *
   * @param index from 0 to {@code count() - 1}
   * @throws DataException if it cannot be read
   */
  ArrayDataset get(long index);

  @Override
  default OptionalLong size() {
    return OptionalLong.of(count());
  }

  @Override
  default OptionalInt batchSize() {
    return OptionalInt.empty();
  }

  @Override
  default Elements elements(int epoch) {
    return new Elements() {
      private long next;

      @Override
      public @Nullable Element next() {
        if (next == count()) {
          return null;
        }
        long index = next++;
        return () -> get(index);
      }
    };
  }
}
