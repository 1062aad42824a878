package org.mdlc.runtime;

import java.util.List;

/**
 * An input of a model that takes strings.
 *
 * @param name the name in the model
 * @param shape the shape of one row, that is without the batch axis
 */
public record TextSpec(String name, List<Integer> shape) {
  /** Checks that no size is negative. */
  public TextSpec {
    shape = List.copyOf(shape);
    TensorSpec.elementCount(shape);
  }

  /** Strings in one row. */
  public int rowSize() {
    return Math.toIntExact(TensorSpec.elementCount(shape));
  }

  /** Such as {@code review: str[]}. */
  @Override
  public String toString() {
    return name + ": str" + shape;
  }
}
