package org.mdlc.compiler.op;

import java.util.List;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** What shape rules ask of their operands, with the sentence for those that do not comply. */
final class Types {
  private Types() {}

  static void count(Op op, List<TensorType> operands, int count) {
    if (operands.size() != count) {
      throw new ShapeError(
          op.name()
              + " takes "
              + count
              + (count == 1 ? " operand" : " operands")
              + ", not "
              + operands.size());
    }
  }

  static TensorType one(Op op, List<TensorType> operands) {
    count(op, operands, 1);
    return operands.get(0);
  }

  static void dtype(Op op, List<TensorType> operands, int operand, DType wanted) {
    var found = operands.get(operand).dtype();
    if (found != wanted) {
      throw new ShapeError(
          op.name() + " needs " + wanted.text() + ", not " + found.text(), operand);
    }
  }

  /** All of one float type. */
  static DType floats(Op op, List<DType> operands) {
    for (int i = 0; i < operands.size(); i++) {
      if (!operands.get(i).isFloat()) {
        throw new ShapeError(op.name() + " needs f32, not " + operands.get(i).text(), i);
      }
    }
    return same(op, operands);
  }

  /** All of one float type or all I32. */
  static DType numbers(Op op, List<DType> operands) {
    var type = same(op, operands);
    if (!type.isFloat() && type != DType.I32) {
      throw new ShapeError(op.name() + " needs numbers, not " + type.text(), 0);
    }
    return type;
  }

  static DType truths(Op op, List<DType> operands) {
    for (int i = 0; i < operands.size(); i++) {
      if (operands.get(i) != DType.BOOL) {
        throw new ShapeError(op.name() + " needs bool, not " + operands.get(i).text(), i);
      }
    }
    return DType.BOOL;
  }

  static DType same(Op op, List<DType> operands) {
    var first = operands.get(0);
    for (int i = 1; i < operands.size(); i++) {
      if (operands.get(i) != first) {
        throw new ShapeError(
            op.name()
                + " needs operands of one type, not "
                + first.text()
                + " and "
                + operands.get(i).text(),
            i);
      }
    }
    return first;
  }

  static void axis(Op op, int axis, TensorType operand) {
    if (axis < 0 || axis >= operand.rank()) {
      throw new ShapeError(
          "axis " + axis + " of " + op.name() + " does not exist in " + operand.shape(), 0);
    }
  }

  static void rank(Op op, List<TensorType> operands, int operand, int rank) {
    var shape = operands.get(operand).shape();
    if (shape.rank() != rank) {
      throw new ShapeError(op.name() + " needs rank " + rank + ", not " + shape, operand);
    }
  }

  static void atLeast(Op op, Dim dim, long least, String what, int operand) {
    if (dim.isConstant() && dim.value() < least) {
      throw new ShapeError(
          op.name() + " makes " + what + " " + dim + ", which must be at least " + least, operand);
    }
  }

  static void shape(Op op, List<TensorType> operands, int operand, Shape wanted) {
    var found = operands.get(operand).shape();
    if (!found.equals(wanted)) {
      throw new ShapeError(op.name() + " needs shape " + wanted + " here, not " + found, operand);
    }
  }
}
