package org.mdlc.runtime.utils;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Inputs, targets and weights of some rows; Keras's {@code pack_x_y_sample_weight} and {@code
 * unpack_x_y_sample_weight}.
 *
 * @param x inputs
 * @param y targets, or null when there are none
 * @param sampleWeight weights of the rows, or null when all count the same
 */
public record XySampleWeight<T>(T x, @Nullable T y, @Nullable T sampleWeight) {
  /**
   * @throws IllegalArgumentException for weights without targets, which Keras drops silently
   */
  public XySampleWeight {
    if (y == null && sampleWeight != null) {
      throw new IllegalArgumentException("there are sample weights but no targets to weigh");
    }
  }

  /** The parts that are there, in order; Keras's {@code pack_x_y_sample_weight}. */
  public List<T> pack() {
    return Stream.of(Stream.of(x), Stream.ofNullable(y), Stream.ofNullable(sampleWeight))
        .flatMap(part -> part)
        .toList();
  }

  /**
   * One to three parts by their place; Keras's {@code unpack_x_y_sample_weight}.
   *
   * @throws IllegalArgumentException for another number of parts
   */
  public static <T> XySampleWeight<T> unpack(List<? extends T> parts) {
    return switch (parts.size()) {
      case 1 -> new XySampleWeight<>(parts.get(0), null, null);
      case 2 -> new XySampleWeight<>(parts.get(0), parts.get(1), null);
      case 3 -> new XySampleWeight<>(parts.get(0), parts.get(1), parts.get(2));
      default ->
          throw new IllegalArgumentException(
              "data has the parts (x), (x, y) or (x, y, sampleWeight), not these "
                  + parts.size()
                  + ": "
                  + parts);
    };
  }
}
