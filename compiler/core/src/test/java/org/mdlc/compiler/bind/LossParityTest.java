package org.mdlc.compiler.bind;

import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.compare;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.tests;
import static org.mdlc.compiler.bind.Parity.type;
import static org.mdlc.compiler.bind.Parity.withGradients;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;

/** Losses and their gradients are those of real Keras. */
class LossParityTest {
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
}
