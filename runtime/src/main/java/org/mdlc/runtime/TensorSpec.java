package org.mdlc.runtime;

import java.util.List;
import java.util.Locale;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;

/**
 * An input, target or output of a model.
 *
 * @param name the name in the model
 * @param dtype the type of the elements
 * @param shape the shape of one row, that is without the batch axis
 */
public record TensorSpec(String name, DType dtype, List<Integer> shape) {
  /** Checks that no size is negative. */
  public TensorSpec {
    shape = List.copyOf(shape);
    elementCount(shape);
  }

  /** Elements in one row. */
  public int rowSize() {
    return Math.toIntExact(elementCount(shape));
  }

  /** Such as {@code image: f32[28, 28, 1]}. */
  @Override
  public String toString() {
    return name + ": " + dtype.name().toLowerCase(Locale.ROOT) + shape;
  }

  static long elementCount(List<Integer> shape) {
    return HostTensor.elementCount(shape.stream().mapToInt(Integer::intValue).toArray());
  }
}
