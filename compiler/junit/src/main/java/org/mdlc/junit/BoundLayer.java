package org.mdlc.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Binder;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.BoundProgram.Variable;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.pass.BuildTrainStep;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;
import org.mdlc.compiler.type.Dim;

/**
 * A layer alone in a model: its operands are the inputs, its results the outputs.
 *
 * <p>The loss adds up the products of outputs and targets, so that the targets are its gradient at
 * the outputs. The optimizer takes the gradient away from the weights as it is.
 *
 * @param call as written
 * @param types as written
 * @param request of the model's own text
 */
record BoundLayer(String call, List<String> types, BoundProgram program, CompileRequest request) {
  private static final String FILE = "the file under test";
  private static final String RESULT = "result";

  /** A model needs something to train, and a layer may have nothing. */
  private static final String UNUSED = "mdl_test_weighted/unused";

  BoundLayer {
    types = List.copyOf(types);
  }

  /**
   * @throws AssertionError with the compiler's messages if that is no model
   */
  static BoundLayer of(SourceFile file, String call, String... types) {
    if (types.length == 0) {
      throw new AssertionError("a layer needs an input, such as on(\"f32[8]\")");
    }
    var definition = definition(file, call);
    var source = SourceFile.of(file.name() + " (test)", text(definition, call, types));
    var problems = new DiagnosticSink();
    var tree = Parser.parse(source, problems);
    var wanted =
        new Binder.Request(
            "LayerTest",
            Map.of(),
            path -> path.endsWith(FILE) ? Optional.of(file) : imported(Path.of(path)));
    var program =
        (problems.hasErrors()
                ? Optional.<BoundProgram>empty()
                : Binder.bind(tree, wanted, problems))
            .orElseThrow(() -> new AssertionError(Renderer.plain().render(problems)));
    program.inputs().forEach(BoundLayer::requireNumbers);
    return new BoundLayer(call, List.of(types), program, CompileRequest.of(source));
  }

  private static void requireNumbers(Port input) {
    for (var dim : input.type().shape().dims()) {
      if (!dim.isConstant() && !dim.equals(Dim.BATCH)) {
        throw new AssertionError(
            "the size " + dim + " of " + input.type() + " is not a number: a test says how many");
      }
    }
  }

  private static String text(Optional<Ast.Definition> definition, String call, String... types) {
    var operands = operands(definition, types.length);
    int count = definition.map(BoundLayer::resultCount).orElse(1);
    var outputs = count == 1 ? List.of(RESULT) : numbered(RESULT, count);
    var values = outputs.stream().map(name -> name + "_value").toList();
    return """
        import "%s"

        loss MdlTestProduct()(y_true: f32[...S], y_pred: any[...S]) = sum(y_true * y_pred)

        layer MdlTestWeighted()(x: any[...S]) {
          param unused: f32[1] = zeros
          return x
        }

        model LayerTest {
          input %s
          let %s = %s |> %s
          output %s
        }

        train LayerTest {
          loss %s
          optimizer SGD(1.0)
        }
        """
        .formatted(
            FILE,
            join(types.length, i -> operands.get(i) + ": " + types[i]),
            tuple(values),
            tuple(operands),
            call,
            join(count, i -> outputs.get(i) + " = " + values.get(i) + (i == 0 ? WEIGHTED : "")),
            join(count, i -> outputs.get(i) + ": MdlTestProduct()"));
  }

  private static final String WEIGHTED = " |> MdlTestWeighted()";

  private interface Part {
    String at(int index);
  }

  private static String join(int count, Part part) {
    return IntStream.range(0, count).mapToObj(part::at).collect(Collectors.joining(", "));
  }

  private static String tuple(List<String> names) {
    return names.size() == 1 ? names.getFirst() : "(" + String.join(", ", names) + ")";
  }

  private static List<String> numbered(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> name + "_" + i).toList();
  }

  /** Inputs are called as the layer calls them. */
  private static List<String> operands(Optional<Ast.Definition> definition, int count) {
    var own =
        definition.stream()
            .flatMap(d -> d.operands().stream())
            .map(operand -> operand.name().text())
            .filter(name -> !name.startsWith(RESULT))
            .toList();
    if (own.size() >= count) {
      return own.subList(0, count);
    }
    return count == 1 ? List.of("x") : numbered("x", count);
  }

  private static Optional<Ast.Definition> definition(SourceFile file, String call) {
    var name = call.split("\\W", 2)[0];
    return Parser.parse(file, new DiagnosticSink()).items().stream()
        .filter(Ast.Definition.class::isInstance)
        .map(Ast.Definition.class::cast)
        .filter(d -> d.name().text().equals(name))
        .findFirst();
  }

  private static int resultCount(Ast.Definition definition) {
    if (definition.result() instanceof Ast.TupleType tuple) {
      return tuple.elements().size();
    }
    return value(definition.body()) instanceof Ast.TupleExpr tuple ? tuple.elements().size() : 1;
  }

  private static Ast.@Nullable Expr value(Ast.Block body) {
    if (body.value() == null
        && !body.statements().isEmpty()
        && body.statements().getLast() instanceof Ast.Return last) {
      return last.value();
    }
    return body.value();
  }

  private static Optional<SourceFile> imported(Path path) {
    try {
      return Files.isRegularFile(path) ? Optional.of(SourceFile.read(path)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The layer in inference, without a loss. */
  Graph predict() {
    return program.predict();
  }

  /** The layer in training, with the loss. */
  Graph forward() {
    return stage().objectives().getFirst().forward();
  }

  /** One training step. */
  Graph step() {
    return BuildTrainStep.of(program, stage());
  }

  private BoundProgram.Stage stage() {
    return program.stages().getFirst();
  }

  /** Weights and states of the layer. */
  List<Variable> weights() {
    return program.variables().stream()
        .filter(v -> v.role() == Role.PARAM || v.role() == Role.STATE)
        .filter(v -> !v.path().equals(UNUSED))
        .toList();
  }

  /** What a gradient can be taken by: float inputs and trained weights, by name. */
  List<String> differentiable() {
    var inputs = program.inputs().stream().filter(p -> p.type().dtype().isFloat()).map(Port::name);
    var weights = weights().stream().filter(Variable::trainable).map(Variable::path);
    return Stream.concat(inputs, weights).toList();
  }

  @Override
  public String toString() {
    return call + " on " + String.join(", ", types);
  }
}
