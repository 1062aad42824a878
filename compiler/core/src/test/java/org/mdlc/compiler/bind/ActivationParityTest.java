package org.mdlc.compiler.bind;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.mdlc.compiler.bind.Parity.AGAINST;
import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.compare;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.withGradients;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;

/** Activations and their gradients are those of real Keras. */
class ActivationParityTest {
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
}
