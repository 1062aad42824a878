package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdlc.compiler.bind.Parity.AGAINST;
import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.tests;
import static org.mdlc.compiler.bind.Parity.type;
import static org.mdlc.compiler.bind.Parity.withGradients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/** Layers: outputs, gradients and new states are those of real Keras. */
class LayerParityTest {
  private static final List<String> INPUTS = List.of("a", "b", "c");

  @TestFactory
  Stream<DynamicTest> layers() {
    return tests("layer", (name, text) -> layer(name, text, _ -> {}));
  }

  /** Layers one after another, which hand masks on. */
  @TestFactory
  Stream<DynamicTest> chains() {
    return tests("chain", (name, text) -> layer(name, text, _ -> {}));
  }

  /**
   * One line of the files of cases.
   *
   * @param phase compared alone, {@code (training)} or {@code (inference)}, where the other one has
   *     no counterpart in Keras
   * @param allowance by how much numbers may differ beside the file's tolerance; the reason stands
   *     in the line
   */
  private record Case(GoldenFile golden, String phase, String expression, double allowance) {
    static Case of(String name, String text) {
      var names = name.split(" ");
      var sides = text.split(" ~ ");
      return new Case(
          GoldenFile.read(names[0]),
          names.length == 1 ? "" : names[1],
          sides[0],
          sides.length == 1 ? 0 : Double.parseDouble(sides[1].split(":")[0]));
    }

    void compare(String key, Map<String, Tensor64> found, String name) {
      Parity.compare(golden, key, found, name, allowance);
    }
  }

  /** Tests one case, and shows each graph with gradients that it ran. */
  static void layer(String name, String text, Consumer<LayerGraphs.Example> show) {
    var given = Case.of(name, text);
    var golden = given.golden;
    var expression = given.expression;
    var arguments = layerInputs(golden);
    int outputs = (int) golden.names("out.").stream().count();
    var results =
        IntStream.range(0, outputs).mapToObj(i -> "r" + i).collect(Collectors.joining(", "));
    // A layer that keeps its state from batch to batch needs batches of one size.
    var fixed = golden.has("second.in.0") ? " batch " + golden.tensor("in.0").size(0) : "";
    var source =
        AGAINST
            + WEIGHTED
            + "model Case {\n"
            + arguments.entrySet().stream()
                .map(a -> "  input " + a.getKey() + ": " + type(a.getValue()) + fixed + "\n")
                .collect(Collectors.joining())
            + "  let "
            + (outputs == 1 ? results : "(" + results + ")")
            + " = "
            + expression
            + "\n"
            + IntStream.range(0, outputs)
                .mapToObj(i -> "  output o" + i + " = r" + i + (i == 0 ? " |> Weighted()\n" : "\n"))
                .collect(Collectors.joining())
            + (golden.has("out_mask") ? "  output mask_out = mask_of(r0)\n" : "")
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

    if (!given.phase.equals("(training)")) {
      var predicted = Interpreter.run(program.predict(), arguments, batch);
      for (int i = 0; i < outputs; i++) {
        given.compare("out." + i, predicted, "o" + i);
        arguments.put(targetOf(program, i), cotangent(golden, "cot." + i, "out." + i));
      }
      if (golden.has("out_mask")) {
        given.compare("out_mask", predicted, "mask_out");
      }
      if (golden.has("second.in.0")) {
        var second = new LinkedHashMap<>(arguments);
        second.put("a", golden.tensor("second.in.0"));
        program.variables().stream()
            .filter(v -> v.role() == Role.STATE)
            .forEach(v -> second.put(v.path(), Objects.requireNonNull(predicted.get(v.path()))));
        given.compare("second.out.0", Interpreter.run(program.predict(), second, batch), "o0");
      }
      var evaluate = Objects.requireNonNull(program.evaluate());
      gradients(given, "", evaluate, program, arguments, weights, batch, show);
    }
    if (golden.has("train.out.0") && !given.phase.equals("(inference)")) {
      for (int i = 0; i < outputs; i++) {
        arguments.put(targetOf(program, i), cotangent(golden, "cot." + i, "train.out." + i));
      }
      var state =
          gradients(
              given,
              "train.",
              program.stages().get(0).objectives().get(0).forward(),
              program,
              arguments,
              weights,
              batch,
              show);
      for (var weight : weights.paths.entrySet()) {
        if (golden.has("train.w." + weight.getKey())) {
          // A weight that the layer does not set stays as it was.
          given.compare(
              "train.w." + weight.getKey(),
              state.containsKey(weight.getValue()) ? state : arguments,
              weight.getValue());
        }
      }
    }
  }

  /** What an output is multiplied with; where Keras took no gradients, any number does. */
  private static Tensor64 cotangent(GoldenFile golden, String name, String output) {
    return golden.has(name)
        ? golden.tensor(name)
        : Tensor64.of(DType.F32, golden.tensor(output).sizes(), _ -> 1);
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

  /**
   * Weights by our path, and our paths by Keras's names.
   *
   * @param values keys of random generators as well
   */
  private record Weights(Map<String, Tensor64> values, Map<String, String> paths) {}

  /**
   * Weights are found by name; of a layer with a cell of its own Keras has the name of that in
   * between: {@code lstm/lstm_cell/kernel}.
   */
  private static Weights weights(GoldenFile golden, BoundProgram program) {
    var values = new LinkedHashMap<String, Tensor64>();
    var paths = new LinkedHashMap<String, String>();
    var keys = golden.names("w.").stream().filter(n -> n.contains("seed_generator")).iterator();
    var own = new LinkedHashMap<String, String>();
    for (var variable : program.variables()) {
      if (variable.role() == Role.SEED) {
        boolean ofInitializer = variable.path().endsWith(BoundProgram.SEED);
        values.put(
            variable.path(),
            !ofInitializer && keys.hasNext()
                ? golden.tensor("w." + keys.next())
                : new Tensor64(DType.U32, new int[] {2}, new double[2]));
      } else if ((variable.role() == Role.PARAM || variable.role() == Role.STATE)
          && !variable.path().endsWith("/unused")
          && !variable.path().contains("/rnn_state")) { // Keras does not count it as a weight
        boolean chain = golden.name().startsWith("chain_");
        own.put(
            chain ? variable.path() : variable.path().substring(variable.path().indexOf('/') + 1),
            variable.path());
      }
    }
    for (var name : golden.names("w.")) {
      if (!name.contains("seed_generator")) {
        var path =
            own.remove(own.containsKey(name) ? name : name.replaceFirst("[a-z_]+_cell/", ""));
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

  /**
   * Compares loss and gradients, and the outputs of this phase: the loss is their product with the
   * targets, so that they are its gradient there. Returns all outputs of the graph.
   */
  private static Map<String, Tensor64> gradients(
      Case given,
      String prefix,
      Graph graph,
      BoundProgram program,
      Map<String, Tensor64> arguments,
      Weights weights,
      long batch,
      Consumer<LayerGraphs.Example> show) {
    var golden = given.golden;
    var names = new LinkedHashMap<String, String>(); // ours to the file's
    golden
        .names(prefix + "grad.in.")
        .forEach(i -> names.put(INPUTS.get(Integer.parseInt(i)), prefix + "grad.in." + i));
    golden
        .names(prefix + "grad.w.")
        .forEach(w -> names.put(weights.paths.get(w), prefix + "grad.w." + w));
    golden
        .names(prefix + "out.")
        .forEach(o -> names.put(targetOf(program, Integer.parseInt(o)), prefix + "out." + o));
    var inputs = graph.inputs().stream().map(Graph.Input::name).toList();
    names
        .entrySet()
        .removeIf(
            n -> {
              boolean unused = !inputs.contains(n.getKey());
              if (unused) { // a weight that takes no part in this call
                assertThat(golden.tensor(n.getValue()).data()).as(n.getValue()).containsOnly(0);
              }
              return unused;
            });
    var complete = withGradients(graph, List.copyOf(names.keySet()));
    var found = Interpreter.run(complete, arguments, batch);
    show.accept(
        new LayerGraphs.Example(
            golden.name() + " " + prefix, complete, Map.copyOf(arguments), (int) batch));
    if (golden.has(prefix + "S")) {
      given.compare(prefix + "S", found, BoundProgram.OBJECTIVE);
    }
    names.forEach((ours, theirs) -> given.compare(theirs, found, "d " + ours));
    return found;
  }
}
