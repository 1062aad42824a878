package org.mdlc.runtime.preprocessing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.HostTensor;

/** Indices to what an {@link OutputMode} says; Keras's {@code encode_categorical_inputs}. */
final class Encoding {
  /** An index that stands for nothing: its place in a vector stays 0. */
  static final int DROPPED = -1;

  private Encoding() {}

  /**
   * Encodes indices of any shape.
   *
   * <ul>
   *   <li>{@code INT}: the same shape, integers.
   *   <li>{@code ONE_HOT}: an axis of size {@code depth} more; a last axis of size 1 goes first.
   *   <li>others: [..., n] to [..., depth]. (For three axes and more Keras sums along the second
   *       axis, against its own documentation; here it is always the last.)
   * </ul>
   *
   * @param weights how much each occurrence counts in {@code COUNT}; null for 1
   * @param scale factors of the places in {@code TF_IDF}; null otherwise
   */
  static HostTensor encode(
      int[] indices,
      int[] shape,
      OutputMode mode,
      int depth,
      float @Nullable [] weights,
      float @Nullable [] scale) {
    if (mode == OutputMode.INT) {
      return HostTensor.of(indices, shape);
    }
    // A scalar is a sample of one.
    int[] samples = shape.length == 0 ? new int[] {1} : shape;
    return mode == OutputMode.ONE_HOT
        ? oneHot(indices, samples, depth)
        : sums(indices, samples, mode, depth, weights, scale);
  }

  private static HostTensor oneHot(int[] indices, int[] shape, int depth) {
    boolean drops = shape.length > 1 && shape[shape.length - 1] == 1;
    int kept = drops ? shape.length - 1 : shape.length;
    int[] newShape = Arrays.copyOf(shape, kept + 1);
    newShape[kept] = depth;
    float[] encoded = new float[Math.multiplyExact(indices.length, depth)];
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] != DROPPED) {
        encoded[i * depth + indices[i]] = 1;
      }
    }
    return HostTensor.of(encoded, newShape);
  }

  private static HostTensor sums(
      int[] indices,
      int[] shape,
      OutputMode mode,
      int depth,
      float @Nullable [] weights,
      float @Nullable [] scale) {
    int width = shape[shape.length - 1];
    int[] newShape = shape.clone();
    newShape[shape.length - 1] = depth;
    float[] encoded = new float[Math.toIntExact(HostTensor.elementCount(newShape))];
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] != DROPPED) {
        int at = i / width * depth + indices[i];
        encoded[at] =
            mode == OutputMode.MULTI_HOT ? 1 : encoded[at] + (weights == null ? 1 : weights[i]);
      }
    }
    if (scale != null) {
      for (int i = 0; i < encoded.length; i++) {
        encoded[i] *= scale[i % depth];
      }
    }
    return HostTensor.of(encoded, newShape);
  }
}
