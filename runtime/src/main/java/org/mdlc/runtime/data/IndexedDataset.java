package org.mdlc.runtime.data;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A data set whose elements can be had in any order: arrays, files in a folder, a mapped file.
 * Shuffling it permutes numbers and reads nothing.
 */
public interface IndexedDataset extends Dataset {
  /** Number of elements. */
  long count();

  /**
   * Element {@code index}, of epoch 0 where epochs differ; may be called by several threads at the
   * same time.
   *
   * @param index from 0 to {@code count() - 1}
   * @throws DataException if it cannot be read
   */
  ArrayDataset get(long index);

  /**
   * The element at a place of the order of an epoch, not made yet. Only shuffled data has orders
   * that differ.
   */
  default Element element(int epoch, long index) {
    return () -> get(index);
  }

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
    long count = count();
    return new Elements() {
      private long next;

      @Override
      public @Nullable Element next() {
        return next == count ? null : element(epoch, next++);
      }

      @Override
      public long skip(long elements) {
        long skipped = Math.min(elements, count - next);
        next += skipped;
        return skipped;
      }
    };
  }

  @Override
  default IndexedDataset map(UnaryOperator<ArrayDataset> function) {
    return Mapping.found(this, function).of(this);
  }

  @Override
  default IndexedDataset map(DataSpec result, UnaryOperator<ArrayDataset> function) {
    return Mapping.declared(this, result, function).of(this);
  }

  /**
   * All elements in a random order, another one in each epoch.
   *
   * @throws DataException when a pass starts, if there are more than an int counts
   */
  default IndexedDataset shuffle(long seed) {
    Permutations permutations = new Permutations(this::count, seed);
    return new IndexedView(
        () -> Joins.shuffled(this, "shuffled", seed),
        this::spec,
        this::count,
        batchSize(),
        (epoch, index) -> element(epoch, permutations.of(epoch)[(int) index]));
  }

  @Override
  default IndexedDataset batch(int rows) {
    return batch(rows, false);
  }

  @Override
  default IndexedDataset batch(int rows, boolean dropRemainder) {
    Batching batching = new Batching(this, rows, dropRemainder);
    return new IndexedView(
        this::order,
        this::spec,
        () -> batching.count(count()),
        OptionalInt.of(rows),
        (epoch, index) -> batching.element(this, epoch, index));
  }

  @Override
  default IndexedDataset cache() {
    return MemoryCache.ofIndexed(this);
  }

  @Override
  default IndexedDataset take(long count) {
    return Ranges.take(this, count);
  }

  @Override
  default IndexedDataset skip(long count) {
    return Ranges.skip(this, count);
  }

  @Override
  default IndexedDataset repeat(int times) {
    return Ranges.repeat(this, times);
  }

  /** {@link #zip(Dataset)} that stays indexed. */
  default IndexedDataset zip(IndexedDataset other) {
    return Joins.zip(this, other);
  }

  /** {@link #concatenate(Dataset)} that stays indexed. */
  default IndexedDataset concatenate(IndexedDataset other) {
    return Joins.concatenate(this, other);
  }

  /**
   * Parts of the elements, in their order, such as {@code split(0.8, 0.2)}. Shuffled data is parted
   * in the order of epoch 0 in all epochs, so that no element moves from one part to another; the
   * parts are not shuffled any more.
   *
   * @param shares of the parts, together at most 1; where they are 1, no element is left out
   * @throws DataException if a part would be empty
   */
  default List<IndexedDataset> split(double... shares) {
    return Ranges.split(this, Ranges.counts(shares, count()));
  }

  /**
   * {@link #split(double...)} with a number of elements for each part, such as {@code split(800,
   * 200)}.
   */
  default List<IndexedDataset> split(long... counts) {
    return Ranges.split(this, counts);
  }
}
