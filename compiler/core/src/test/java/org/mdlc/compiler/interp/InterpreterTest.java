package org.mdlc.compiler.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Build;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.Iota;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

final class InterpreterTest {
  private static final TensorType ROWS =
      new TensorType(DType.F32, Shape.of(Dim.BATCH, Dim.symbol("T")));

  @Test
  void openDimensionsAreBoundInTypesAttributesAndBodies() {
    var graph = rowNumbersPlus();
    var x = Tensor64.of(DType.F32, new int[] {2, 3}, i -> 10);
    var found = Interpreter.run(graph, Map.of("x", x), Map.of("batch", 2L, "T", 3L));
    var wanted = new Tensor64(DType.F32, new int[] {2, 3}, new double[] {10, 10, 10, 11, 11, 11});
    assertEquals(Map.of("y", wanted), found);
  }

  /** {@code y = x + row number}, inside a composite. */
  private static Graph rowNumbersPlus() {
    var body = new GraphBuilder("body");
    var inner = body.input("x", Role.DATA, ROWS);
    var numbers = Build.cast(body, body.add(new Iota(ROWS.shape(), 0)), DType.F32);
    body.output("y", Role.RESULT, Build.add(body, inner, numbers));
    var b = new GraphBuilder("f");
    var x = b.input("x", Role.DATA, ROWS);
    b.output("y", Role.RESULT, b.add(new Composite("Numbered", "numbered", body.build()), x));
    return b.build();
  }

  @Test
  void scanKeepsTheTimeOfItsOutputsInBothDirections() {
    var sums = new Tensor64(DType.F32, new int[] {3}, new double[] {1, 3, 6});
    var sumsFromTheEnd = new Tensor64(DType.F32, new int[] {3}, new double[] {6, 5, 3});
    var inputs =
        Map.of(
            "start",
            Tensor64.scalar(DType.F32, 0),
            "x",
            new Tensor64(DType.F32, new int[] {3}, new double[] {1, 2, 3}));
    assertEquals(sums, Interpreter.run(runningSum(false), inputs, 1).get("sums"));
    assertEquals(sumsFromTheEnd, Interpreter.run(runningSum(true), inputs, 1).get("sums"));
    assertEquals(6, Interpreter.run(runningSum(true), inputs, 1).get("last").at(0));
  }

  private static Graph runningSum(boolean reverse) {
    var scalar = TensorType.scalar(DType.F32);
    var step = new GraphBuilder("step");
    var before = step.input("sum", Role.DATA, scalar);
    var sum = Build.add(step, before, step.input("x", Role.DATA, scalar));
    step.output("sum", Role.RESULT, sum);
    step.output("sums", Role.RESULT, sum);
    var b = new GraphBuilder("running_sum");
    var start = b.input("start", Role.DATA, scalar);
    var x = b.input("x", Role.DATA, TensorType.f32(3));
    var results = b.addAll(new Scan(step.build(), 1, 1, reverse), List.of(start, x));
    b.output("last", Role.RESULT, results.get(0));
    b.output("sums", Role.RESULT, results.get(1));
    return b.build();
  }

  @Test
  void missingAndMisshapenInputsAreNamed() {
    var graph = rowNumbersPlus();
    var dims = Map.of("batch", 2L, "T", 3L);
    var missing =
        assertThrows(IllegalArgumentException.class, () -> Interpreter.run(graph, Map.of(), dims));
    assertEquals("f needs x, given are []", missing.getMessage());
    var flat = Map.of("x", Tensor64.of(DType.F32, new int[] {6}, i -> 0));
    var misshapen =
        assertThrows(IllegalArgumentException.class, () -> Interpreter.run(graph, flat, dims));
    assertEquals("f needs x as f32[2, 3], not f32[6]", misshapen.getMessage());
  }
}
