package org.mdlc.runtime.utils;

import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.random.PythonRandom;

/**
 * A data set parted into a left and a right one; Keras's {@code keras.utils.split_dataset}.
 *
 * <pre>{@code
 * ArrayDataset.Split parts = SplitDataset.of(data).leftSize(0.8).shuffle(true).seed(7).split();
 * }</pre>
 *
 * <p>A whole number counts rows, a fraction is a share of them, rounded to even. The side that is
 * not given has the other rows. When the two together leave rows over, the ones in the middle are
 * in neither: the left side has the first rows and the right side the last.
 */
public final class SplitDataset {
  private static final int SEED_END = 1_000_000;

  private final ArrayDataset data;
  private @Nullable Size left;
  private @Nullable Size right;
  private boolean shuffle;
  private OptionalLong seed = OptionalLong.empty();

  private SplitDataset(ArrayDataset data) {
    this.data = data;
  }

  /** The data set to part. */
  public static SplitDataset of(ArrayDataset data) {
    return new SplitDataset(data);
  }

  /** Rows of the left side. */
  public SplitDataset leftSize(int rows) {
    left = new Size("leftSize", rows, Double.NaN);
    return this;
  }

  /** Share of the left side. */
  public SplitDataset leftSize(double share) {
    left = new Size("leftSize", 0, share);
    return this;
  }

  /** Rows of the right side. */
  public SplitDataset rightSize(int rows) {
    right = new Size("rightSize", rows, Double.NaN);
    return this;
  }

  /** Share of the right side. */
  public SplitDataset rightSize(double share) {
    right = new Size("rightSize", 0, share);
    return this;
  }

  /** Whether the rows are brought into a random order first; false unless set. */
  public SplitDataset shuffle(boolean inRandomOrder) {
    shuffle = inRandomOrder;
    return this;
  }

  /** Seeds that order, which is then the one that Keras draws; another every time unless set. */
  public SplitDataset seed(long newSeed) {
    seed = OptionalLong.of(newSeed);
    return this;
  }

  /**
   * Copies of the rows of both sides.
   *
   * @throws IllegalArgumentException if neither side has a size, or a share is not between 0 and 1,
   *     or both shares exceed 1
   * @throws DataException if a side would be empty, or both have more rows than there are
   */
  public ArrayDataset.Split split() {
    if (left == null && right == null) {
      throw new IllegalArgumentException("give `leftSize` or `rightSize`, or both");
    }
    if (left != null
        && right != null
        && left.isShare()
        && right.isShare()
        && left.share + right.share > 1) {
      throw new IllegalArgumentException(
          "`leftSize` and `rightSize` are "
              + (left.share + right.share)
              + " together, more than 1");
    }
    int rows = data.rows();
    int rightRows = right == null ? -1 : right.of(rows);
    int leftRows = left == null ? rows - rightRows : left.of(rows);
    if (right == null) {
      rightRows = rows - leftRows;
    }
    if (leftRows + rightRows > rows) {
      throw new DataException(
          "`leftSize` and `rightSize` are "
              + (leftRows + rightRows)
              + " rows together, and there are "
              + rows);
    }
    if (leftRows == 0 || rightRows == 0) {
      throw new DataException(
          (leftRows == 0 ? "the left" : "the right") + " side of " + rows + " rows would be empty");
    }
    int[] order = IntStream.range(0, rows).toArray();
    if (shuffle) {
      random().shuffle(order);
    }
    return new ArrayDataset.Split(
        data.takeRows(IntStream.range(0, leftRows).map(i -> order[i]).toArray()),
        data.takeRows(IntStream.range(rows - rightRows, rows).map(i -> order[i]).toArray()));
  }

  private PythonRandom random() {
    return new PythonRandom(seed.orElseGet(SplitDataset::drawnSeed));
  }

  /** As Keras draws it from {@code random.randint(0, 1e6)}, which {@code set_random_seed} seeds. */
  private static long drawnSeed() {
    OptionalLong global = RandomSeed.get();
    return global.isPresent()
        ? new PythonRandom(global.getAsLong()).randInt(0, SEED_END)
        : System.nanoTime() % SEED_END;
  }

  private record Size(String name, int rows, double share) {
    Size {
      if (Double.isNaN(share) && rows < 1 || share <= 0 || share >= 1) {
        throw new IllegalArgumentException(
            "`"
                + name
                + "` is a number of rows, at least 1, or a share between 0 and 1, not "
                + (Double.isNaN(share) ? rows : share));
      }
    }

    boolean isShare() {
      return !Double.isNaN(share);
    }

    int of(int all) {
      if (!isShare() && rows >= all) {
        throw new DataException(
            "`" + name + "` is " + rows + ", and there are only " + all + " rows");
      }
      return isShare() ? (int) Math.rint(share * all) : rows;
    }
  }
}
