package org.mdlc.compiler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.bind.Binder;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Build;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.pass.DecomposeOps;
import org.mdlc.compiler.pass.Differentiate;
import org.mdlc.compiler.pass.DumpSink;
import org.mdlc.compiler.pass.Pipeline;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Parser;
import org.mdlc.compiler.type.DType;

/**
 * No layer is slower because it is written in {@code .mdl}: what the library's bodies become after
 * fusion has at most one kernel more than a person would write. The programs are golden text;
 * {@code -Dgolden=update} writes it anew. Each one also runs, against the interpreter.
 */
final class KernelCountTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/plan/library");

  /**
   * @param byHand kernels of a person; library calls (products of matrices) are not counted
   */
  private record Case(String name, int byHand, Graph graph) {}

  @TestFactory
  Stream<DynamicTest> programs() {
    return Stream.of(
            // Statistics per channel; the output; the two sums of the gradient per channel; the
            // gradient of x. Each needs all of the one before, over the whole batch.
            new Case("batch_normalization", 4, layer("BatchNormalization", "14, 14, 32")),
            // Output and statistics per row; the gradient of x per row; the sums over all rows for
            // gamma and beta, which go across the rows.
            new Case("layer_normalization", 3, layer("LayerNormalization", "16, 64")),
            // One pass over the logits, loss of each row and gradient together; the mean over rows.
            new Case("softmax_cross_entropy", 2, crossentropy()),
            // One pass over w, m, v and g.
            new Case("adam", 1, adam()),
            // One pass forward, one backward.
            new Case("gelu", 2, layer("Activation", "gelu", "512")),
            // Softmax of the scores, and its gradient; the sums over all positions for the four
            // biases; the sum of the three gradients of x. All else are products of matrices, which
            // read the heads where they lie, add the biases, and scale on the way.
            new Case("attention", 7, attention()))
        .map(c -> dynamicTest(c.name(), () -> check(c)));
  }

  private static void check(Case c) {
    var program = MakeProgram.run(Pipeline.optimize(Map.of()).run(c.graph(), DumpSink.NONE), 32);
    var text = ProgramText.print(program);
    var kernels = program.steps().stream().filter(s -> !(s instanceof Step.LibraryCall)).toList();
    assertThat(kernels.size()).as(text).isLessThanOrEqualTo(c.byHand() + 1);
    compare(c.graph(), program);
    golden(c.name(), text);
  }

  private static void compare(Graph graph, Program program) {
    var inputs = RandomGraphs.inputs(graph, 7, 5);
    var found = ProgramInterpreter.run(program, inputs, 5);
    Interpreter.run(graph, inputs, 5)
        .forEach(
            (name, wanted) -> {
              for (int i = 0; i < wanted.count(); i++) {
                double scale = Math.max(1, Math.abs(wanted.at(i)));
                assertThat(found.get(name)[i] / scale)
                    .as("%s[%d]", name, i)
                    .isCloseTo(wanted.at(i) / scale, offset(1e-4));
              }
            });
  }

  private static void golden(String name, String text) {
    GoldenText.compare(FOLDER.resolve(name + ".txt"), text);
  }

  // ---- what the library says

  private static BoundProgram bind(String input, String output, String loss) {
    var text =
        """
        layer Held()(x: any[...S]) {
          param unused: f32[1] = zeros
          return x
        }

        model Case {
          input x: f32[%s]
          output y = %s |> Held()
        }

        train Case {
          loss %s
          optimizer Adam()
        }
        """
            .formatted(input, output, loss);
    var sink = new DiagnosticSink();
    var file = Parser.parse(SourceFile.of("case.mdl", text), sink);
    return Binder.bind(file, Binder.Request.of("Case"), sink)
        .orElseThrow(() -> new AssertionError(text + "\n" + Renderer.plain().render(sink)));
  }

  private static BoundProgram.Objective objective(BoundProgram program) {
    return program.stages().get(0).objectives().get(0);
  }

  private static Graph layer(String name, String shape) {
    return layer(name, "", shape);
  }

  private static Graph layer(String name, String arguments, String shape) {
    var forward =
        objective(bind(shape, "x |> " + name + "(" + arguments + ")", "MeanSquaredError()"))
            .forward();
    return withGradients(body(forward, name));
  }

  private static Graph attention() {
    var call = "MultiHeadAttention(4, 16)(x, x)";
    var forward = objective(bind("20, 64", call, "MeanSquaredError()")).forward();
    return withGradients(body(forward, "MultiHeadAttention"));
  }

  private static Graph body(Graph forward, String layer) {
    return forward.nodes().stream()
        .filter(n -> n.op() instanceof Composite c && c.kind().equals(layer))
        .map(n -> ((Composite) n.op()).body())
        .findFirst()
        .orElseThrow();
  }

  /** What a layer leaves in training, and the gradients of its inputs for one of its output. */
  private static Graph withGradients(Graph layer) {
    var flat = new DecomposeOps().run(layer);
    var b = new GraphBuilder("step");
    var inputs = new ArrayList<Value>();
    flat.inputs().forEach(i -> inputs.add(b.input(i.name(), Role.DATA, i.value().type())));
    var results = Differentiate.inline(b, flat, inputs);
    for (int i = 0; i < results.size(); i++) {
      b.output(flat.outputs().get(i).name(), Role.RESULT, results.get(i));
    }
    var y = results.get(0);
    var dy = b.input("dy", Role.DATA, y.type());
    var axes = new ArrayList<Integer>();
    for (int i = 0; i < y.type().rank(); i++) {
      axes.add(i);
    }
    var loss = b.add(new ReduceSum(axes), Build.mul(b, y, dy));
    gradients(b, flat, inputs, loss);
    return b.build();
  }

  private static void gradients(GraphBuilder b, Graph flat, List<Value> inputs, Value loss) {
    for (int i = 0; i < inputs.size(); i++) {
      var name = flat.inputs().get(i).name();
      if (inputs.get(i).type().dtype() == DType.F32 && !name.contains("moving")) {
        var gradient = Differentiate.gradients(b, loss, List.of(inputs.get(i))).get(0);
        b.output("d " + name, Role.RESULT, gradient);
      }
    }
  }

  private static Graph crossentropy() {
    var forward =
        objective(bind("10", "x", "SparseCategoricalCrossentropy(from_logits = true)")).forward();
    var flat = new DecomposeOps().run(forward);
    var b = new GraphBuilder("step");
    var inputs = new ArrayList<Value>();
    flat.inputs().forEach(i -> inputs.add(b.input(i.name(), i.role(), i.value().type())));
    var results = Differentiate.inline(b, flat, inputs);
    Value loss = null;
    for (int i = 0; i < results.size(); i++) {
      var output = flat.outputs().get(i);
      b.output(output.name(), output.role(), results.get(i));
      loss = output.name().equals(BoundProgram.OBJECTIVE) ? results.get(i) : loss;
    }
    var x = inputs.get(flat.inputs().stream().map(Graph.Input::name).toList().indexOf("x"));
    b.output("d x", Role.RESULT, Differentiate.gradients(b, loss, List.of(x)).get(0));
    return b.build();
  }

  private static Graph adam() {
    var program = bind("78", "x |> Dense(51, use_bias = false)", "MeanSquaredError()");
    var step = new DecomposeOps().run(objective(program).updates().getFirst().body());
    var ofKernel = step.outputs().stream().filter(o -> o.name().contains("kernel")).toList();
    return new Graph(step.name(), step.inputs(), step.nodes(), ofKernel);
  }
}
