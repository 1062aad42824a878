package org.mdlc.runtime.data;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.workers.OrderedWorkers;

/**
 * A data set whose elements threads make ahead; see {@link Dataset#prefetch}. Training takes the
 * numbers from here and lets the threads fill its batches.
 */
public final class Prefetched implements Dataset {
  private final Dataset source;
  private final int workers;
  private final int queueSize;

  Prefetched(Dataset source, int workers, int queueSize) {
    if (workers < 0 || queueSize < 1) {
      throw new IllegalArgumentException(
          "prefetch takes 0 or more workers and a queue of at least 1, not "
              + workers
              + " and "
              + queueSize);
    }
    this.source = source;
    this.workers = workers;
    this.queueSize = queueSize;
  }

  /** What is made ahead. */
  public Dataset source() {
    return source;
  }

  /** Number of threads. */
  public int workers() {
    return workers;
  }

  /** How many elements may wait to be taken. */
  public int queueSize() {
    return queueSize;
  }

  @Override
  public String order() {
    return source.order();
  }

  @Override
  public DataSpec spec() {
    return source.spec();
  }

  @Override
  public OptionalLong size() {
    return source.size();
  }

  @Override
  public OptionalInt batchSize() {
    return source.batchSize();
  }

  /** The threads start when the first element is asked for. */
  @Override
  public Elements elements(int epoch) {
    return workers == 0 ? source.elements(epoch) : new AheadElements(source.elements(epoch));
  }

  private final class AheadElements implements Elements {
    private final Elements elements;
    private @Nullable OrderedWorkers<ArrayDataset> threads;
    private long skipped;

    AheadElements(Elements elements) {
      this.elements = elements;
    }

    @Override
    public @Nullable Element next() {
      if (threads == null) {
        threads =
            new OrderedWorkers<>(
                "element",
                skipped,
                workers,
                workers + queueSize,
                () -> {
                  Element element = elements.next();
                  return element == null ? null : element::make;
                });
      }
      ArrayDataset made = threads.take();
      if (made == null) {
        return null;
      }
      threads.release();
      return () -> made;
    }

    @Override
    public long skip(long count) {
      if (threads != null) {
        return Elements.super.skip(count);
      }
      long passed = elements.skip(count);
      skipped += passed;
      return passed;
    }

    @Override
    public void close() {
      if (threads != null) {
        threads.close();
      }
      elements.close();
    }
  }
}
