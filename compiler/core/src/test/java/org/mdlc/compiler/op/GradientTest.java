package org.mdlc.compiler.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.pass.Differentiate;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * The gradient of every primitive, and the gradient of that, against central differences in
 * float64.
 */
final class GradientTest {
  /** Their results do change with the operand, but no gradient is meant to flow. */
  private static final Set<Class<?>> CUT =
      Set.of(StopGradient.class, Orthogonal.class, RandomBeta.class);

  /**
   * The step h of a central difference leaves an error of h^2 / 6 times the third derivative, 2e-11
   * times at most a few hundred here, and rounding of 1e-16 / h times the sum of up to 1,800 terms,
   * about 2e-8.
   */
  private static final double STEP = 1e-5;

  private static final double TOLERANCE = 1e-6;

  /** Second derivatives of quotients and powers near the ends of their range reach thousands. */
  private static final double SECOND_TOLERANCE = 1e-5;

  @TestFactory
  Stream<DynamicTest> first() {
    return cases().map(c -> DynamicTest.dynamicTest(nameOf(c), () -> check(c, 1, TOLERANCE)));
  }

  @TestFactory
  Stream<DynamicTest> second() {
    return cases()
        .map(c -> DynamicTest.dynamicTest(nameOf(c), () -> check(c, 2, SECOND_TOLERANCE)));
  }

  private static Stream<Samples.Case> cases() {
    return Ops.ALL.stream()
        .filter(op -> !CUT.contains(op.getClass()))
        .flatMap(op -> op.samples().cases().stream())
        .filter(
            c ->
                !(c.op() instanceof Pad pad
                    && Double.isInfinite(pad.value()))); // sums to no number
  }

  private static String nameOf(Samples.Case c) {
    var text = c.op().toString();
    return (text.length() > 60 ? c.op().name() : text) + " " + c.types();
  }

  private static void check(Samples.Case example, int order, double tolerance) {
    var random = new Random(42);
    var inputs = new LinkedHashMap<String, Tensor64>();
    var drawn = example.draw(random);
    IntStream.range(0, drawn.size()).forEach(i -> inputs.put("x" + i, drawn.get(i)));
    var graph = graph(example, order, random, inputs);
    var found = Interpreter.run(graph, inputs, 1);
    for (int i = 0; i < drawn.size(); i++) {
      var gradient = found.get("dx" + i);
      if (gradient == null) {
        continue;
      }
      int count = drawn.get(i).count();
      for (int k = 0; k < count; k += 1 + count / 12) {
        double above = loss(graph, inputs, "x" + i, k, STEP);
        double below = loss(graph, inputs, "x" + i, k, -STEP);
        double wanted = (above - below) / (2 * STEP);
        int at = k;
        assertEquals(
            wanted,
            gradient.at(k),
            tolerance * Math.max(1, Math.abs(wanted)),
            () -> "by element " + at + " of operand " + gradient.type());
      }
    }
  }

  private static double loss(
      Graph graph, Map<String, Tensor64> inputs, String name, int element, double step) {
    var moved = new LinkedHashMap<>(inputs);
    var x = inputs.get(name);
    var data = x.data().clone();
    data[element] += step;
    moved.put(name, new Tensor64(x.dtype(), x.sizes(), data));
    return Interpreter.run(graph, moved, 1).get("loss").at(0);
  }

  /**
   * {@code loss = sum(op(x..) * weights)} and its gradients; for the second order the loss is the
   * weighted sum of the gradients of the first.
   */
  private static Graph graph(
      Samples.Case example, int order, Random random, Map<String, Tensor64> inputs) {
    var b = new GraphBuilder("check");
    var xs = new ArrayList<Value>();
    for (var type : example.types()) {
      xs.add(b.input("x" + xs.size(), Role.DATA, type));
    }
    var inner = new GraphBuilder("op");
    var arguments = example.types().stream().map(t -> inner.input("", Role.DATA, t)).toList();
    inner.addAll(example.op(), arguments).forEach(r -> inner.output("y", Role.RESULT, r));
    var outputs =
        example.op() instanceof Composite composite // only primitives have gradients
            ? b.inline(composite.body(), xs)
            : Differentiate.inline(b, inner.build(), xs);
    var floats = xs.stream().filter(x -> x.type().dtype().isFloat()).toList();
    var loss = weightedSum(b, outputs, random, inputs);
    if (order == 2) {
      loss = weightedSum(b, Differentiate.gradients(b, loss, floats), random, inputs);
    }
    var gradients = Differentiate.gradients(b, loss, floats);
    b.output("loss", Role.RESULT, loss);
    for (int i = 0; i < floats.size(); i++) {
      b.output("dx" + xs.indexOf(floats.get(i)), Role.RESULT, gradients.get(i));
    }
    return b.build();
  }

  private static Value weightedSum(
      GraphBuilder b, List<Value> values, Random random, Map<String, Tensor64> inputs) {
    var sum = Build.constant(b, DType.F32, TensorType.f32().shape(), 0);
    for (var value : values) {
      if (value.type().dtype().isFloat()) {
        var name = "weight" + inputs.size();
        var sizes = Tensor64.sizes(value.type().shape());
        inputs.put(name, Tensor64.of(DType.F32, sizes, i -> random.nextDouble(-1, 1)));
        var weight = b.input(name, Role.DATA, value.type());
        var products = Build.mul(b, value, weight);
        sum = Build.add(b, sum, Build.sum(b, products, Build.upTo(value.type().rank())));
      }
    }
    return sum;
  }
}
