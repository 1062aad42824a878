package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Trail;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.ir.Operation;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Concat;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Div;
import org.mdlc.compiler.op.Floor;
import org.mdlc.compiler.op.Iota;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Table;
import org.mdlc.compiler.op.Transpose;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Adds nodes to the graph under construction; shapes follow the language's rules, not the stricter
 * ones of the operations.
 */
final class Emitter {
  private Frame frame;
  private Origin origin = Origin.NONE;

  Emitter(Frame frame) {
    this.frame = frame;
  }

  Frame frame() {
    return frame;
  }

  void enter(Frame other) {
    frame = other;
  }

  Origin origin() {
    return origin;
  }

  void at(Origin other) {
    origin = other;
  }

  // ---- nodes

  Tensor add(Operation op, Tensor... operands) {
    return addAll(op, Arrays.asList(operands)).get(0);
  }

  Tensor add(Operation op, List<Tensor> operands) {
    return addAll(op, operands).get(0);
  }

  List<Tensor> addAll(Operation op, List<Tensor> operands) {
    var values = operands.stream().map(frame::use).toList();
    var trail = operands.isEmpty() ? Trail.NONE : operands.get(0).trail();
    try {
      return frame.builder().at(origin).addAll(op, values).stream()
          .map(v -> new Tensor(frame, v, trail))
          .toList();
    } catch (ShapeError e) {
      throw new Misuse(
          Codes.SHAPE_MISMATCH,
          e.getMessage() == null ? "shapes do not fit" : e.getMessage(),
          e.operand());
    }
  }

  Tensor of(Value value) {
    return new Tensor(frame, value, Trail.NONE);
  }

  /** A tensor as it is seen in the current graph. */
  Tensor here(Tensor tensor) {
    return tensor.frame() == frame
        ? tensor
        : new Tensor(frame, frame.use(tensor), tensor.trail(), tensor.mask(), tensor.logits());
  }

  Tensor read(Variable variable) {
    return of(frame.read(variable));
  }

  void write(Variable variable, Tensor value) {
    frame.write(variable, frame.use(value));
  }

  // ---- constants

  Tensor constant(DType dtype, double value) {
    return fill(TensorType.scalar(dtype), value);
  }

  Tensor fill(TensorType type, double value) {
    return add(new Constant(type, value));
  }

  Tensor table(TensorType type, List<Double> values) {
    return add(new Table(type, values));
  }

  /** 0, 1, 2, .. along an axis. */
  Tensor iota(Shape shape, int axis) {
    return add(new Iota(shape, axis));
  }

  /**
   * A dimension as a number of the graph: constants as such, a named dimension as the sum of as
   * many ones.
   */
  Tensor number(Dim dim, DType dtype) {
    if (dim.isConstant()) {
      return constant(dtype, (double) dim.value());
    }
    Tensor sum = null;
    for (var term : dim.terms()) {
      var product = constant(DType.F32, (double) term.coefficient());
      for (var factor : term.factors()) {
        product = add(new Mul(), product, factor(factor));
      }
      sum = sum == null ? product : add(new Add(), sum, product);
    }
    if (sum == null) {
      throw new IllegalStateException("dimension " + dim + " has no terms");
    }
    return cast(sum, dtype);
  }

  private Tensor factor(Dim.Factor factor) {
    return switch (factor) {
      case Dim.Symbol s ->
          add(
              new ReduceSum(List.of(0)),
              fill(new TensorType(DType.F32, Shape.of(Dim.symbol(s.name()))), 1));
      case Dim.Floor f ->
          add(
              new Floor(),
              add(
                  new Div(),
                  number(f.numerator(), DType.F32),
                  constant(DType.F32, (double) f.divisor())));
    };
  }

  // ---- types

  Tensor cast(Tensor x, DType dtype) {
    return x.dtype() == dtype ? x : add(new Cast(dtype), x);
  }

  /** The wider of two element types: bool, then i32, then f32. */
  static DType join(DType a, DType b) {
    if (a == b) {
      return a;
    }
    if (a == DType.U32 || b == DType.U32) {
      throw new Misuse(
          Codes.DTYPE_MISMATCH, "random bits do not mix with " + (a == DType.U32 ? b : a).text());
    }
    if (a == DType.F32 || b == DType.F32) {
      return DType.F32;
    }
    return a == DType.I32 || b == DType.I32 ? DType.I32 : DType.BOOL;
  }

  // ---- shapes

  /** Stretches to a shape that {@link Broadcasting#join} found: aligned on the right. */
  Tensor stretch(Tensor x, Shape shape) {
    if (x.shape().equals(shape)) {
      return x;
    }
    int shift = shape.rank() - x.rank();
    return add(
        new Broadcast(shape, IntStream.range(0, x.rank()).map(i -> i + shift).boxed().toList()), x);
  }

  /**
   * Applies an element-wise operation to operands of one type after stretching them to one shape.
   */
  Tensor elementwise(Operation op, List<Tensor> operands) {
    var shape = operands.get(0).shape();
    for (int i = 1; i < operands.size(); i++) {
      shape = Broadcasting.join(shape, operands.get(i).shape());
    }
    var result = shape;
    return add(op, operands.stream().map(o -> stretch(o, result)).toList());
  }

  /** As {@link #elementwise}, with the operands cast to the widest of their element types. */
  Tensor promoted(Operation op, Tensor... operands) {
    var dtype = operands[0].dtype();
    for (var operand : operands) {
      dtype = join(dtype, operand.dtype());
    }
    var common = dtype;
    return elementwise(op, Arrays.stream(operands).map(o -> cast(o, common)).toList());
  }

  Tensor reshape(Tensor x, Shape shape) {
    if (x.shape().equals(shape)) {
      return x;
    }
    if (!x.shape().elements().equals(shape.elements())) {
      throw new Misuse(
          Codes.SHAPE_MISMATCH,
          "cannot reshape "
              + x.shape()
              + " to "
              + shape
              + ": "
              + x.shape().elements()
              + " elements are not "
              + shape.elements());
    }
    return add(new Reshape(shape), x);
  }

  Tensor transpose(Tensor x, List<Integer> order) {
    return order.equals(IntStream.range(0, x.rank()).boxed().toList())
        ? x
        : add(new Transpose(order), x);
  }

  /** Moves one axis to another place; the others keep their order. */
  Tensor moveAxis(Tensor x, int from, int to) {
    var order = new ArrayList<Integer>();
    IntStream.range(0, x.rank()).filter(i -> i != from).forEach(order::add);
    order.add(to, from);
    return transpose(x, order);
  }

  Tensor concat(List<Tensor> parts, int axis) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    return add(new Concat(axis), parts);
  }

  Tensor expand(Tensor x, int axis) {
    var dims = new ArrayList<>(x.shape().dims());
    dims.add(axis, Dim.ONE);
    return reshape(x, new Shape(dims));
  }

  /** Puts size-1 axes back where a reduction took them away. */
  Tensor keep(Tensor reduced, Shape before, List<Integer> axes) {
    var dims = new ArrayList<Dim>();
    for (int i = 0; i < before.rank(); i++) {
      dims.add(axes.contains(i) ? Dim.ONE : before.dim(i));
    }
    return reshape(reduced, new Shape(dims));
  }
}
