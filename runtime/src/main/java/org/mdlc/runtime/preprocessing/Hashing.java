package org.mdlc.runtime.preprocessing;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/**
 * Strings or integers to a fixed number of bins by a hash: FarmHash's Fingerprint64 of the UTF-8
 * bytes, or SipHash-2-4 with a salt; Keras's {@code Hashing}
 * (https://keras.io/api/layers/preprocessing_layers/categorical/hashing). Integers are hashed as
 * their decimal digits; floats lose their fraction first.
 *
 * <p>Shapes are those of {@link StringLookup}.
 */
public final class Hashing implements StringLayer {
  private final int numBins;
  private final @Nullable String maskValue;
  private final @Nullable SipHash salt;
  private final OutputMode outputMode;

  private Hashing(Builder settings) {
    this.numBins = settings.numBins;
    this.maskValue = settings.maskValue;
    this.salt = settings.salt;
    this.outputMode = settings.outputMode;
  }

  /**
   * Starts with Keras's defaults.
   *
   * @param numBins number of bins, that of the mask value included
   * @throws IllegalArgumentException if it is not positive
   */
  public static Builder builder(int numBins) {
    return new Builder(numBins);
  }

  @Override
  public HostTensor apply(StringTensor... inputs) {
    StringTensor values = Layers.only("Hashing", inputs);
    return encode(values::get, values.size(), values.shape());
  }

  /** The bins of numbers. */
  public HostTensor apply(HostTensor values) {
    IntFunction<String> digits =
        values.dtype() == DType.I32
            ? i -> Integer.toString(values.ints()[i])
            : i -> Long.toString((long) values.floats()[i]);
    return encode(digits, values.size(), values.shape());
  }

  private HostTensor encode(IntFunction<String> values, int count, int[] shape) {
    int[] bins = new int[count];
    for (int i = 0; i < count; i++) {
      bins[i] = bin(values.apply(i));
    }
    return Encoding.encode(bins, shape, outputMode, numBins, null, null);
  }

  private int bin(String value) {
    if (maskValue == null || numBins == 1) {
      return Buckets.of(value, numBins, salt);
    }
    // Bin 0 is for the mask value alone.
    return value.equals(maskValue) ? 0 : 1 + Buckets.of(value, numBins - 1, salt);
  }

  /** Settings of a {@link Hashing}. */
  public static final class Builder {
    private final int numBins;
    private @Nullable String maskValue;
    private @Nullable SipHash salt;
    private OutputMode outputMode = OutputMode.INT;

    private Builder(int numBins) {
      if (numBins < 1) {
        throw new IllegalArgumentException("num_bins must be positive, not " + numBins);
      }
      this.numBins = numBins;
    }

    /** The value that means "nothing here": bin 0, which no other value then has. */
    public Builder maskValue(String value) {
      maskValue = value;
      return this;
    }

    /** The integer that means "nothing here". */
    public Builder maskValue(long value) {
      return maskValue(Long.toString(value));
    }

    /** Hashes by SipHash with this key, twice. */
    public Builder salt(long key) {
      return salt(key, key);
    }

    /** Hashes by SipHash with this key. */
    public Builder salt(long key0, long key1) {
      salt = new SipHash(key0, key1);
      return this;
    }

    /** What comes out: any mode but {@code TF_IDF}. */
    public Builder outputMode(OutputMode mode) {
      if (mode == OutputMode.TF_IDF) {
        throw new IllegalArgumentException(
            "Hashing gives int, one_hot, multi_hot or count, not tf_idf");
      }
      outputMode = mode;
      return this;
    }

    /** The layer. */
    public Hashing build() {
      return new Hashing(this);
    }
  }
}
