package org.mdlc.runtime;

import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.random.NumpyRandom;

/** Batches of arrays, in the orders of Keras's {@code ArrayDataAdapter}. */
final class ArrayBatches implements Batches {
  private final Feed feed;
  private final int size;
  private final Shuffle shuffle;
  private final Supplier<NumpyRandom> draws;

  /**
   * @param size rows of a batch; the last one has what is left
   * @param draws decides the order; asked when a pass needs it, as Keras does, so that the state of
   *     the generator before a pass decides the order of the pass
   */
  ArrayBatches(Feed feed, int size, Shuffle shuffle, Supplier<NumpyRandom> draws) {
    this.feed = feed;
    this.size = size;
    this.shuffle = shuffle;
    this.draws = draws;
  }

  /** In the order of the rows. */
  static ArrayBatches inOrder(Feed feed, int size) {
    return new ArrayBatches(
        feed,
        size,
        Shuffle.NONE,
        () -> {
          throw new IllegalStateException("rows in their order take no draws");
        });
  }

  @Override
  public OptionalLong count() {
    return OptionalLong.of(Math.ceilDiv(feed.rows(), size));
  }

  @Override
  public OptionalLong rows() {
    return OptionalLong.of(feed.rows());
  }

  @Override
  public void dropOrder() {
    new ArrayPass().next();
  }

  @Override
  public Pass pass(int epoch) {
    return new ArrayPass();
  }

  private final class ArrayPass implements Pass {
    private int @Nullable [] order;
    private int first;
    private int end;

    @Override
    public int next() {
      first = end;
      end = Math.min(feed.rows(), first + size);
      if (first < end) {
        draw();
      }
      return end - first;
    }

    private void draw() {
      switch (shuffle) {
        case NONE -> {}
        case ROWS -> {
          if (order == null) {
            order = draws.get().permutation(feed.rows());
          }
        }
        case BATCHES -> {
          if (order == null) {
            order = new int[feed.rows()];
          }
          int[] places = draws.get().permutation(end - first);
          for (int i = 0; i < places.length; i++) {
            order[first + i] = first + places[i];
          }
        }
      }
    }

    @Override
    public void fill(Step step) {
      feed.fill(step, order, first);
    }
  }
}
