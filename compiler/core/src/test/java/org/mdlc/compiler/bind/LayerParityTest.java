package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdlc.compiler.bind.Parity.AGAINST;
import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.compare;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.tests;
import static org.mdlc.compiler.bind.Parity.type;
import static org.mdlc.compiler.bind.Parity.withGradients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    var predicted = Interpreter.run(program.predict(), arguments, batch);
    for (int i = 0; i < outputs; i++) {
      compare(golden, "out." + i, predicted, "o" + i);
      arguments.put(targetOf(program, i), golden.tensor("cot." + i));
    }
    if (golden.has("out_mask")) {
      compare(golden, "out_mask", predicted, "mask_out");
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
          // A weight that the layer does not set stays as it was.
          compare(
              golden,
              "train.w." + weight.getKey(),
              state.containsKey(weight.getValue()) ? state : arguments,
              weight.getValue());
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
    var found =
        Interpreter.run(withGradients(graph, List.copyOf(names.keySet())), arguments, batch);
    compare(golden, prefix + "S", found, BoundProgram.OBJECTIVE);
    names.forEach((ours, theirs) -> compare(golden, theirs, found, "d " + ours));
    return found;
  }
}
