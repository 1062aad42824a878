package org.mdlc.compiler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.*;
import org.mdlc.compiler.pass.Differentiate;
import org.mdlc.compiler.pass.DumpSink;
import org.mdlc.compiler.pass.Pipeline;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * The programs that typical pieces of models become, as golden text; {@code -Dgolden=update} writes
 * it anew. Each one also runs, against the interpreter.
 */
final class KernelDumpsTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/plan");

  private record Case(String name, int mostKernels, Consumer<GraphBuilder> graph) {}

  private static final List<Case> CASES =
      List.of(
          new Case("bias_gelu", 1, KernelDumpsTest::biasGelu),
          new Case("softmax", 1, KernelDumpsTest::softmax),
          new Case("softmax_cross_entropy", 2, KernelDumpsTest::softmaxCrossEntropy),
          new Case("layer_norm", 1, KernelDumpsTest::layerNorm),
          new Case("layer_norm_backward", 2, KernelDumpsTest::layerNormBackward),
          new Case("batch_norm", 2, KernelDumpsTest::batchNorm),
          new Case("adam", 1, KernelDumpsTest::adam),
          new Case("dropout", 3, KernelDumpsTest::dropout),
          new Case("lstm", 5, KernelDumpsTest::lstm));

  @TestFactory
  List<DynamicTest> programs() {
    return CASES.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c))).toList();
  }

  private static void check(Case c) {
    var builder = new GraphBuilder(c.name());
    c.graph().accept(builder);
    var graph = builder.build();
    var program = MakeProgram.run(Pipeline.optimize(Map.of()).run(graph, DumpSink.NONE), 32);
    assertThat(program.steps())
        .as(ProgramText.print(program))
        .hasSizeLessThanOrEqualTo(c.mostKernels());
    compare(graph, program);
    golden(c.name(), ProgramText.print(program));
  }

  private static void compare(Graph graph, Program program) {
    var inputs = RandomGraphs.inputs(graph, 7, 5);
    var found = ProgramInterpreter.run(program, inputs, 5);
    Interpreter.run(graph, inputs, 5)
        .forEach(
            (name, wanted) -> {
              for (int i = 0; i < wanted.count(); i++) {
                assertThat(found.get(name)[i])
                    .as("%s[%d]", name, i)
                    .isCloseTo(wanted.at(i), offset(1e-5));
              }
            });
  }

  private static void golden(String name, String text) {
    GoldenText.compare(FOLDER.resolve(name + ".txt"), text);
  }

  private static TensorType f32(Dim... dims) {
    return new TensorType(DType.F32, Shape.of(dims));
  }

  private static Value number(GraphBuilder b, Value like, double value) {
    return Build.like(b, like, value);
  }

  private static void biasGelu(GraphBuilder b) {
    var x = b.input("x", Role.DATA, f32(Dim.BATCH, Dim.of(512)));
    var bias = b.input("bias", Role.PARAM, f32(Dim.of(512)));
    var h = Build.add(b, x, Build.broadcastTo(b, bias, x.type().shape()));
    var erf = b.add(new Erf(), Build.mul(b, h, number(b, h, 0.7071067811865476)));
    var half = Build.mul(b, h, number(b, h, 0.5));
    b.output("y", Role.RESULT, Build.mul(b, half, Build.add(b, erf, number(b, erf, 1))));
  }

  private static void softmax(GraphBuilder b) {
    var x = b.input("x", Role.DATA, f32(Dim.BATCH, Dim.of(10)));
    b.output("y", Role.RESULT, softmax(b, x));
  }

  private static Value softmax(GraphBuilder b, Value x) {
    var axes = List.of(x.type().rank() - 1);
    var shape = x.type().shape();
    var e =
        b.add(new Exp(), Build.sub(b, x, Build.unreduce(b, Build.max(b, x, axes), shape, axes)));
    return Build.div(b, e, Build.unreduce(b, Build.sum(b, e, axes), shape, axes));
  }

  /** Mean over the batch of log-sum-exp minus the logit of the label; and its gradient. */
  private static void softmaxCrossEntropy(GraphBuilder b) {
    var x = b.input("x", Role.DATA, f32(Dim.BATCH, Dim.of(10)));
    var label = b.input("label", Role.TARGET, new TensorType(DType.I32, Shape.of(Dim.BATCH)));
    var shape = x.type().shape();
    var axes = List.of(1);
    var max = b.add(new StopGradient(), Build.max(b, x, axes));
    var shifted = Build.sub(b, x, Build.unreduce(b, max, shape, axes));
    var logSum = b.add(new Log(), Build.sum(b, b.add(new Exp(), shifted), axes));
    var classes = b.add(new Iota(shape, 1));
    var isLabel = Build.eq(b, classes, Build.unreduce(b, label, shape, axes));
    var logit = Build.sum(b, Build.select(b, isLabel, shifted, number(b, shifted, 0)), axes);
    var perSample = Build.sub(b, logSum, logit);
    var loss =
        Build.div(
            b, Build.sum(b, perSample, 0), Build.cast(b, Build.size(b, Dim.BATCH), DType.F32));
    b.output("loss", Role.RESULT, loss);
    b.output("dx", Role.RESULT, Differentiate.gradients(b, loss, List.of(x)).get(0));
  }

  private static Value normalised(GraphBuilder b, Value x, Value gamma, Value beta, int channels) {
    var shape = x.type().shape();
    var axes = List.of(x.type().rank() - 1);
    var mean = mean(b, x, axes, channels);
    var centred = Build.sub(b, x, Build.unreduce(b, mean, shape, axes));
    var variance = mean(b, Build.mul(b, centred, centred), axes, channels);
    var scale = b.add(new Rsqrt(), Build.add(b, variance, number(b, variance, 1e-3)));
    var normal = Build.mul(b, centred, Build.unreduce(b, scale, shape, axes));
    return Build.add(
        b,
        Build.mul(b, normal, Build.broadcastTo(b, gamma, shape)),
        Build.broadcastTo(b, beta, shape));
  }

  private static Value mean(GraphBuilder b, Value x, List<Integer> axes, double count) {
    var sum = Build.sum(b, x, axes);
    return Build.mul(b, sum, number(b, sum, 1 / count));
  }

  private static void layerNorm(GraphBuilder b) {
    var x = b.input("x", Role.DATA, f32(Dim.BATCH, Dim.of(16), Dim.of(64)));
    var gamma = b.input("gamma", Role.PARAM, f32(Dim.of(64)));
    var beta = b.input("beta", Role.PARAM, f32(Dim.of(64)));
    b.output("y", Role.RESULT, normalised(b, x, gamma, beta, 64));
  }

  private static void layerNormBackward(GraphBuilder b) {
    var x = b.input("x", Role.DATA, f32(Dim.BATCH, Dim.of(16), Dim.of(64)));
    var gamma = b.input("gamma", Role.PARAM, f32(Dim.of(64)));
    var beta = b.input("beta", Role.PARAM, f32(Dim.of(64)));
    var dy = b.input("dy", Role.DATA, x.type());
    var y = normalised(b, x, gamma, beta, 64);
    var loss = Build.sum(b, Build.mul(b, y, dy), 0, 1, 2);
    var gradients = Differentiate.gradients(b, loss, List.of(x, gamma, beta));
    b.output("dx", Role.RESULT, gradients.get(0));
    b.output("dgamma", Role.RESULT, gradients.get(1));
    b.output("dbeta", Role.RESULT, gradients.get(2));
  }

  private static void batchNorm(GraphBuilder b) {
    var x = b.input("x", Role.DATA, f32(Dim.BATCH, Dim.of(14), Dim.of(14), Dim.of(32)));
    var gamma = b.input("gamma", Role.PARAM, f32(Dim.of(32)));
    var beta = b.input("beta", Role.PARAM, f32(Dim.of(32)));
    var movingMean = b.input("moving_mean", Role.STATE, f32(Dim.of(32)));
    var shape = x.type().shape();
    var axes = List.of(0, 1, 2);
    var sum = Build.sum(b, x, axes);
    var count =
        Build.mul(
            b,
            Build.cast(b, Build.size(b, Dim.BATCH), DType.F32),
            Build.constant(b, DType.F32, Shape.SCALAR, 196));
    var counts = Build.broadcastTo(b, count, sum.type().shape());
    var mean = Build.div(b, sum, counts);
    var centred = Build.sub(b, x, Build.unreduce(b, mean, shape, axes));
    var variance = Build.div(b, Build.sum(b, Build.mul(b, centred, centred), axes), counts);
    var scale =
        Build.mul(b, gamma, b.add(new Rsqrt(), Build.add(b, variance, number(b, variance, 1e-3))));
    var normal = Build.mul(b, centred, Build.unreduce(b, scale, shape, axes));
    var y = Build.add(b, normal, Build.unreduce(b, beta, shape, axes));
    b.output("y", Role.RESULT, b.add(new Max(), y, number(b, y, 0)));
    var moved = Build.mul(b, Build.sub(b, mean, movingMean), number(b, mean, 0.01));
    b.output("moving_mean", Role.STATE, Build.add(b, movingMean, moved));
  }

  private static void adam(GraphBuilder b) {
    var w = b.input("w", Role.PARAM, f32(Dim.of(78), Dim.of(51)));
    var m = b.input("m", Role.SLOT, w.type());
    var v = b.input("v", Role.SLOT, w.type());
    var g = b.input("g", Role.DATA, w.type());
    var rate = b.input("rate", Role.HYPER, TensorType.scalar(DType.F32));
    var step = b.input("step", Role.HYPER, TensorType.scalar(DType.F32));
    var newM = Build.add(b, m, Build.mul(b, Build.sub(b, g, m), number(b, g, 0.1)));
    var newV =
        Build.add(b, v, Build.mul(b, Build.sub(b, Build.mul(b, g, g), v), number(b, g, 0.001)));
    var alpha =
        Build.mul(
            b, rate, Build.div(b, b.add(new Sqrt(), bias(b, step, 0.999)), bias(b, step, 0.9)));
    var moved =
        Build.div(
            b,
            Build.mul(b, Build.broadcastTo(b, alpha, w.type().shape()), newM),
            Build.add(b, b.add(new Sqrt(), newV), number(b, v, 1e-7)));
    b.output("w", Role.PARAM, Build.sub(b, w, moved));
    b.output("m", Role.SLOT, newM);
    b.output("v", Role.SLOT, newV);
  }

  private static Value bias(GraphBuilder b, Value step, double beta) {
    return Build.sub(b, number(b, step, 1), b.add(new Pow(), number(b, step, beta), step));
  }

  /**
   * Forward and backward of a product with a dropped operand: the mask is drawn twice and never
   * stored.
   */
  private static void dropout(GraphBuilder b) {
    var x = b.input("x", Role.DATA, f32(Dim.BATCH, Dim.of(128)));
    var key = b.input("key", Role.SEED, TensorType.scalar(DType.U32).withShape(Shape.of(2)));
    var dy = b.input("dy", Role.DATA, x.type());
    var keep =
        b.add(new Ge(), b.add(new RandomUniform(x.type().shape(), 0, 1), key), number(b, x, 0.5));
    var y = Build.select(b, keep, Build.mul(b, x, number(b, x, 2)), number(b, x, 0));
    b.output("y", Role.RESULT, y);
    var loss = Build.sum(b, Build.mul(b, y, dy), 0, 1);
    b.output("dx", Role.RESULT, Differentiate.gradients(b, loss, List.of(x)).get(0));
    b.output("key", Role.SEED, b.add(new AdvanceKey(), key));
  }

  /**
   * The recurrence of an LSTM over projected inputs [8, batch, 4 units]; only the last h is wanted.
   */
  private static void lstm(GraphBuilder b) {
    int units = 16;
    var projected = b.input("projected", Role.DATA, f32(Dim.BATCH, Dim.of(8), Dim.of(4L * units)));
    var recurrent = b.input("recurrent", Role.PARAM, f32(Dim.of(units), Dim.of(4L * units)));
    var body = new GraphBuilder("body");
    var h = body.input("h", Role.DATA, f32(Dim.BATCH, Dim.of(units)));
    var c = body.input("c", Role.DATA, h.type());
    var x = body.input("x", Role.DATA, f32(Dim.BATCH, Dim.of(4L * units)));
    var u = body.input("u", Role.DATA, recurrent.type());
    var gates = Build.add(body, x, Build.matMul(body, h, u, false, false));
    var parts = new ArrayList<Value>();
    for (int i = 0; i < 4; i++) {
      parts.add(Build.slice(body, gates, 1, Dim.of((long) i * units), Dim.of((i + 1L) * units)));
    }
    var kept = Build.mul(body, body.add(new Sigmoid(), parts.get(1)), c);
    var newC =
        Build.add(
            body,
            kept,
            Build.mul(
                body, body.add(new Sigmoid(), parts.get(0)), body.add(new Tanh(), parts.get(2))));
    var newH = Build.mul(body, body.add(new Sigmoid(), parts.get(3)), body.add(new Tanh(), newC));
    body.output("h", Role.RESULT, newH);
    body.output("c", Role.RESULT, newC);
    var start = Build.constant(b, DType.F32, h.type().shape(), 0);
    var steps = Build.transpose(b, projected, List.of(1, 0, 2));
    b.output(
        "last",
        Role.RESULT,
        b.addAll(new Scan(body.build(), 2, 1, false), List.of(start, start, steps, recurrent))
            .get(0));
  }
}
