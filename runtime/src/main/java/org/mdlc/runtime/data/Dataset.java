package org.mdlc.runtime.data;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Rows, or batches of rows, that are made when they are needed and again in each epoch; what {@code
 * tf.data.Dataset} and {@code PyDataset} are to Keras. Data in memory is an {@link ArrayDataset}.
 *
 * <p>A data set is immutable and may be gone through any number of times. What an epoch holds, and
 * in which order, depends on nothing but the data set and the number of the epoch.
 */
public interface Dataset {
  /** Names, types and shapes of one row. */
  DataSpec spec();

  /** Number of elements of one pass, if it is known before the pass. */
  OptionalLong size();

  /**
   * How many rows an element has (the last one may have fewer); empty when the elements are single
   * rows, so that whoever trains decides.
   */
  OptionalInt batchSize();

  /**
   * Starts a pass.
   *
   * @param epoch from 0; the number of the pass, on which the order of shuffled data depends
   */
  Elements elements(int epoch);
}
