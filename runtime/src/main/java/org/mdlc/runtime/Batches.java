package org.mdlc.runtime;

import java.util.OptionalLong;

/** Data cut into batches for the steps of one model; made from arrays or from a {@code Dataset}. */
interface Batches {
  /** Number of batches of a pass, if it is known before the pass. */
  OptionalLong count();

  /** Number of rows of a pass, if it is known before the pass. */
  default OptionalLong rows() {
    return OptionalLong.empty();
  }

  /**
   * Draws what a pass draws for its first batch: Keras takes one when it builds the metrics of a
   * model, and drops it.
   */
  default void dropOrder() {}

  /**
   * Starts a pass over all rows.
   *
   * @param epoch from 0; the order of shuffled rows depends on it
   */
  Pass pass(int epoch);

  /** Batch after batch. Used by one thread at a time; close it when done, which may be early. */
  interface Pass extends AutoCloseable {
    /**
     * Goes on to the next batch.
     *
     * @return its number of rows; 0 after the last one
     */
    int next();

    /**
     * Gives the inputs, targets and weights of the batch at hand to a step of as many rows; once
     * for each batch.
     */
    void fill(Step step);

    /** Passes over {@code batches} batches; how training continues in the middle of an epoch. */
    default void skip(long batches) {
      for (long i = 0; i < batches; i++) {
        next();
      }
    }

    @Override
    default void close() {}
  }
}
