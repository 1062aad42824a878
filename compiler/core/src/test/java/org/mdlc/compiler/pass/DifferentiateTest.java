package org.mdlc.compiler.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Build;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.op.Tanh;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

final class DifferentiateTest {
  private static final int STEPS = 5;
  private static final Dim BATCH = Dim.BATCH;

  @Test
  void sharedValuesCollectTheirGradients() {
    var b = new GraphBuilder("f");
    var x = b.input("x", Role.DATA, TensorType.f32(3));
    var square = Build.mul(b, x, x);
    var loss = Build.sum(b, Build.add(b, square, Build.mul(b, square, x)), 0); // x^2 + x^3
    b.output("dx", Role.RESULT, Differentiate.gradients(b, loss, List.of(x)).get(0));
    var found = Interpreter.run(b.build(), Map.of("x", vector(1, 2, -1)), 1).get("dx");
    assertEquals(vector(5, 16, 1), found);
  }

  @Test
  void whatTheLossDoesNotSeeHasZeros() {
    var b = new GraphBuilder("f");
    var x = b.input("x", Role.DATA, TensorType.f32(3));
    var y = b.input("y", Role.DATA, TensorType.f32(3));
    var gradients = Differentiate.gradients(b, Build.sum(b, x, 0), List.of(x, y));
    b.output("dx", Role.RESULT, gradients.get(0));
    b.output("dy", Role.RESULT, gradients.get(1));
    var found = Interpreter.run(b.build(), Map.of("x", vector(1, 2, 3), "y", vector(1, 2, 3)), 1);
    assertEquals(vector(1, 1, 1), found.get("dx"));
    assertEquals(vector(0, 0, 0), found.get("dy"));
  }

  @Test
  void gradientsNobodyAsksForAreNotWorkedOut() {
    var b = new GraphBuilder("f");
    var data = b.input("x", Role.DATA, TensorType.f32(2, 3));
    var kernel = b.input("w", Role.PARAM, TensorType.f32(3, 4));
    var loss = Build.sum(b, Build.matMul(b, data, kernel, false, false), 0, 1);
    Differentiate.gradients(b, loss, List.of(kernel));
    assertEquals(2, b.nodes().stream().filter(n -> n.op() instanceof MatMul).count());
  }

  @Test
  void lossMustBeOneNumber() {
    var b = new GraphBuilder("f");
    var x = b.input("x", Role.DATA, TensorType.f32(3));
    assertThrows(CompilerBug.class, () -> Differentiate.gradients(b, x, List.of(x)));
  }

  @Test
  void compositesMustBeDecomposedBefore() {
    var body = new GraphBuilder("identity");
    var inner = body.input("x", Role.DATA, TensorType.scalar(DType.F32));
    body.output("y", Role.RESULT, Build.mul(body, inner, inner));
    var b = new GraphBuilder("f");
    var x = b.input("x", Role.DATA, TensorType.scalar(DType.F32));
    var y = b.add(new Composite("Square", "square", body.build()), x);
    assertThrows(CompilerBug.class, () -> Differentiate.gradients(b, y, List.of(x)));
  }

  @Test
  void scanHasTheGradientsOfItsUnrolledSteps() {
    for (boolean reverse : new boolean[] {false, true}) {
      var inputs = recurrentInputs();
      var scanned = Interpreter.run(recurrent(reverse, true), inputs, 3);
      var unrolled = Interpreter.run(recurrent(reverse, false), inputs, 3);
      assertEquals(unrolled.keySet(), scanned.keySet());
      for (var name : unrolled.keySet()) {
        for (int i = 0; i < unrolled.get(name).count(); i++) {
          // the same sums in another order: a few last digits of a double
          assertEquals(unrolled.get(name).at(i), scanned.get(name).at(i), 1e-13, name + " " + i);
        }
      }
    }
  }

  @Test
  void weightsOfAScanGetOneProductAfterTheLoop() {
    var graph = recurrent(false, true);
    var backward =
        (Scan) graph.nodes().stream().map(Op::of).filter(Scan.class::isInstance).toList().getLast();
    assertTrue(backward.reverse());
    var products = backward.body().nodes().stream().filter(n -> n.op() instanceof MatMul).toList();
    assertEquals(1, products.size(), "only dh = dz u' is left in the loop");
    assertEquals(2, backward.carries(), "dh, and the sum for g, whose terms nothing else needs");
    var after = graph.nodes().stream().filter(n -> n.op() instanceof MatMul).toList();
    assertEquals(3, after.size(), "dx, dw and du: " + after);
  }

  @Test
  void backwardReadsWhatForwardKeptOfDearFunctions() {
    var graph = new RemoveDeadCode().run(recurrent(false, true));
    var scans =
        graph.nodes().stream().map(Op::of).filter(Scan.class::isInstance).map(Scan.class::cast);
    var bodies = scans.map(Scan::body).toList();
    assertEquals(
        List.of(1L, 0L),
        bodies.stream()
            .map(b -> b.nodes().stream().filter(n -> n.op() instanceof Tanh).count())
            .toList());
    // h', y, and for the gradient h and tanh(..): neither product is read again
    assertEquals(4, bodies.get(0).outputs().size());
  }

  /**
   * {@code loss = sum(y * c) + sum(h_last)}, with {@code h' = tanh(x w + h u + b)} and {@code y =
   * h' g}, and all its gradients.
   */
  private static Graph recurrent(boolean reverse, boolean scan) {
    var b = new GraphBuilder("recurrent");
    var h = b.input("h", Role.DATA, type(BATCH, Dim.of(4)));
    var x = b.input("x", Role.DATA, type(Dim.of(STEPS), BATCH, Dim.of(2)));
    var w = b.input("w", Role.PARAM, TensorType.f32(2, 4));
    var u = b.input("u", Role.PARAM, TensorType.f32(4, 4));
    var bias = b.input("b", Role.PARAM, TensorType.f32(4));
    var gain = b.input("g", Role.PARAM, TensorType.f32(4));
    var c = b.input("c", Role.DATA, type(Dim.of(STEPS), BATCH, Dim.of(4)));

    var step = new GraphBuilder("step");
    var arguments =
        List.of(h.type(), type(BATCH, Dim.of(2)), w.type(), u.type(), bias.type(), gain.type())
            .stream()
            .map(t -> step.input("", Role.DATA, t))
            .toList();
    cell(step, arguments).forEach(v -> step.output("o", Role.RESULT, v));

    Value last = h;
    Value stacked;
    if (scan) {
      var forward = new GraphBuilder("forward");
      var given = List.of(h, x, w, u, bias, gain);
      var inputs = given.stream().map(v -> forward.input(v.name(), Role.DATA, v.type())).toList();
      var scanned = forward.addAll(new Scan(step.build(), 1, 1, reverse), inputs);
      scanned.forEach(v -> forward.output("o", Role.RESULT, v));
      var results = Differentiate.inline(b, forward.build(), given);
      last = results.get(0);
      stacked = results.get(1);
    } else {
      var parts = new ArrayList<Value>();
      for (int i = 0; i < STEPS; i++) {
        int t = reverse ? STEPS - 1 - i : i;
        var slice = Build.slice(b, x, 0, Dim.of(t), Dim.of(t + 1));
        var xt = Build.reshape(b, slice, Shape.of(BATCH, Dim.of(2)));
        var results = cell(b, List.of(last, xt, w, u, bias, gain));
        last = results.get(0);
        parts.add(
            reverse ? 0 : i, Build.reshape(b, results.get(1), Shape.of(Dim.ONE, BATCH, Dim.of(4))));
      }
      stacked = Build.concat(b, 0, parts);
    }
    var loss =
        Build.add(b, Build.sum(b, Build.mul(b, stacked, c), 0, 1, 2), Build.sum(b, last, 0, 1));
    b.output("loss", Role.RESULT, loss);
    var wrt = List.of(h, x, w, u, bias, gain, c);
    var gradients = Differentiate.gradients(b, loss, wrt);
    for (int i = 0; i < wrt.size(); i++) {
      b.output("d" + wrt.get(i).name(), Role.RESULT, gradients.get(i));
    }
    return b.build();
  }

  /** From (h, x, w, u, b, g) to (h', y). */
  private static List<Value> cell(GraphBuilder b, List<Value> in) {
    var shape = in.get(0).type().shape();
    var z =
        Build.add(
            b,
            Build.matMul(b, in.get(1), in.get(2), false, false),
            Build.matMul(b, in.get(0), in.get(3), false, false));
    var next = b.add(new Tanh(), Build.add(b, z, Build.broadcastTo(b, in.get(4), shape)));
    return List.of(next, Build.mul(b, next, Build.broadcastTo(b, in.get(5), shape)));
  }

  private static Map<String, Tensor64> recurrentInputs() {
    var random = new Random(7);
    var inputs = new LinkedHashMap<String, Tensor64>();
    inputs.put("h", draw(random, 3, 4));
    inputs.put("x", draw(random, STEPS, 3, 2));
    inputs.put("w", draw(random, 2, 4));
    inputs.put("u", draw(random, 4, 4));
    inputs.put("b", draw(random, 4));
    inputs.put("g", draw(random, 4));
    inputs.put("c", draw(random, STEPS, 3, 4));
    return inputs;
  }

  private static Tensor64 draw(Random random, int... sizes) {
    return Tensor64.of(DType.F32, sizes, i -> random.nextDouble(-1, 1));
  }

  private static Tensor64 vector(double... numbers) {
    return new Tensor64(DType.F32, new int[] {numbers.length}, numbers);
  }

  private static TensorType type(Dim... dims) {
    return new TensorType(DType.F32, Shape.of(dims));
  }
}
