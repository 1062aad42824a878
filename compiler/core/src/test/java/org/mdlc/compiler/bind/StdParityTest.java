package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.pass.DecomposeOps;
import org.mdlc.compiler.pass.Differentiate;
import org.mdlc.compiler.type.DType;

/**
 * The library against real Keras: each definition is bound in a small model, run in float64, and
 * compared with what Keras 3 on JAX gave in float32 for the same inputs and weights. {@code
 * golden/keras/cases.txt} says which file is which expression; the tolerances stand in the files.
 */
class StdParityTest {
  private static final Map<String, String> CASES = cases();
  private static final List<String> INPUTS = List.of("a", "b", "c");

  /**
   * Adds up the products with a fixed tensor, so that the loss has that tensor as its gradient at
   * the output.
   */
  private static final String AGAINST =
      "loss Against()(y_true: f32[...S], y_pred: f32[...S]) = sum(y_true * y_pred)\n\n";

  /** A model needs something to train: a weight that takes no part. */
  private static final String WEIGHTED =
      "layer Weighted()(x: any[...S]) {\n  param unused: f32[1] = zeros\n  return x\n}\n\n";

  private static Map<String, String> cases() {
    try (var in = StdParityTest.class.getResourceAsStream("/golden/keras/cases.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(l -> !l.isBlank() && !l.startsWith("#"))
          .map(l -> l.split(": ", 2))
          .collect(
              Collectors.toMap(
                  p -> p[0],
                  p -> p[1],
                  (a, b) -> {
                    throw new IllegalStateException("two cases of one name: " + a);
                  },
                  LinkedHashMap::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<DynamicTest> tests(String kind, CaseTest test) {
    var chosen = CASES.entrySet().stream().filter(c -> c.getKey().startsWith(kind + "_")).toList();
    assertThat(chosen).isNotEmpty();
    return chosen.stream()
        .map(c -> dynamicTest(c.getKey(), () -> test.run(c.getKey(), c.getValue())));
  }

  private interface CaseTest {
    void run(String name, String expression);
  }

  // ---- layers

  @TestFactory
  Stream<DynamicTest> layers() {
    return tests("layer", (name, expression) -> layer(GoldenFile.read(name), expression));
  }

  private static void layer(GoldenFile golden, String expression) {
    var arguments = layerInputs(golden);
    int outputs = (int) golden.names("out.").stream().count();
    var results =
        IntStream.range(0, outputs).mapToObj(i -> "r" + i).collect(Collectors.joining(", "));
    var source =
        AGAINST
            + WEIGHTED
            + "model Case {\n"
            + arguments.entrySet().stream()
                .map(a -> "  input " + a.getKey() + ": " + type(a.getValue()) + "\n")
                .collect(Collectors.joining())
            + "  let "
            + (outputs == 1 ? results : "(" + results + ")")
            + " = "
            + expression
            + "\n"
            + IntStream.range(0, outputs)
                .mapToObj(i -> "  output o" + i + " = r" + i + (i == 0 ? " |> Weighted()\n" : "\n"))
                .collect(Collectors.joining())
            + "}\n\ntrain Case {\n  loss "
            + IntStream.range(0, outputs)
                .mapToObj(i -> "o" + i + ": Against()")
                .collect(Collectors.joining(", "))
            + "\n  optimizer SGD()\n}\n";
    var program = Programs.bind(golden.name(), source);
    var weights = weights(golden, program);
    arguments.putAll(Programs.filled(program));
    arguments.putAll(weights.values);
    long batch = golden.tensor("in.0").size(0);

    var predicted = Interpreter.run(program.predict(), arguments, batch);
    for (int i = 0; i < outputs; i++) {
      compare(golden, "out." + i, predicted, "o" + i);
      arguments.put(targetOf(program, i), golden.tensor("cot." + i));
    }
    gradients(golden, "", Objects.requireNonNull(program.evaluate()), arguments, weights, batch);
    if (golden.has("train.out.0")) {
      var state =
          gradients(
              golden,
              "train.",
              program.stages().get(0).objectives().get(0).forward(),
              arguments,
              weights,
              batch);
      for (var weight : weights.paths.entrySet()) {
        if (golden.has("train.w." + weight.getKey())) {
          compare(golden, "train.w." + weight.getKey(), state, weight.getValue());
        }
      }
    }
  }

  private static Map<String, Tensor64> layerInputs(GoldenFile golden) {
    var inputs = new LinkedHashMap<String, Tensor64>();
    int count = golden.names("in.").size();
    for (int i = 0; i < count; i++) {
      inputs.put(INPUTS.get(i), golden.tensor("in." + i));
    }
    golden.names("kw.").forEach(k -> inputs.put(k, golden.tensor("kw." + k)));
    return inputs;
  }

  private static String targetOf(BoundProgram program, int output) {
    return program.targets().get(output).name();
  }

  /**
   * Weights by our path, and our paths by Keras's names.
   *
   * @param values keys of random generators as well
   */
  private record Weights(Map<String, Tensor64> values, Map<String, String> paths) {}

  /**
   * Weights are found by name; Keras has the name of the cell in between: {@code
   * lstm/lstm_cell/kernel}.
   */
  private static Weights weights(GoldenFile golden, BoundProgram program) {
    var values = new LinkedHashMap<String, Tensor64>();
    var paths = new LinkedHashMap<String, String>();
    var keys = golden.names("w.").stream().filter(n -> n.contains("seed_generator")).iterator();
    var own = new LinkedHashMap<String, String>();
    for (var variable : program.variables()) {
      if (variable.role() == Role.SEED) {
        values.put(
            variable.path(),
            keys.hasNext()
                ? golden.tensor("w." + keys.next())
                : new Tensor64(DType.U32, new int[] {2}, new double[2]));
      } else if ((variable.role() == Role.PARAM || variable.role() == Role.STATE)
          && !variable.path().endsWith("/unused")) {
        own.put(variable.path().substring(variable.path().indexOf('/') + 1), variable.path());
      }
    }
    for (var name : golden.names("w.")) {
      if (!name.contains("seed_generator")) {
        var path = own.remove(name.replaceFirst("[a-z_]+_cell/", ""));
        assertThat(path)
            .as("our weight for Keras's " + name + " among " + program.variables())
            .isNotNull();
        values.put(path, golden.tensor("w." + name));
        paths.put(name, path);
      }
    }
    assertThat(own).as("weights that Keras does not have").isEmpty();
    return new Weights(values, paths);
  }

  /** Compares loss and gradients; returns all outputs of the graph. */
  private static Map<String, Tensor64> gradients(
      GoldenFile golden,
      String prefix,
      Graph graph,
      Map<String, Tensor64> arguments,
      Weights weights,
      long batch) {
    var names = new LinkedHashMap<String, String>(); // ours to the file's
    golden
        .names(prefix + "grad.in.")
        .forEach(i -> names.put(INPUTS.get(Integer.parseInt(i)), prefix + "grad.in." + i));
    golden
        .names(prefix + "grad.w.")
        .forEach(w -> names.put(weights.paths.get(w), prefix + "grad.w." + w));
    var found =
        Interpreter.run(withGradients(graph, List.copyOf(names.keySet())), arguments, batch);
    compare(golden, prefix + "S", found, BoundProgram.OBJECTIVE);
    names.forEach((ours, theirs) -> compare(golden, theirs, found, "d " + ours));
    return found;
  }

  /**
   * The graph with outputs {@code d x} for the gradient of the objective at each named input; zeros
   * for inputs it does not have.
   */
  private static Graph withGradients(Graph graph, List<String> names) {
    var flat = new DecomposeOps().run(graph);
    var builder = new GraphBuilder(graph.name());
    var inputs = new LinkedHashMap<String, Value>();
    flat.inputs()
        .forEach(i -> inputs.put(i.name(), builder.input(i.name(), i.role(), i.value().type())));
    var results = Differentiate.inline(builder, flat, List.copyOf(inputs.values()));
    Value loss = null;
    for (int i = 0; i < results.size(); i++) {
      var output = flat.outputs().get(i);
      builder.output(output.name(), output.role(), results.get(i));
      loss = output.name().equals(BoundProgram.OBJECTIVE) ? results.get(i) : loss;
    }
    var wrt =
        names.stream()
            .map(
                n ->
                    Objects.requireNonNull(
                        inputs.get(n), () -> n + " is no input of " + inputs.keySet()))
            .toList();
    var gradients = Differentiate.gradients(builder, Objects.requireNonNull(loss), wrt);
    for (int i = 0; i < wrt.size(); i++) {
      builder.output("d " + names.get(i), Role.RESULT, gradients.get(i));
    }
    return builder.build();
  }

  // ---- activations

  @TestFactory
  Stream<DynamicTest> activations() {
    var golden = GoldenFile.read("table_activations");
    return golden.names("y.").stream()
        .filter(n -> !n.equals("sparsemax")) // not in the first part of the library: it sorts
        .map(n -> dynamicTest(n, () -> activation(golden, n)));
  }

  private static void activation(GoldenFile golden, String name) {
    var source =
        AGAINST
            + WEIGHTED
            + "model Case {\n  input a: f32[29]\n  output o0 = a |> Activation(\""
            + name
            + "\") |> Weighted()\n}\n\ntrain Case {\n  loss Against()\n  optimizer SGD()\n}\n";
    var program = Programs.bind(name, source);
    var arguments = Programs.filled(program);
    arguments.putAll(Map.of("a", golden.tensor("x"), targetOf(program, 0), golden.tensor("cot")));
    compare(golden, "y." + name, Interpreter.run(program.predict(), arguments, 1), "o0");
    compare(
        golden,
        "grad." + name,
        Interpreter.run(
            withGradients(Objects.requireNonNull(program.evaluate()), List.of("a")), arguments, 1),
        "d a");
  }

  // ---- losses and metrics

  @TestFactory
  Stream<DynamicTest> losses() {
    return tests(
        "loss",
        (name, expression) -> {
          loss(GoldenFile.read(name), expression, "sum_over_batch_size");
          loss(
              GoldenFile.read(name),
              expression.replaceFirst(
                  "(\\(?)\\)$",
                  "$1" + (expression.endsWith("()") ? "" : ", ") + "reduction = \"sum\")"),
              "sum");
        });
  }

  private static void loss(GoldenFile golden, String expression, String reduction) {
    var source =
        WEIGHTED
            + "model Case {\n  input p: "
            + type(golden.tensor("y_pred"))
            + "\n  output o0 = p |> Weighted()\n}\n\ntrain Case {\n  loss "
            + expression
            + "\n  optimizer SGD()\n}\n";
    var program = Programs.bind(golden.name(), source);
    var arguments = Programs.filled(program);
    arguments.putAll(
        Map.of("p", golden.tensor("y_pred"), targetOf(program, 0), golden.tensor("y_true")));
    var found =
        Interpreter.run(
            withGradients(Objects.requireNonNull(program.evaluate()), List.of("p")),
            arguments,
            golden.tensor("y_pred").size(0));
    compare(golden, "loss." + reduction, found, BoundProgram.OBJECTIVE);
    compare(golden, "grad." + reduction, found, "d p");
  }

  @TestFactory
  Stream<DynamicTest> metrics() {
    return tests("metric", (name, expression) -> metric(GoldenFile.read(name), expression));
  }

  private static void metric(GoldenFile golden, String expression) {
    var source =
        "loss Nothing()(y_true: %s, y_pred: any[...S]) = 0 * sum(cast(y_pred, f32))\n\n"
                .formatted(type(golden.tensor("y_true.0")))
            + WEIGHTED
            + "model Case {\n  input p: "
            + type(golden.tensor("y_pred.0"))
            + "\n  output o0 = p |> Weighted()\n}\n\n"
            + "train Case {\n  loss Nothing()\n  metrics "
            + expression
            + "\n  optimizer SGD()\n}\n";
    var program = Programs.bind(golden.name(), source);
    var memory = Programs.filled(program);
    var graph = Objects.requireNonNull(program.evaluate());
    for (int batch = 0; batch < 3; batch++) {
      var predictions = golden.tensor("y_pred." + batch);
      var arguments = new LinkedHashMap<>(memory);
      arguments.put("p", predictions);
      arguments.put(targetOf(program, 0), golden.tensor("y_true." + batch));
      var found = Interpreter.run(graph, arguments, predictions.size(0));
      compare(
          golden, "result." + batch, found, program.metrics().get(program.metrics().size() - 1));
      memory.replaceAll((name, value) -> found.getOrDefault(name, value));
    }
  }

  // ---- optimizers and schedules

  /**
   * Keras works out 1 - beta_2 ** step in float32: 2e-3 at the second step, with a rounding of
   * 6e-8, which is half of it under the root.
   */
  private static final double BIAS_CORRECTION = 1.5e-5;

  @TestFactory
  Stream<DynamicTest> optimizers() {
    return tests("optimizer", (name, expression) -> optimizer(GoldenFile.read(name), expression));
  }

  private static void optimizer(GoldenFile golden, String expression) {
    var program = Programs.bind(golden.name(), trainedDense("", expression));
    for (var update : program.stages().get(0).objectives().get(0).updates()) {
      var name = update.parameter().substring(update.parameter().indexOf('/') + 1);
      var path = golden.tensor("traj." + name);
      var gradients = golden.tensor("grads." + name);
      var mover = new Mover(program, update);
      var weight = row(path, 0);
      double way = 0;
      for (int step = 0; step < gradients.size(0); step++) {
        var before = weight;
        weight = mover.move(weight, row(gradients, step), step);
        var after = weight;
        way +=
            IntStream.range(0, weight.count())
                .mapToDouble(i -> Math.abs(after.at(i) - before.at(i)))
                .max()
                .orElseThrow();
        close(
            golden,
            update.parameter() + " after step " + step,
            row(path, step + 1),
            weight,
            BIAS_CORRECTION * way);
      }
    }
  }

  private static String trainedDense(String options, String optimizer) {
    return AGAINST
        + "model Case {\n  input a: f32[4]\n  output o0 = a |> Dense(3"
        + options
        + ")\n}\n\ntrain Case {\n  loss Against()\n  optimizer "
        + optimizer
        + "\n}\n";
  }

  @TestFactory
  Stream<DynamicTest> schedules() {
    var golden = GoldenFile.read("table_schedules");
    return tests(
        "schedule",
        (name, expression) -> schedule(golden, name.substring("schedule_".length()), expression));
  }

  /** With a gradient of -1, plain descent moves a weight by the learning rate. */
  private static void schedule(GoldenFile golden, String name, String expression) {
    var program =
        Programs.bind(name, trainedDense(", use_bias = false", "SGD(" + expression + ")"));
    var mover = new Mover(program, program.stages().get(0).objectives().get(0).updates().get(0));
    var zero = Tensor64.of(DType.F32, new int[] {4, 3}, i -> 0);
    var minusOne = Tensor64.of(DType.F32, new int[] {4, 3}, i -> -1);
    var expected = golden.tensor("lr." + name);
    for (int step = 0; step < expected.count(); step++) {
      close(
          golden,
          name + " at step " + step,
          Tensor64.scalar(DType.F32, expected.at(step)),
          Tensor64.scalar(DType.F32, mover.move(zero, minusOne, step).at(0)));
    }
  }

  /** One weight's optimizer with its memory. */
  private static final class Mover {
    private final BoundProgram.Update update;
    private final Map<String, Tensor64> memory;

    Mover(BoundProgram program, BoundProgram.Update update) {
      this.update = update;
      this.memory = Programs.filled(program);
    }

    Tensor64 move(Tensor64 weight, Tensor64 gradient, int iteration) {
      var body = update.body();
      var variables = Stream.concat(update.slots().stream(), update.hyper().stream()).toList();
      var arguments = new LinkedHashMap<String, Tensor64>();
      arguments.put(body.inputs().get(0).name(), weight);
      arguments.put(body.inputs().get(1).name(), gradient);
      for (int i = 0; i < variables.size(); i++) {
        var value = Objects.requireNonNull(memory.get(variables.get(i)), variables.get(i));
        boolean counter = variables.get(i).endsWith("/iteration");
        arguments.put(
            body.inputs().get(i + 2).name(),
            counter ? Tensor64.scalar(value.dtype(), iteration) : value);
      }
      var found = List.copyOf(Interpreter.run(body, arguments, 1).values());
      for (int i = 0; i < update.slots().size(); i++) {
        memory.put(update.slots().get(i), found.get(i + 1));
      }
      return found.get(0);
    }
  }

  // ---- initializers, regularizers, constraints

  @TestFactory
  Stream<DynamicTest> initializers() {
    var golden = GoldenFile.read("table_initializers");
    return golden.tensors().keySet().stream()
        .map(n -> dynamicTest(n, () -> initializer(golden, n)));
  }

  /**
   * Uniform numbers are the same bits; normal ones go through erfinv, of which JAX has an
   * approximation good to 2e-6; QR adds its own rounding.
   */
  private static void initializer(GoldenFile golden, String key) {
    var name = key.substring(0, key.indexOf('.'));
    boolean dense = golden.tensor(key).rank() == 2;
    var made = name + "(seed = 42)";
    var program =
        Programs.bind(
            key,
            "model Case {\n  input a: "
                + (dense ? "f32[6]" : "f32[5, 5, 4]")
                + "\n  output o0 = a |> "
                + (dense ? "Dense(4, " : "Conv2D(5, 3, ")
                + "use_bias = false, kernel_initializer = "
                + made
                + ")\n}\n");
    var keys = new LinkedHashMap<String, Tensor64>();
    program
        .initialize()
        .inputs()
        .forEach(
            i -> keys.put(i.name(), new Tensor64(DType.U32, new int[] {2}, new double[] {42, 0})));
    var kernel = Interpreter.run(program.initialize(), keys, 1).values().iterator().next();
    double tolerance = name.endsWith("Uniform") ? 1e-7 : name.equals("Orthogonal") ? 1e-5 : 2e-6;
    var expected = golden.tensor(key);
    assertThat(kernel.sizes()).isEqualTo(expected.sizes());
    for (int i = 0; i < expected.count(); i++) {
      assertThat(kernel.at(i))
          .as(key + " at " + i)
          .isCloseTo(expected.at(i), org.assertj.core.data.Offset.offset(tolerance));
    }
  }

  @Test
  void regularizers() {
    var golden = GoldenFile.read("table_regularizers_constraints");
    for (var regularizer :
        Map.of("l1", "L1()", "l2", "L2()", "l1_l2", "L1L2(0.1, 0.2)").entrySet()) {
      var program =
          Programs.bind(
              regularizer.getKey(),
              trainedDense(
                  ", use_bias = false, kernel_regularizer = " + regularizer.getValue(), "SGD()"));
      var nothing = Tensor64.of(DType.F32, new int[] {1, 3}, i -> 0);
      var arguments = Programs.filled(program);
      arguments.putAll(
          Map.of(
              "a",
              Tensor64.of(DType.F32, new int[] {1, 4}, i -> 1),
              targetOf(program, 0),
              nothing,
              "dense/kernel",
              golden.tensor("w")));
      var graph =
          withGradients(
              program.stages().get(0).objectives().get(0).forward(), List.of("dense/kernel"));
      var found = Interpreter.run(graph, arguments, 1);
      compare(golden, "value." + regularizer.getKey(), found, BoundProgram.OBJECTIVE);
      compare(golden, "grad." + regularizer.getKey(), found, "d dense/kernel");
    }
  }

  @Test
  void constraints() {
    var golden = GoldenFile.read("table_regularizers_constraints");
    var constraints =
        Map.of(
            "max_norm",
            "MaxNorm(0.7)",
            "unit_norm",
            "UnitNorm()",
            "non_neg",
            "NonNeg()",
            "min_max",
            "MinMaxNorm(0.5, 1.0, rate = 0.6)");
    for (var constraint : constraints.entrySet()) {
      var program =
          Programs.bind(
              constraint.getKey(),
              trainedDense(
                  ", use_bias = false, kernel_constraint = " + constraint.getValue(), "SGD()"));
      var mover = new Mover(program, program.stages().get(0).objectives().get(0).updates().get(0));
      var moved =
          mover.move(golden.tensor("w"), Tensor64.of(DType.F32, new int[] {4, 3}, i -> 0), 0);
      close(
          golden, constraint.getKey(), golden.tensor("constrained." + constraint.getKey()), moved);
    }
  }

  // ---- numbers

  /** The type of one example. */
  private static String type(Tensor64 tensor) {
    return tensor.dtype().text() + Arrays.stream(tensor.sizes()).skip(1).boxed().toList();
  }

  private static Tensor64 row(Tensor64 tensor, int index) {
    var sizes = Arrays.copyOfRange(tensor.sizes(), 1, tensor.rank());
    int count = Tensor64.count(sizes);
    return Tensor64.of(tensor.dtype(), sizes, i -> tensor.at(index * count + i));
  }

  private static void compare(
      GoldenFile golden, String key, Map<String, Tensor64> found, String name) {
    var actual = found.get(name);
    assertThat(actual).as(name + " among " + found.keySet()).isNotNull();
    close(golden, key, golden.tensor(key), Objects.requireNonNull(actual));
  }

  private static void close(GoldenFile golden, String what, Tensor64 expected, Tensor64 actual) {
    close(golden, what, expected, actual, 0);
  }

  private static void close(
      GoldenFile golden, String what, Tensor64 expected, Tensor64 actual, double allowance) {
    assertThat(actual.sizes()).as("shape of " + what).isEqualTo(expected.sizes());
    var wrong = new ArrayList<String>();
    for (int i = 0; i < expected.count(); i++) {
      if (!(Math.abs(expected.at(i) - actual.at(i))
          <= golden.tolerance(expected.at(i)) + allowance)) {
        wrong.add("[" + i + "] Keras " + expected.at(i) + ", ours " + actual.at(i));
      }
    }
    assertThat(wrong)
        .as(
            what
                + " of "
                + golden.name()
                + ", "
                + wrong.size()
                + " of "
                + expected.count()
                + " differ")
        .isEmpty();
  }
}
