package org.mdlc.runtime;

import org.mdlc.runtime.data.HostTensor;

/** Thirty buckets of the same width, as TensorBoard's {@code histogram} makes them. */
final class Histogram {
  private static final int BUCKETS = 30;

  private Histogram() {}

  /** Left edge, right edge and count; values that are not finite are in none. */
  static double[][] buckets(HostTensor values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    int finite = 0;
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i);
      if (Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
        finite++;
      }
    }
    double[][] buckets = new double[BUCKETS][3];
    if (finite == 0) {
      return buckets;
    }
    double width = (high - low) / BUCKETS;
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i][0] = width == 0 ? high : low + i * width;
      buckets[i][1] = width == 0 || i == BUCKETS - 1 ? high : low + (i + 1) * width;
    }
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i);
      if (Double.isFinite(value)) {
        int bucket = width == 0 ? BUCKETS - 1 : (int) ((value - low) / width);
        buckets[Math.min(bucket, BUCKETS - 1)][2]++;
      }
    }
    return buckets;
  }
}
