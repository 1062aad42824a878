package org.mdlc.runtime;

import java.util.List;
import java.util.Locale;
import org.mdlc.runtime.data.DType;

/**
 * One variable of a model and its place in the variables' memory.
 *
 * @param name the path of the layer in the model and the variable, such as {@code dense/kernel}
 * @param role what the variable is for
 * @param dtype the type of the elements
 * @param shape the sizes of the axes; empty for a scalar
 * @param offset bytes from the start of the memory; a multiple of {@link Variables#ALIGNMENT}
 * @param trainable whether the optimizer changes it; false unless the role is {@link Role#PARAM}
 * @param initial how it gets its first value
 */
public record VariableSpec(
    String name,
    Role role,
    DType dtype,
    List<Integer> shape,
    long offset,
    boolean trainable,
    Initial initial) {
  /** Checks alignment, and that a seed is i32[2]. */
  public VariableSpec {
    shape = List.copyOf(shape);
    TensorSpec.elementCount(shape);
    if (offset < 0 || offset % Variables.ALIGNMENT != 0) {
      throw new IllegalArgumentException(name + ": offset " + offset + " is not aligned");
    }
    if (trainable && role != Role.PARAM) {
      throw new IllegalArgumentException(name + ": only a parameter is trainable");
    }
    boolean keyed = initial.kind() == Initial.Kind.DRAWN || initial.kind() == Initial.Kind.SEEDED;
    if (role == Role.SEED ? dtype != DType.I32 || !shape.equals(List.of(2)) : keyed) {
      throw new IllegalArgumentException(name + ": a seed is i32[2] with role SEED");
    }
  }

  /** Number of elements. */
  public int size() {
    return Math.toIntExact(TensorSpec.elementCount(shape));
  }

  /** Bytes the elements take. */
  public long bytes() {
    return (long) size() * DType.BYTES;
  }

  /** Whether it belongs to the weights: parameters and layer state. */
  public boolean isWeight() {
    return role == Role.PARAM || role == Role.STATE;
  }

  /** Such as {@code f32[784, 128]}. */
  public String type() {
    return dtype.name().toLowerCase(Locale.ROOT) + shape;
  }
}
