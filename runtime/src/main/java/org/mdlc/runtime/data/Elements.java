package org.mdlc.runtime.data;

import org.jspecify.annotations.Nullable;

/** One pass over a {@link Dataset}. Used by one thread at a time. */
public interface Elements extends AutoCloseable {
  /**
   * The next element, not made yet; null after the last one.
   *
   * @throws DataException if the source cannot be read
   */
  @Nullable Element next();

  /**
   * Passes over elements without making them.
   *
   * @return how many there were, fewer than {@code count} at the end
   */
  default long skip(long count) {
    for (long skipped = 0; skipped < count; skipped++) {
      if (next() == null) {
        return skipped;
      }
    }
    return count;
  }

  /** Frees what the pass holds, such as open files and threads. A pass may be closed early. */
  @Override
  default void close() {}
}
