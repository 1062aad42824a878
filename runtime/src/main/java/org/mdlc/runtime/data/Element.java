package org.mdlc.runtime.data;

import java.util.function.Consumer;

/**
 * One element of a {@link Dataset}, a row or a batch of rows, that has not been made yet. Making it
 * is the slow part, such as reading and decoding a file, and may be done by any thread; elements of
 * one pass may be made at the same time and in any order. Made twice, it gives the same numbers.
 */
@FunctionalInterface
public interface Element {
  /**
   * Makes the element.
   *
   * @return the rows: one, or those of a batch
   * @throws DataException if what it is made of cannot be read or does not have the shape promised
   */
  ArrayDataset make();

  /**
   * Makes the element piece by piece, so that whoever copies its rows needs no array for all of
   * them: a batch gives row after row.
   *
   * @param pieces takes the rows in order
   * @throws DataException as {@link #make}
   */
  default void makeTo(Consumer<ArrayDataset> pieces) {
    pieces.accept(make());
  }
}
