package org.mdlc.runtime.utils;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.IndexedDataset;
import org.mdlc.runtime.random.NumpyRandom;

/**
 * Windows that slide over a series; Keras's {@code keras.utils.timeseries_dataset_from_array},
 * whose arguments and defaults these are. Each method changes this object and returns it.
 *
 * <pre>{@code
 * IndexedDataset windows = TimeseriesDatasetFromArray.of(data, targets, 10).sequenceStride(3).load();
 * }</pre>
 *
 * <p>Window number i starts at step {@code i * sequenceStride} and takes every {@code
 * samplingRate}-th step; its target is the one at its first step. Rows are {@code data},
 * [sequenceLength, ..], and {@code target}; see {@link #names}. A window is cut out of the series
 * when it is asked for.
 */
public final class TimeseriesDatasetFromArray {
  private final HostTensor data;
  private final @Nullable HostTensor targets;
  private final int sequenceLength;
  private int sequenceStride = 1;
  private int samplingRate = 1;
  private OptionalInt batchSize = OptionalInt.of(128);
  private boolean shuffle;
  private OptionalLong seed = OptionalLong.empty();
  private int startIndex;
  private OptionalInt endIndex = OptionalInt.empty();
  private String dataName = "data";
  private String targetName = "target";

  private TimeseriesDatasetFromArray(
      HostTensor data, @Nullable HostTensor targets, int sequenceLength) {
    this.data = data;
    this.targets = targets;
    this.sequenceLength = atLeastOne("sequenceLength", sequenceLength);
  }

  /**
   * Windows over a series, with targets.
   *
   * @param data [steps, ..]
   * @param targets [steps, ..]: {@code targets[i]} is that of the window which starts at step i
   */
  public static TimeseriesDatasetFromArray of(
      HostTensor data, HostTensor targets, int sequenceLength) {
    return new TimeseriesDatasetFromArray(data, targets, sequenceLength);
  }

  /** Windows over a series, without targets. */
  public static TimeseriesDatasetFromArray of(HostTensor data, int sequenceLength) {
    return new TimeseriesDatasetFromArray(data, null, sequenceLength);
  }

  /** Steps from one window to the next; 1 unless set. */
  public TimeseriesDatasetFromArray sequenceStride(int steps) {
    sequenceStride = belowSteps("sequenceStride", steps);
    return this;
  }

  /** Steps from one element of a window to the next; 1 unless set. */
  public TimeseriesDatasetFromArray samplingRate(int steps) {
    samplingRate = belowSteps("samplingRate", steps);
    return this;
  }

  /** Windows of a batch; 128 unless set. */
  public TimeseriesDatasetFromArray batchSize(int windows) {
    batchSize = OptionalInt.of(atLeastOne("batchSize", windows));
    return this;
  }

  /** Gives single windows; {@code batch_size=None}. */
  public TimeseriesDatasetFromArray noBatches() {
    batchSize = OptionalInt.empty();
    return this;
  }

  /** Whether the windows come in random order, another one in each epoch; false unless set. */
  public TimeseriesDatasetFromArray shuffle(boolean inRandomOrder) {
    shuffle = inRandomOrder;
    return this;
  }

  /** Seeds the order; unless set, what follows from {@link RandomSeed}, or else any. */
  public TimeseriesDatasetFromArray seed(long number) {
    seed = OptionalLong.of(number);
    return this;
  }

  /** The first step used; 0 unless set. */
  public TimeseriesDatasetFromArray startIndex(int step) {
    if (step < 0 || step >= data.rows()) {
      throw outside("startIndex", step, 0, data.rows() - 1);
    }
    startIndex = step;
    return this;
  }

  /** The step after the last one used; that after the last of all unless set. */
  public TimeseriesDatasetFromArray endIndex(int step) {
    if (step < 1 || step >= data.rows()) {
      throw outside("endIndex", step, 1, data.rows() - 1);
    }
    endIndex = OptionalInt.of(step);
    return this;
  }

  /** Names the windows and their targets, as the model does. */
  public TimeseriesDatasetFromArray names(String windows, String targetsOfThem) {
    dataName = windows;
    targetName = targetsOfThem;
    return this;
  }

  /**
   * The windows, in batches or one by one.
   *
   * @throws DataException if no window fits between the first and the last step (where Keras gives
   *     an empty data set), or targets are missing for a window
   */
  public IndexedDataset load() {
    long number = seed.orElseGet(RandomSeed::drawnAsNumpy);
    return FolderDataset.arranged(windows(number), batchSize, shuffle, number);
  }

  /** The windows one by one; shuffled as {@code numpy.random.RandomState(seed)} does. */
  public IndexedDataset windows() {
    return windows(seed.orElseGet(RandomSeed::drawnAsNumpy));
  }

  private IndexedDataset windows(long number) {
    int end = endIndex.orElse(data.rows());
    if (end <= startIndex) {
      throw new IllegalArgumentException(
          "`endIndex` is " + end + ", which must be higher than `startIndex`, " + startIndex);
    }
    long starts = end - startIndex - (sequenceLength - 1L) * samplingRate;
    if (targets != null) {
      starts = Math.min(starts, targets.rows());
    }
    if (starts < 1) {
      throw new DataException(
          "no window of "
              + sequenceLength
              + " elements, "
              + samplingRate
              + " steps apart, fits the steps "
              + startIndex
              + " to "
              + (end - 1)
              + "; use a shorter `sequenceLength` or a lower `samplingRate`");
    }
    int stride = sequenceStride;
    int[] positions =
        IntStream.range(0, (int) Math.ceilDiv(starts, stride)).map(i -> i * stride).toArray();
    int last = startIndex + positions[positions.length - 1];
    if (targets != null && last >= targets.rows()) {
      throw new DataException(
          "the last window starts at step "
              + last
              + " and the targets end at step "
              + (targets.rows() - 1)
              + "; give a target for each step of the data");
    }
    if (shuffle) {
      new NumpyRandom(number).shuffle(positions);
    }
    return new Windows(
        data,
        targets,
        sequenceLength,
        samplingRate,
        dataName,
        targetName,
        IntStream.of(positions).map(i -> startIndex + i).toArray());
  }

  private int belowSteps(String name, int steps) {
    if (steps < 1 || steps >= data.rows()) {
      throw outside(name, steps, 1, data.rows() - 1);
    }
    return steps;
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("`" + name + "` is at least 1, not " + value);
    }
    return value;
  }

  private IllegalArgumentException outside(String name, int value, int least, int most) {
    return new IllegalArgumentException(
        "`"
            + name
            + "` is "
            + value
            + "; for a series of "
            + data.rows()
            + " steps it lies between "
            + least
            + " and "
            + most);
  }

  private static final class Windows implements IndexedDataset {
    private final HostTensor data;
    private final @Nullable HostTensor targets;
    private final int length;
    private final int rate;
    private final String dataName;
    private final String targetName;
    private final int[] starts;

    Windows(
        HostTensor data,
        @Nullable HostTensor targets,
        int length,
        int rate,
        String dataName,
        String targetName,
        int[] starts) {
      this.data = data;
      this.targets = targets;
      this.length = length;
      this.rate = rate;
      this.dataName = dataName;
      this.targetName = targetName;
      this.starts = starts;
    }

    @Override
    public String order() {
      return String.format(Locale.ROOT, "windows in order %08x", Arrays.hashCode(starts));
    }

    @Override
    public DataSpec spec() {
      return DataSpec.of(get(0));
    }

    @Override
    public long count() {
      return starts.length;
    }

    @Override
    public ArrayDataset get(long index) {
      int start = starts[Math.toIntExact(index)];
      int[] steps = IntStream.range(0, length).map(i -> start + i * rate).toArray();
      HostTensor window = data.take(steps);
      int[] shape = IntStream.concat(IntStream.of(1), IntStream.of(window.shape())).toArray();
      Map<String, HostTensor> row = new LinkedHashMap<>();
      row.put(dataName, window.reshape(shape));
      if (targets != null) {
        row.put(targetName, targets.slice(start, start + 1));
      }
      return ArrayDataset.of(row);
    }
  }
}
