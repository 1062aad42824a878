package org.mdlc.runtime.preprocessing;

import java.util.Arrays;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * Integers below a known number to vectors; Keras's {@code CategoryEncoding}
 * (https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding). Shapes are
 * those of {@link StringLookup} in the same mode.
 *
 * @param numTokens the number of categories, which go from 0
 * @param outputMode {@code ONE_HOT}, {@code MULTI_HOT} or {@code COUNT}
 */
public record CategoryEncoding(int numTokens, OutputMode outputMode) {
  /** Checks both. */
  public CategoryEncoding {
    if (numTokens < 1) {
      throw new IllegalArgumentException("num_tokens must be positive, not " + numTokens);
    }
    if (outputMode == OutputMode.INT || outputMode == OutputMode.TF_IDF) {
      throw new IllegalArgumentException(
          "CategoryEncoding gives one_hot, multi_hot or count, not " + outputMode.kerasName());
    }
  }

  /** One vector per sample that is 1 at every category that occurs: Keras's default. */
  public CategoryEncoding(int numTokens) {
    this(numTokens, OutputMode.MULTI_HOT);
  }

  /**
   * The vectors.
   *
   * @throws DataException at a value that is no category
   */
  public HostTensor apply(HostTensor values) {
    return Encoding.encode(categories(values), values.shape(), outputMode, numTokens, null, null);
  }

  /**
   * The vectors, where each value counts as much as its weight says; only in {@code COUNT}.
   *
   * @param countWeights of the shape of {@code values}
   */
  public HostTensor apply(HostTensor values, HostTensor countWeights) {
    if (outputMode != OutputMode.COUNT) {
      throw new IllegalStateException("weights are for mode count, not " + outputMode.kerasName());
    }
    if (!Arrays.equals(values.shape(), countWeights.shape())) {
      throw new IllegalArgumentException("weights " + countWeights + " for values " + values);
    }
    float[] weights = countWeights.toFloats().floats();
    return Encoding.encode(
        categories(values), values.shape(), outputMode, numTokens, weights, null);
  }

  private int[] categories(HostTensor values) {
    int[] categories = values.toInts().ints();
    for (int category : categories) {
      if (category < 0 || category >= numTokens) {
        throw new DataException(
            "a category lies from 0 to " + (numTokens - 1) + "; the data has " + category);
      }
    }
    return categories;
  }
}
