package org.mdlc.runtime.preprocessing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/**
 * Two or more categorical features as one, by the hash of them together; Keras's {@code
 * HashedCrossing} (https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing).
 *
 * <p>Features are [rows] or [rows, 1]; the result has that shape in mode {@code INT}, and in {@code
 * ONE_HOT} [rows, bins].
 */
public final class HashedCrossing implements StringLayer {
  // The key that TensorFlow's sparse.cross_hashed takes when it is given none.
  private static final long DEFAULT_HASH_KEY = 0xDECAFCAFFEL;

  private final int numBins;
  private final OutputMode outputMode;

  private HashedCrossing(int numBins, OutputMode outputMode) {
    if (numBins < 1) {
      throw new IllegalArgumentException("num_bins must be positive, not " + numBins);
    }
    if (outputMode != OutputMode.INT && outputMode != OutputMode.ONE_HOT) {
      throw new IllegalArgumentException(
          "HashedCrossing gives int or one_hot, not " + outputMode.kerasName());
    }
    this.numBins = numBins;
    this.outputMode = outputMode;
  }

  /** The number of the bin, from 0 to {@code numBins - 1}. */
  public static HashedCrossing of(int numBins) {
    return new HashedCrossing(numBins, OutputMode.INT);
  }

  /**
   * Bins as the mode says.
   *
   * @throws IllegalArgumentException if there is no bin, or the mode is not {@code INT} or {@code
   *     ONE_HOT}
   */
  public static HashedCrossing of(int numBins, OutputMode outputMode) {
    return new HashedCrossing(numBins, outputMode);
  }

  /** A feature to cross: what each of its values is hashed to. */
  public static final class Feature {
    private final long[] fingerprints;
    private final int[] shape;

    private Feature(long[] fingerprints, int[] shape) {
      this.fingerprints = fingerprints;
      this.shape = shape;
    }

    /** Strings count by the fingerprint of their UTF-8 bytes. */
    public static Feature of(StringTensor values) {
      long[] fingerprints =
          values.toList().stream()
              .mapToLong(v -> FarmHash.fingerprint(v.getBytes(StandardCharsets.UTF_8)))
              .toArray();
      return new Feature(fingerprints, values.shape());
    }

    /** Integers count by themselves. */
    public static Feature of(HostTensor values) {
      long[] fingerprints = Arrays.stream(values.toInts().ints()).asLongStream().toArray();
      return new Feature(fingerprints, values.shape());
    }
  }

  @Override
  public HostTensor apply(StringTensor... inputs) {
    return apply(Stream.of(inputs).map(Feature::of).toArray(Feature[]::new));
  }

  /**
   * The crossing of features of any kind.
   *
   * @throws IllegalArgumentException if there is only one, or their shapes differ or are not [rows]
   *     or [rows, 1]
   */
  public HostTensor apply(Feature... features) {
    if (features.length < 2) {
      throw new IllegalArgumentException("HashedCrossing takes two features or more");
    }
    int[] shape = features[0].shape;
    for (Feature feature : features) {
      if (!Arrays.equals(feature.shape, shape)) {
        throw new IllegalArgumentException(
            "the features of a crossing have equal shapes, not "
                + Arrays.toString(shape)
                + " and "
                + Arrays.toString(feature.shape));
      }
    }
    if (shape.length > 2 || (shape.length == 2 && shape[1] != 1)) {
      throw new IllegalArgumentException(
          "HashedCrossing takes [rows] or [rows, 1], not " + Arrays.toString(shape));
    }
    int[] bins = new int[features[0].fingerprints.length];
    for (int i = 0; i < bins.length; i++) {
      long hash = DEFAULT_HASH_KEY;
      for (Feature feature : features) {
        hash = FarmHash.join(hash, feature.fingerprints[i]);
      }
      bins[i] = (int) Long.remainderUnsigned(hash, numBins);
    }
    return Encoding.encode(bins, shape, outputMode, numBins, null, null);
  }
}
