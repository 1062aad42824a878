package org.mdlc.runtime.preprocessing;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * Numbers to mean 0 and variance 1; Keras's {@code Normalization}
 * (https://keras.io/api/layers/preprocessing_layers/numerical/normalization): (x - mean) /
 * max(sqrt(variance), 1e-7), with a mean and a variance for every place along the kept axes. The
 * variance is that of the population. The result has the shape of the input.
 */
public final class Normalization {
  private static final double EPSILON = 1e-7;

  private final int[] axis;
  private final boolean invert;
  private final @Nullable Statistics statistics;

  private Normalization(int[] axis, boolean invert, @Nullable Statistics statistics) {
    this.axis = axis.clone();
    this.invert = invert;
    this.statistics = statistics;
  }

  /**
   * A layer that is to learn.
   *
   * @param axis the kept axes, counted from the batch or, if negative, from the end; none for a
   *     single mean and variance. Keras's default is -1
   */
  public static Normalization over(int... axis) {
    return new Normalization(axis, false, null);
  }

  /** A layer with one known mean and variance. */
  public static Normalization of(double mean, double variance) {
    return of(new float[] {(float) mean}, new float[] {(float) variance});
  }

  /**
   * A layer with a known mean and variance for every place along the axes.
   *
   * @param mean in row-major order of the kept axes
   * @param variance as many as {@code mean}
   */
  public static Normalization of(float[] mean, float[] variance, int... axis) {
    if (mean.length != variance.length) {
      throw new IllegalArgumentException(mean.length + " means, " + variance.length + " variances");
    }
    return new Normalization(axis, false, new Statistics(mean.clone(), variance.clone()));
  }

  /** This layer the other way round: mean + x * max(sqrt(variance), 1e-7). */
  public Normalization inverted() {
    return new Normalization(axis, !invert, statistics);
  }

  /**
   * This layer with mean and variance of these data.
   *
   * @param batches equal in the kept axes
   * @throws DataException if there is no value
   */
  public Normalization adapt(Stream<HostTensor> batches) {
    Sums sums = new Sums();
    batches.forEach(batch -> sums.add(batch.toFloats(), places(batch.shape())));
    return new Normalization(axis, invert, sums.statistics());
  }

  /** {@link #adapt(Stream)} over all data at once. */
  public Normalization adapt(HostTensor data) {
    return adapt(Stream.of(data));
  }

  /** The means, in row-major order of the kept axes. */
  public float[] mean() {
    return required().mean.clone();
  }

  /** The variances, in row-major order of the kept axes. */
  public float[] variance() {
    return required().variance.clone();
  }

  /**
   * The normalized numbers.
   *
   * @throws DataException if the kept axes have other sizes than in the data learned from
   */
  public HostTensor apply(HostTensor values) {
    Places places = places(values.shape());
    Statistics known = required();
    if (known.mean.length != places.count) {
      throw new DataException(
          "Normalization knows "
              + known.mean.length
              + " means, "
              + values
              + " needs "
              + places.count);
    }
    float[] divisors = new float[known.variance.length];
    for (int i = 0; i < divisors.length; i++) {
      divisors[i] = (float) Math.max(Math.sqrt(known.variance[i]), EPSILON);
    }
    float[] source = values.toFloats().floats();
    float[] normalized = new float[source.length];
    for (int i = 0; i < source.length; i++) {
      int place = places.of(i);
      normalized[i] =
          invert
              ? known.mean[place] + source[i] * divisors[place]
              : (source[i] - known.mean[place]) / divisors[place];
    }
    return HostTensor.of(normalized, values.shape());
  }

  private Statistics required() {
    if (statistics == null) {
      throw new IllegalStateException("no mean and variance yet: call adapt, or give them");
    }
    return statistics;
  }

  private static final class Statistics {
    private final float[] mean;
    private final float[] variance;

    Statistics(float[] mean, float[] variance) {
      this.mean = mean;
      this.variance = variance;
    }
  }

  /** Where each element of a tensor lies along the kept axes. */
  private static final class Places {
    private final int[] sizes;
    private final int[] strides;
    private final int[] weights;
    private final int count;

    Places(int[] sizes, int[] strides, int[] weights, int count) {
      this.sizes = sizes;
      this.strides = strides;
      this.weights = weights;
      this.count = count;
    }

    int of(int element) {
      int place = 0;
      for (int i = 0; i < sizes.length; i++) {
        place += element / strides[i] % sizes[i] * weights[i];
      }
      return place;
    }
  }

  private Places places(int[] shape) {
    int[] kept = IntStream.of(axis).map(a -> a < 0 ? a + shape.length : a).sorted().toArray();
    int[] sizes = new int[kept.length];
    int[] strides = new int[kept.length];
    int[] weights = new int[kept.length];
    int count = 1;
    for (int i = kept.length - 1; i >= 0; i--) {
      if (kept[i] < 0 || kept[i] >= shape.length) {
        throw new IllegalArgumentException(
            "axis " + Arrays.toString(axis) + " of a tensor of shape " + Arrays.toString(shape));
      }
      sizes[i] = shape[kept[i]];
      strides[i] =
          IntStream.range(kept[i] + 1, shape.length).map(d -> shape[d]).reduce(1, (a, b) -> a * b);
      weights[i] = count;
      count *= sizes[i];
    }
    return new Places(sizes, strides, weights, count);
  }

  /** Running mean and sum of squared deviations per place, by Welford's method, in double. */
  private static final class Sums {
    private double[] mean = new double[0];
    private double[] squares = new double[0];
    private long[] seen = new long[0];

    void add(HostTensor batch, Places places) {
      if (seen.length == 0) {
        mean = new double[places.count];
        squares = new double[places.count];
        seen = new long[places.count];
      }
      if (seen.length != places.count) {
        throw new DataException("a batch has " + places.count + " places, not " + seen.length);
      }
      for (int i = 0; i < batch.size(); i++) {
        int place = places.of(i);
        double x = batch.get(i);
        double before = x - mean[place];
        mean[place] += before / ++seen[place];
        squares[place] += before * (x - mean[place]);
      }
    }

    Statistics statistics() {
      if (seen.length == 0 || seen[0] == 0) {
        throw new DataException("there is no value to learn a mean from");
      }
      float[] means = new float[mean.length];
      float[] variances = new float[mean.length];
      for (int i = 0; i < means.length; i++) {
        means[i] = (float) mean[i];
        variances[i] = (float) (squares[i] / seen[i]);
      }
      return new Statistics(means, variances);
    }
  }
}
