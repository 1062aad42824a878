package org.mdlc.compiler.ir;

import java.util.List;
import org.mdlc.compiler.type.TensorType;

/**
 * What a node does: an immutable record whose components are its attributes. The operations
 * themselves live in package {@code op}.
 */
public interface Operation {
  /** Lower-case name of the text form, such as {@code matmul}. */
  String name();

  /**
   * Types of the results for these operand types.
   *
   * @throws ShapeError when the operands do not fit
   */
  List<TensorType> infer(List<TensorType> operands);

  /** The graphs inside this operation (body of a scan or composite), in order. */
  default List<Graph> regions() {
    return List.of();
  }
}
