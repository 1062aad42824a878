package org.mdlc.compiler.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.DimParser;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** Shapes with named dimensions, and the sentences for operands that do not fit. */
final class ShapeRulesTest {
  private static TensorType f32(Object... dims) {
    return new TensorType(
        DType.F32,
        new Shape(List.of(dims).stream().map(d -> DimParser.parse(d.toString())).toList()));
  }

  private static TensorType i32(Object... dims) {
    return f32(dims).withDType(DType.I32);
  }

  private static void gives(String wanted, Op op, TensorType... operands) {
    assertEquals(wanted, op.infer(List.of(operands)).get(0).toString());
  }

  private static void fails(String message, int operand, Op op, TensorType... operands) {
    var error = assertThrows(ShapeError.class, () -> op.infer(List.of(operands)));
    assertEquals(message, error.getMessage());
    assertEquals(operand, error.operand());
  }

  @Test
  void namedDimensionsPassThrough() {
    gives("f32[batch, 10]", new MatMul(false, false), f32("batch", "28*T"), f32("28*T", 10));
    gives("f32[batch, T, 10]", new MatMul(false, true), f32("batch", "T", 8), f32(10, 8));
    gives("f32[64*batch]", new Reshape(Shape.of(Dim.BATCH.times(64))), f32("batch", 8, 8));
    gives(
        "f32[batch, " + Dim.symbol("T").minus(Dim.of(3)).floorDiv(2).plus(1) + ", 4]",
        new Convolution(new ConvGeometry(List.of(2), List.of(0), List.of(0), List.of(1), 1)),
        f32("batch", "T", 3),
        f32(3, 3, 4));
    gives("f32[T+batch]", new Concat(0), f32("batch"), f32("T"));
    gives("i32[batch]", new ArgMax(1), f32("batch", 10));
    gives("f32[batch, T, 64]", new Gather(0), f32(1000, 64), i32("batch", "T"));
  }

  @Test
  void elementwiseNeedsOneShapeAndFittingTypes() {
    fails("shapes [2, 3] and [3] differ", 1, new Add(), f32(2, 3), f32(3));
    fails("add needs operands of one type, not f32 and i32", 1, new Add(), f32(2), i32(2));
    fails("exp needs f32, not i32", 0, new Exp(), i32(2));
    fails("div needs f32, not i32", 0, new Div(), i32(2), i32(2));
    fails("and needs bool, not f32", 0, new And(), f32(2), f32(2));
    fails("select needs a bool condition, not f32", 0, new Select(), f32(2), f32(2), f32(2));
    fails("lt needs numbers, not u32", 0, new Lt(), u32(2), u32(2));
    fails("add takes 2 operands, not 1", -1, new Add(), f32(2));
  }

  private static TensorType u32(Object... dims) {
    return f32(dims).withDType(DType.U32);
  }

  @Test
  void viewsSayWhatDoesNotFit() {
    fails("[2, 3] has 6 elements, [5] has 5", 0, new Reshape(Shape.of(5)), f32(2, 3));
    fails(
        "[2] does not broadcast to [3, 4]: 2 is neither 1 nor 4",
        0,
        new Broadcast(Shape.of(3, 4), List.of(1)),
        f32(2));
    fails("[0, 0] is no order of the 2 axes of [2, 3]", 0, new Transpose(List.of(0, 0)), f32(2, 3));
    fails(
        "slice 0:4 lies outside axis 0 of [3]",
        0,
        new Slice(List.of(Dim.ZERO), List.of(Dim.of(4)), List.of(1)),
        f32(3));
    fails("shapes [2, 3] and [4, 5] differ beside axis 0", 1, new Concat(0), f32(2, 3), f32(4, 5));
    fails("axis 2 of reverse does not exist in [2, 3]", 0, new Reverse(List.of(2)), f32(2, 3));
    fails(
        "pad makes padding before axis 0 -1, which must be at least 0",
        0,
        new Pad(List.of(Dim.of(-1)), List.of(Dim.ZERO), 0),
        f32(3));
  }

  @Test
  void reductionsSayWhatDoesNotFit() {
    fails("axis 2 of reduce_sum does not exist in [2, 3]", 0, new ReduceSum(List.of(2)), f32(2, 3));
    fails("reduce_max names an axis twice: [0, 0]", -1, new ReduceMax(List.of(0, 0)), f32(2, 3));
    fails(
        "reduce_sum of bool has no meaning; cast it first",
        0,
        new ReduceSum(List.of(0)),
        f32(2).withDType(DType.BOOL));
    fails("top_k cannot take 4 of the 3 in the last axis of [2, 3]", 0, new TopK(4), f32(2, 3));
  }

  @Test
  void contractionsSayWhatDoesNotFit() {
    fails(
        "inner dimensions of matmul differ: 128 on the left, 256 on the right",
        1,
        new MatMul(false, false),
        f32("batch", 128),
        f32(256, 10));
    fails(
        "matmul needs at least two axes, not [3]", 1, new MatMul(false, false), f32(2, 3), f32(3));
    var conv = new Convolution(new ConvGeometry(List.of(1), List.of(0), List.of(0), List.of(1), 2));
    fails(
        "convolution input has 3 channels, its kernel takes 3 in each of 2 groups",
        1,
        conv,
        f32("batch", 8, 3),
        f32(3, 3, 4));
    fails(
        "convolution window of 9 does not fit into 8 of [batch, 8, 6]",
        0,
        conv,
        f32("batch", 8, 6),
        f32(9, 3, 4));
    fails(
        "max_pool over 1 axes needs [batch, spatial.., channels], not [batch, 8]",
        0,
        new MaxPool(new PoolGeometry(List.of(2), List.of(2), List.of(0), List.of(0))),
        f32("batch", 8));
  }

  @Test
  void theRestSaysWhatDoesNotFit() {
    fails("gather needs i32, not f32", 1, new Gather(0), f32(3, 4), f32(2));
    fails("random_uniform needs u32, not f32", 0, new RandomUniform(Shape.of(3), 0, 1), f32(2));
    fails(
        "orthogonal needs at least as many rows as columns, not [2, 3]",
        0,
        new Orthogonal(),
        f32(2, 3));
    fails("2 numbers do not fill [3]", -1, new Table(TensorType.f32(3), List.of(1.0, 2.0)));
  }
}
