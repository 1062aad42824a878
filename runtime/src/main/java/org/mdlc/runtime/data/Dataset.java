package org.mdlc.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rows, or batches of rows, that are made when they are needed and again in each epoch; what {@code
 * tf.data.Dataset} and {@code PyDataset} are to Keras. Data in memory is an {@link ArrayDataset}.
 *
 * <p>A data set is immutable and may be gone through any number of times. What an epoch holds, and
 * in which order, depends on nothing but the data set and the number of the epoch; not on how many
 * threads make it.
 *
 * <p>The operations make new data sets and read nothing yet. Those of {@link IndexedDataset} stay
 * indexed where they can. Functions given to them are called by several threads at the same time
 * where there is a {@link #prefetch}, and give the same for the same rows.
 */
public interface Dataset {
  /** Names, types and shapes of one row. */
  DataSpec spec();

  /** Number of elements of one pass, if it is known before the pass. */
  OptionalLong size();

  /**
   * How many rows an element has (the last one may have fewer), or 0 where batches have sizes of
   * their own; empty when the elements are single rows, so that whoever trains decides.
   */
  OptionalInt batchSize();

  /**
   * What decides which rows come and in which order, as far as that differs from one data set to
   * another of the same rows: seeds of shuffles, and the order that a source has drawn. A backup of
   * training keeps it, and is refused where it has become another. Empty where nothing is known.
   */
  default String order() {
    return "";
  }

  /**
   * Starts a pass.
   *
   * @param epoch from 0; the number of the pass, on which the order of shuffled data depends
   */
  Elements elements(int epoch);

  /**
   * Every element changed by a function, which keeps the number of rows. What the rows then hold is
   * found by applying it to the first element, when it is first asked for.
   */
  default Dataset map(UnaryOperator<ArrayDataset> function) {
    return Mapping.found(this, function).of(this);
  }

  /**
   * Every element changed by a function, which keeps the number of rows.
   *
   * @param result what the rows then hold; a row that differs is an error
   */
  default Dataset map(DataSpec result, UnaryOperator<ArrayDataset> function) {
    return Mapping.declared(this, result, function).of(this);
  }

  /**
   * The elements that pass a test. Finding the next one makes all before it, one after the other:
   * put a {@link #prefetch} before it when that is slow.
   */
  default Dataset filter(Predicate<ArrayDataset> test) {
    return new StreamView(
        this::order,
        this::spec,
        OptionalLong::empty,
        batchSize(),
        epoch -> new FilteredElements(elements(epoch), test));
  }

  /**
   * Every element swapped with a random one of the next {@code bufferSize}, in a new order in each
   * epoch; {@code tf.data}'s {@code shuffle}. What waits in the buffer has not been made yet.
   *
   * @param bufferSize at least 1
   */
  default Dataset shuffle(int bufferSize, long seed) {
    if (bufferSize < 1) {
      throw new IllegalArgumentException(
          "a shuffle buffer has at least 1 place, not " + bufferSize);
    }
    return new StreamView(
        () -> Joins.shuffled(this, "shuffled in a buffer of " + bufferSize, seed),
        this::spec,
        this::size,
        batchSize(),
        epoch -> new ShuffledElements(elements(epoch), bufferSize, new Draws(seed, epoch)));
  }

  /** Batches of {@code rows} rows; the last one has what is left. */
  default Dataset batch(int rows) {
    return batch(rows, false);
  }

  /**
   * Batches of {@code rows} rows.
   *
   * @param dropRemainder whether to leave out a last batch with fewer
   * @throws DataException if the elements are batches already
   */
  default Dataset batch(int rows, boolean dropRemainder) {
    Batching batching = new Batching(this, rows, dropRemainder);
    return new StreamView(
        this::order,
        this::spec,
        () -> batching.count(size()),
        OptionalInt.of(rows),
        epoch -> batching.elements(elements(epoch)));
  }

  /** The rows of all batches, one by one; batches are made one after the other. */
  default Dataset unbatch() {
    return Batching.unbatch(this);
  }

  /**
   * The same elements, made ahead by threads while the one who takes them does something else.
   *
   * @param workers number of threads; with 0 nothing is made ahead
   * @param queueSize how many elements may wait to be taken, at least 1
   */
  default Dataset prefetch(int workers, int queueSize) {
    return new Prefetched(this, workers, queueSize);
  }

  /**
   * The elements of epoch 0 in all epochs, made once and kept in memory. They are kept when they
   * are first made, each by itself.
   */
  default Dataset cache() {
    return MemoryCache.ofStream(this);
  }

  /**
   * The elements of epoch 0 in all epochs, read from a file. The file is written as a whole when it
   * is first needed and does not exist, and appears only when it is complete; it ends with a list
   * of its elements, so that they are found in any order. Every element has a checksum.
   *
   * <p>A file that is there is used, also by a later run: delete it when the data changes.
   *
   * @throws DataException when it is used, if the file is damaged or holds rows of another kind
   */
  default IndexedDataset cache(Path file) {
    return new FileCache(this, file);
  }

  /** The first {@code count} elements, or all if there are fewer. */
  default Dataset take(long count) {
    return Ranges.take(this, count);
  }

  /** All elements but the first {@code count}. */
  default Dataset skip(long count) {
    return Ranges.skip(this, count);
  }

  /**
   * The elements {@code times} times. Each repetition is a pass of its own: in epoch e shuffled
   * data has the orders of the epochs {@code e * times} and following.
   */
  default Dataset repeat(int times) {
    return Ranges.repeat(this, times);
  }

  /**
   * The elements again and again, without end. In epoch e shuffled data has the orders of the
   * epochs e and following.
   */
  default Dataset repeat() {
    return Ranges.repeatForever(this);
  }

  /**
   * The columns of both, element by element, until one ends; {@code tf.data}'s {@code zip}.
   *
   * @throws DataException if a name is in both, or one has batches and the other has not
   */
  default Dataset zip(Dataset other) {
    return Joins.zip(this, other);
  }

  /**
   * The elements of this one, then those of the other.
   *
   * @throws DataException if their rows differ
   */
  default Dataset concatenate(Dataset other) {
    return Joins.concatenate(this, other);
  }

  /**
   * Makes all rows of epoch 0 and puts them into memory.
   *
   * @throws DataException if there is none
   */
  default ArrayDataset collect() {
    List<ArrayDataset> pieces = new ArrayList<>();
    try (Elements elements = elements(0)) {
      @Nullable Element element;
      while ((element = elements.next()) != null) {
        element.makeTo(pieces::add);
      }
    }
    if (pieces.isEmpty()) {
      throw new DataException("the data set has no elements to collect");
    }
    return Rows.concat(pieces, 0);
  }
}
