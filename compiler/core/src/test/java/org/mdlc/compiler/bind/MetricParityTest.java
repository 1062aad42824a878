package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.close;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.tests;
import static org.mdlc.compiler.bind.Parity.type;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Tensor64;

/**
 * Metrics over several batches, plain, weighted and masked, and what they keep at the end, are
 * those of real Keras.
 */
class MetricParityTest {
  private static final int BATCHES = 3;

  /** Where the plain figures of Keras are not ours, and why. */
  private static final Map<String, String> ONLY_WEIGHTED =
      Map.of(
          "metric_SparseCategoricalCrossentropy_sparse-seq_ignore-class.-1_every-weight",
          "Keras minds ignore_class only where there are weights; otherwise it counts as a loss of 0");

  @TestFactory
  Stream<DynamicTest> metrics() {
    return tests("metric", (name, expression) -> metrics(GoldenFile.read(name), expression));
  }

  private static void metrics(GoldenFile golden, String expression) {
    if (!ONLY_WEIGHTED.containsKey(golden.name())) {
      new Run(golden, expression, "result", false, false).check();
    }
    if (golden.has("weighted.0")) {
      new Run(golden, expression, "weighted", true, false).check();
    }
    if (golden.has("masked.0")) {
      new Run(golden, expression, "masked", false, true).check();
      new Run(golden, expression, "masked_weighted", true, true).check();
    }
  }

  /** A metric with its three batches in one of the ways in which Keras ran it. */
  private record Run(
      GoldenFile golden, String expression, String key, boolean weighted, boolean masked) {
    void check() {
      var program = Parity.bind(golden, source(), golden.tensor("y_true.0"));
      Map<String, Tensor64> memory = Programs.filled(program);
      var graph = Objects.requireNonNull(program.evaluate());
      for (int batch = 0; batch < BATCHES; batch++) {
        var arguments = new LinkedHashMap<>(memory);
        arguments.putAll(batch(program, batch));
        var found = Interpreter.run(graph, arguments, predictions(batch).size(0));
        var expected = golden.tensor(key + "." + batch);
        close(golden, key + "." + batch, expected, shown(program, found, expected));
        memory.replaceAll((name, value) -> found.getOrDefault(name, value));
      }
      if (key.equals("result") && !expression.contains("axis = 0")) {
        checkStates(program, memory);
      }
    }

    private String source() {
      return "loss Nothing()(y_true: %s, y_pred: any[...S]) = 0 * cast(mean(y_true), f32) * ones(%s)\n\n"
              .formatted(type(labels()), values())
          + WEIGHTED
          + "model Case {\n  input p: "
          + type(predictions(0))
          + (masked ? ", m: " + type(golden.tensor("mask.0")) : "")
          + "\n  output o0 = "
          + (masked ? "with_mask(p |> Weighted(), m)" : "p |> Weighted()")
          + "\n}\n\ntrain Case {\n  loss Nothing()\n"
          + (weighted ? "  sample_weight o0\n  weighted_metrics " : "  metrics ")
          + expression
          + "\n  optimizer SGD()\n}\n";
    }

    /** As many labels as predictions are of the same shape. */
    private Tensor64 labels() {
      var labels = golden.tensor("y_true.0");
      boolean column = expression.startsWith("Sparse") && labels.rank() == 2 && labels.size(1) == 1;
      return labels.count() == predictions(0).count()
          ? predictions(0)
          : column ? Tensor64.of(labels.dtype(), new int[] {labels.size(0)}, labels::at) : labels;
    }

    /** The shape of what a loss gives, so that weights can be told for each value. */
    private String values() {
      var weights = golden.tensor("sample_weight.0");
      return weights.rank() == 1 ? "[batch_size()]" : "[batch_size(), " + weights.size(1) + "]";
    }

    private Map<String, Tensor64> batch(BoundProgram program, int batch) {
      var arguments = new LinkedHashMap<String, Tensor64>();
      arguments.put("p", predictions(batch));
      arguments.put(
          targetOf(program, 0),
          Parity.shaped(golden.tensor("y_true." + batch), program.targets().get(0)));
      if (weighted) {
        var port = program.weights().get(0);
        arguments.put(port.name(), Parity.shaped(golden.tensor("sample_weight." + batch), port));
      }
      if (masked) {
        arguments.put("m", golden.tensor("mask." + batch));
      }
      return arguments;
    }

    /** Mean and Sum are given values alone. */
    private Tensor64 predictions(int batch) {
      var key = "y_pred." + batch;
      return golden.tensor(golden.has(key) ? key : "y_true." + batch);
    }

    /** The figures of the metric, those of a vector together. */
    private static Tensor64 shown(
        BoundProgram program, Map<String, Tensor64> found, Tensor64 expected) {
      var figures = program.metrics().subList(1, program.metrics().size());
      var values = figures.stream().map(f -> Objects.requireNonNull(found.get(f)).at(0)).toList();
      assertThat(values).as(figures.toString()).hasSize(expected.count());
      return Tensor64.of(expected.dtype(), expected.sizes(), values::get);
    }

    // A correlation over the rows (axis = 0) is a value per output; running_mean takes their mean
    // as
    // one value, Keras as so many. The figure is the same.
    private void checkStates(BoundProgram program, Map<String, Tensor64> memory) {
      var metric = program.metrics().get(1).replaceFirst("\\[.*", "") + "/";
      var ours =
          program.variables().stream()
              .filter(v -> v.role() == Role.METRIC && v.path().startsWith(metric))
              .map(BoundProgram.Variable::path)
              .toList();
      var theirs = new String[ours.size()];
      List<String> states = golden.names("state.");
      assertThat(states).as("states of Keras, ours are " + ours).hasSameSizeAs(ours);
      states.forEach(s -> theirs[Integer.parseInt(s.replaceFirst(".*\\.", ""))] = s);
      for (int i = 0; i < theirs.length; i++) {
        close(
            golden,
            "state." + theirs[i],
            golden.tensor("state." + theirs[i]),
            Objects.requireNonNull(memory.get(ours.get(i))));
      }
    }
  }
}
