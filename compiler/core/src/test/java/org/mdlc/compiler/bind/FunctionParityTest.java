package org.mdlc.compiler.bind;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.compare;
import static org.mdlc.compiler.bind.Parity.type;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;

/** The functions behind losses and metrics give what those of real Keras give. */
class FunctionParityTest {
  /** Keys such as {@code loss.huber} and {@code loss.huber#1}, which has other arguments. */
  @TestFactory
  Stream<DynamicTest> functions() throws IOException {
    var golden = GoldenFile.read("table_functions");
    var names = names();
    return golden.info().getAsJsonObject("arguments").entrySet().stream()
        .filter(e -> !names.getOrDefault(plain(e.getKey()), "-").equals("-"))
        .map(
            e ->
                dynamicTest(
                    e.getKey(),
                    () ->
                        function(
                            golden,
                            e.getKey(),
                            names.get(plain(e.getKey())),
                            e.getValue().getAsJsonObject())));
  }

  /** What {@code loss.huber} is in mdl: a name, or - when it is absent. */
  private static Map<String, String> names() throws IOException {
    return Files.readString(Path.of("src/test/resources/golden/keras/parity.tsv"))
        .lines()
        .map(l -> l.split("\t", -1))
        .filter(p -> p[0].equals("losses") || p[0].equals("metrics"))
        .collect(
            Collectors.toMap(p -> (p[0].equals("losses") ? "loss." : "metric.") + p[1], p -> p[2]));
  }

  private static String plain(String key) {
    return key.replaceFirst("#.*", "");
  }

  private static void function(GoldenFile golden, String key, String name, JsonObject arguments) {
    var kind =
        golden
            .info()
            .getAsJsonObject("kinds")
            .get(plain(key).substring(key.indexOf('.') + 1))
            .getAsString();
    var truth = golden.tensor("y_true." + kind);
    var prediction = golden.tensor("y_pred." + kind);
    var program =
        Programs.bind(
            key,
            WEIGHTED
                + "model Case {\n  input a: "
                + type(truth)
                + ", b: "
                + type(prediction)
                + "\n  output o0 = "
                + name
                + "(a, b"
                + arguments.entrySet().stream()
                    .map(e -> ", " + e.getKey() + " = " + text(e.getValue()))
                    .collect(Collectors.joining())
                + ") |> Weighted()\n}\n");
    var inputs = new LinkedHashMap<String, Tensor64>(Programs.filled(program));
    inputs.put("a", truth);
    inputs.put("b", prediction);
    compare(golden, "out." + key, Interpreter.run(program.predict(), inputs, truth.size(0)), "o0");
  }

  private static String text(JsonElement value) {
    return value.isJsonNull() ? "none" : value.toString();
  }
}
