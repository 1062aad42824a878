package org.mdlc.runtime.utils;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;

/**
 * Batches by their number, made by code of the user; Keras's {@code keras.utils.PyDataset} (once
 * {@code Sequence}). {@code fit} takes the batches in a new random order in each epoch, the one
 * that Keras draws, unless it is told {@code shuffle(false)}; the rows inside a batch stay as they
 * are.
 *
 * <p>Every epoch is {@link #onEpochBegin}, the batches, {@link #onEpochEnd}, the last one also when
 * the epoch ends early or fails; both in the thread that trains. Keras's JAX backend reads one
 * batch more before the first epoch, and calls the two in another order around it; here nothing is
 * read twice.
 */
public abstract class PyDataset implements Dataset {
  private final int workers;
  private final int maxQueueSize;

  /** With Keras's defaults: one worker, which is the thread that trains. */
  protected PyDataset() {
    this(1, 10);
  }

  /**
   * @param workers threads that make batches at the same time; with 0 or 1 the thread that trains
   *     makes them
   * @param maxQueueSize how many batches wait to be taken, at least 1
   */
  protected PyDataset(int workers, int maxQueueSize) {
    if (workers < 0 || maxQueueSize < 1) {
      throw new IllegalArgumentException(
          "a PyDataset takes 0 or more workers and a queue of at least 1, not "
              + workers
              + " and "
              + maxQueueSize);
    }
    this.workers = workers;
    this.maxQueueSize = maxQueueSize;
  }

  /** Names, types and shapes of the rows of all batches. */
  @Override
  public abstract DataSpec spec();

  /**
   * Makes a batch; Keras's {@code __getitem__}. Several workers call it at the same time.
   *
   * @param index from 0 to {@link #numBatches} - 1, or without end
   * @return one row or more
   */
  public abstract ArrayDataset getItem(long index);

  /** Number of batches of an epoch; empty when there is no end. */
  public abstract OptionalLong numBatches();

  /** Called before the first batch of an epoch is made. */
  public void onEpochBegin() {}

  /** Called after an epoch, when no batch is made any more. */
  public void onEpochEnd() {}

  /** Threads that make batches at the same time. */
  public final int workers() {
    return workers;
  }

  /** How many batches wait to be taken. */
  public final int maxQueueSize() {
    return maxQueueSize;
  }

  /** {@link #numBatches}. */
  @Override
  public final OptionalLong size() {
    return numBatches();
  }

  /** Batches have sizes of their own. */
  @Override
  public final OptionalInt batchSize() {
    return OptionalInt.of(0);
  }

  /** The batches in their order. */
  @Override
  public final Elements elements(int epoch) {
    return new Epoch(numBatches().orElse(Long.MAX_VALUE), null);
  }

  /** The batches in another order, given by their numbers. */
  public final Elements inOrder(int... order) {
    return new Epoch(order.length, order.clone());
  }

  private ArrayDataset checkedItem(long index) {
    ArrayDataset batch = getItem(index);
    String what =
        String.format(Locale.ROOT, "getItem(%d) of %s", index, getClass().getSimpleName());
    if (batch.rows() == 0) {
      throw new DataException(what + " has no rows");
    }
    spec().require(batch, what);
    return batch;
  }

  private final class Epoch implements Elements {
    private final long count;
    private final int @Nullable [] order;
    private long next;
    private boolean closed;

    Epoch(long count, int @Nullable [] order) {
      this.count = count;
      this.order = order;
      onEpochBegin();
    }

    @Override
    public @Nullable Element next() {
      if (next == count) {
        return null;
      }
      int place = (int) next;
      long index = order == null ? next : order[place];
      next++;
      return () -> checkedItem(index);
    }

    @Override
    public long skip(long batches) {
      long skipped = Math.min(batches, count - next);
      next += skipped;
      return skipped;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        onEpochEnd();
      }
    }
  }
}
