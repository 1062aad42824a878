package org.mdlc.compiler.ir;

import org.mdlc.compiler.type.TensorType;

/**
 * One tensor in a graph: defined once, never changed. The id is unique within its graph; the name
 * is the user's word for it and may be empty.
 */
public record Value(int id, TensorType type, String name) {
  public Value {
    if (id < 0) {
      throw new IllegalArgumentException("value id " + id);
    }
  }

  /** {@code %12}. */
  @Override
  public String toString() {
    return "%" + id;
  }
}
