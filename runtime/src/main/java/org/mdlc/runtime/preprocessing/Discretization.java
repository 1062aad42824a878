package org.mdlc.runtime.preprocessing;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * Numbers to the number of the interval in which they lie, from 0; Keras's {@code Discretization}
 * (https://keras.io/api/layers/preprocessing_layers/numerical/discretization). Interval i goes from
 * boundary i - 1, included, to boundary i. The boundaries are given, or learned so that the
 * intervals hold about as many values each. Shapes are those of {@link StringLookup}.
 */
public final class Discretization {
  private final int numBins;
  private final double epsilon;
  private final OutputMode outputMode;
  private final float[] boundaries;
  private final boolean adapted;

  private Discretization(
      int numBins, double epsilon, OutputMode outputMode, float[] boundaries, boolean adapted) {
    if (outputMode == OutputMode.TF_IDF) {
      throw new IllegalArgumentException(
          "Discretization gives int, one_hot, multi_hot or count, not tf_idf");
    }
    this.numBins = numBins;
    this.epsilon = epsilon;
    this.outputMode = outputMode;
    this.boundaries = boundaries.clone();
    this.adapted = adapted;
  }

  /**
   * Intervals between known boundaries.
   *
   * @param boundaries in ascending order
   */
  public static Discretization between(float... boundaries) {
    for (int i = 1; i < boundaries.length; i++) {
      if (!(boundaries[i - 1] <= boundaries[i])) {
        throw new IllegalArgumentException("the boundaries ascend: " + Arrays.toString(boundaries));
      }
    }
    return new Discretization(0, 0, OutputMode.INT, boundaries, true);
  }

  /**
   * Intervals to learn.
   *
   * @param numBins number of intervals
   * @param epsilon how exact the quantiles are: smaller is more exact and takes more memory;
   *     Keras's default is 0.01
   */
  public static Discretization learning(int numBins, double epsilon) {
    if (numBins < 1) {
      throw new IllegalArgumentException("num_bins must be positive, not " + numBins);
    }
    if (!(epsilon > 0 && epsilon <= 1)) {
      throw new IllegalArgumentException("epsilon lies between 0 and 1, not " + epsilon);
    }
    return new Discretization(numBins, epsilon, OutputMode.INT, new float[0], false);
  }

  /** {@link #learning(int, double)} with Keras's epsilon of 0.01. */
  public static Discretization learning(int numBins) {
    return learning(numBins, 0.01);
  }

  /** This layer with another form of its result: any mode but {@code TF_IDF}. */
  public Discretization outputMode(OutputMode mode) {
    return new Discretization(numBins, epsilon, mode, boundaries, adapted);
  }

  /**
   * This layer with the boundaries of these data, of any shape. Boundaries are estimated as Keras
   * does: each batch is summed up by at most 1 / epsilon weighted values, and summaries are merged.
   *
   * @throws IllegalStateException if the boundaries were given
   * @throws DataException if there are no values
   */
  public Discretization adapt(Stream<HostTensor> batches) {
    if (numBins == 0) {
      throw new IllegalStateException("the boundaries were given, so there is nothing to learn");
    }
    Summary summary =
        batches
            .map(batch -> Summary.of(batch.toFloats().floats(), epsilon))
            .reduce(Summary.EMPTY, (merged, next) -> next.merge(merged, epsilon));
    if (summary.values.length == 0) {
      throw new DataException("there is no value to learn boundaries from");
    }
    float[] quantiles = summary.compress(1.0 / numBins).values;
    return new Discretization(
        numBins, epsilon, outputMode, Arrays.copyOf(quantiles, quantiles.length - 1), true);
  }

  /** {@link #adapt(Stream)} over all data at once. */
  public Discretization adapt(HostTensor data) {
    return adapt(Stream.of(data));
  }

  /** The boundaries, in ascending order. */
  public float[] binBoundaries() {
    return boundaries.clone();
  }

  /** The intervals of numbers; NaN lies in the last. */
  public HostTensor apply(HostTensor values) {
    if (!adapted) {
      throw new IllegalStateException("no boundaries yet: call adapt, or give them");
    }
    float[] numbers = values.toFloats().floats();
    int[] bins = new int[numbers.length];
    for (int i = 0; i < bins.length; i++) {
      bins[i] = bin(numbers[i]);
    }
    return Encoding.encode(bins, values.shape(), outputMode, boundaries.length + 1, null, null);
  }

  private int bin(float number) {
    int from = 0;
    int to = boundaries.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (number < boundaries[middle]) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

  /** Values in ascending order, each standing for as many as its weight says. */
  private static final class Summary {
    static final Summary EMPTY = new Summary(new float[0], new float[0]);

    private final float[] values;
    private final float[] weights;

    private Summary(float[] values, float[] weights) {
      this.values = values;
      this.weights = weights;
    }

    static Summary of(float[] data, double epsilon) {
      float[] sorted = data.clone();
      Arrays.sort(sorted);
      double step = Math.max(sorted.length / (1.0 / epsilon), 1);
      int[] kept =
          IntStream.iterate((int) (step - 1), i -> i < sorted.length, i -> i + (int) step)
              .toArray();
      float[] values = new float[kept.length];
      for (int i = 0; i < kept.length; i++) {
        values[i] = sorted[kept[i]];
      }
      float[] weights = new float[kept.length];
      Arrays.fill(weights, (float) step);
      return new Summary(values, weights);
    }

    Summary merge(Summary other, double epsilon) {
      int count = values.length + other.values.length;
      float[] allValues = Arrays.copyOf(values, count);
      float[] allWeights = Arrays.copyOf(weights, count);
      System.arraycopy(other.values, 0, allValues, values.length, other.values.length);
      System.arraycopy(other.weights, 0, allWeights, values.length, other.weights.length);
      int[] order =
          IntStream.range(0, count)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> allValues[i]))
              .mapToInt(Integer::intValue)
              .toArray();
      float[] mergedValues = new float[count];
      float[] mergedWeights = new float[count];
      for (int i = 0; i < count; i++) {
        mergedValues[i] = allValues[order[i]];
        mergedWeights[i] = allWeights[order[i]];
      }
      return new Summary(mergedValues, mergedWeights).compress(epsilon);
    }

    /** The quantiles at epsilon, 2 epsilon, … 1, by linear interpolation of the summed weights. */
    Summary compress(double epsilon) {
      if (values.length * epsilon < 1) {
        return this;
      }
      float[] cumulated = weights.clone();
      for (int i = 1; i < cumulated.length; i++) {
        cumulated[i] += cumulated[i - 1];
      }
      double[] shares = new double[cumulated.length];
      for (int i = 0; i < shares.length; i++) {
        shares[i] = cumulated[i] / cumulated[cumulated.length - 1];
      }
      int count = (int) Math.ceil(1.0 / epsilon);
      float[] newValues = new float[count];
      float[] newWeights = new float[count];
      double before = 0;
      for (int i = 0; i < count; i++) {
        double share = epsilon + i * epsilon;
        newValues[i] = (float) interpolate(share, shares, values);
        double weight = interpolate(share, shares, cumulated);
        newWeights[i] = (float) (weight - before);
        before = weight;
      }
      return new Summary(newValues, newWeights);
    }

    // As NumPy's interp: the ends hold beyond them.
    private static double interpolate(double x, double[] xs, float[] ys) {
      int last = xs.length - 1;
      if (x >= xs[last]) {
        return ys[last];
      }
      if (x < xs[0]) {
        return ys[0];
      }
      int low = 0;
      int high = last;
      while (high - low > 1) {
        int middle = (low + high) >>> 1;
        if (xs[middle] <= x) {
          low = middle;
        } else {
          high = middle;
        }
      }
      double slope = ((double) ys[high] - ys[low]) / (xs[high] - xs[low]);
      return slope * (x - xs[low]) + ys[low];
    }
  }
}
