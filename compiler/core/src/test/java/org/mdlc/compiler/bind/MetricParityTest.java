package org.mdlc.compiler.bind;

import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.compare;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.tests;
import static org.mdlc.compiler.bind.Parity.type;

import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;

/** Metrics over several batches are those of real Keras. */
class MetricParityTest {
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
}
