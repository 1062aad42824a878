package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.mdlc.compiler.bind.Parity.AGAINST;
import static org.mdlc.compiler.bind.Parity.WEIGHTED;
import static org.mdlc.compiler.bind.Parity.close;
import static org.mdlc.compiler.bind.Parity.compare;
import static org.mdlc.compiler.bind.Parity.targetOf;
import static org.mdlc.compiler.bind.Parity.type;
import static org.mdlc.compiler.bind.Parity.withGradients;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/**
 * Activations, initializers, regularizers, constraints and schedules under arguments other than
 * their defaults, on weights of several ranks, against real Keras. The tables of numbers say
 * themselves what each of them is; what {@code parity.tsv} calls absent is left out.
 */
class ArgumentParityTest {
  private static final Set<String> PRESENT = present();

  private static Set<String> present() {
    try {
      return Files.readString(Path.of("src/test/resources/golden/keras/parity.tsv"))
          .lines()
          .map(l -> l.split("\t", -1))
          .filter(p -> p.length > 2 && !p[2].equals("-"))
          .map(p -> p[0] + " " + p[1])
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- activations

  @TestFactory
  Stream<DynamicTest> activations() {
    var golden = GoldenFile.read("table_activations_more");
    return rows(golden, "activations", "name")
        .map(r -> dynamicTest(r.title(), () -> activation(golden, r)));
  }

  private static void activation(GoldenFile golden, Row row) {
    var input = golden.tensor("x." + row.json.get("x").getAsString());
    var arguments = arguments(row.json.getAsJsonObject("arguments"));
    var program =
        Programs.bind(
            row.title(),
            AGAINST
                + WEIGHTED
                + "model Case {\n  input a: "
                + type(input)
                + "\n  output o0 = "
                + row.name
                + "(a"
                + (arguments.isEmpty() ? "" : ", " + arguments)
                + ") |> Weighted()\n}\n\ntrain Case {\n  loss Against()\n  optimizer SGD()\n}\n");
    var values = new LinkedHashMap<String, Tensor64>(Programs.filled(program));
    values.put("a", input);
    values.put(targetOf(program, 0), golden.tensor("cot." + row.index));
    long batch = input.size(0);
    compare(golden, "y." + row.index, Interpreter.run(program.predict(), values, batch), "o0");
    var graph = withGradients(Objects.requireNonNull(program.evaluate()), List.of("a"));
    compare(golden, "grad." + row.index, Interpreter.run(graph, values, batch), "d a");
  }

  // ---- weights

  /** A layer that has a weight of a shape, which takes no part in its output. */
  private static String held(int[] shape, String initial) {
    return "layer Held()(x: f32[1]) {\n  param w: f32"
        + Arrays.toString(shape)
        + " = "
        + initial
        + "\n  return x + 0 * sum(w)\n}\n\nmodel Case {\n  input a: f32[1]\n  output o0 = a |> Held()\n}\n";
  }

  private static final String TRAINED = "\ntrain Case {\n  loss Against()\n  optimizer SGD()\n}\n";

  @TestFactory
  Stream<DynamicTest> initializers() {
    var golden = GoldenFile.read("table_initializers_more");
    return rows(golden, "initializers", "class")
        .map(r -> dynamicTest(r.title(), () -> initializer(golden, r)));
  }

  /**
   * Uniform numbers are the same bits, rounded to a float32 of their own size; normal ones go
   * through erfinv, of which JAX has an approximation good to 2e-6; QR adds its own rounding.
   */
  private static void initializer(GoldenFile golden, Row row) {
    var expected = golden.tensor(String.valueOf(row.index));
    var arguments = arguments(row.json.getAsJsonObject("arguments"));
    boolean drawn = !Set.of("Constant", "Zeros", "Ones", "Identity", "STFT").contains(row.name);
    var seed = drawn ? (arguments.isEmpty() ? "seed = 42" : ", seed = 42") : "";
    var made = row.name + "(" + arguments + seed + ")";
    var program = Programs.bind(row.title(), held(expected.sizes(), made));
    var variable =
        program.variables().stream()
            .filter(v -> v.path().equals("held/w"))
            .findFirst()
            .orElseThrow();
    double fill = variable.fill();
    var keys = new LinkedHashMap<String, Tensor64>();
    program
        .initialize()
        .inputs()
        .forEach(
            i -> keys.put(i.name(), new Tensor64(DType.U32, new int[] {2}, new double[] {42, 0})));
    var found =
        Double.isNaN(fill)
            ? Interpreter.run(program.initialize(), keys, 1).values().iterator().next()
            : Tensor64.of(DType.F32, expected.sizes(), _ -> fill);
    double tolerance = made.contains("niform") && !made.contains("untrunc") ? 1e-7 : 2e-6;
    assertThat(found.sizes()).isEqualTo(expected.sizes());
    for (int i = 0; i < expected.count(); i++) {
      double allowed =
          row.name.equals("Orthogonal") ? 1e-5 : tolerance * Math.max(1, Math.abs(expected.at(i)));
      assertThat(found.at(i))
          .as(row.title() + " at " + i)
          .isCloseTo(expected.at(i), offset(allowed));
    }
  }

  @TestFactory
  Stream<DynamicTest> regularizers() {
    var golden = GoldenFile.read("table_regularizers_constraints_more");
    return golden.names("value.").stream()
        .filter(k -> PRESENT.contains("regularizers " + className(golden, k)))
        .map(k -> dynamicTest(k, () -> regularizer(golden, k)));
  }

  private static void regularizer(GoldenFile golden, String key) {
    var weight = golden.tensor("w." + key.substring(key.indexOf('.') + 1));
    var program =
        Programs.bind(
            key,
            AGAINST
                + held(weight.sizes(), "zeros with (regularizer = " + made(golden, key) + ")")
                + TRAINED);
    var one = Tensor64.of(DType.F32, new int[] {1, 1}, i -> 0);
    var values = new LinkedHashMap<String, Tensor64>(Programs.filled(program));
    values.putAll(Map.of("a", one, targetOf(program, 0), one, "held/w", weight));
    var forward = program.stages().get(0).objectives().get(0).forward();
    var found = Interpreter.run(withGradients(forward, List.of("held/w")), values, 1);
    compare(golden, "value." + key, found, BoundProgram.OBJECTIVE);
    compare(golden, "grad." + key, found, "d held/w");
  }

  @TestFactory
  Stream<DynamicTest> constraints() {
    var golden = GoldenFile.read("table_regularizers_constraints_more");
    return golden.names("constrained.").stream()
        .filter(k -> PRESENT.contains("constraints " + className(golden, k)))
        .map(k -> dynamicTest(k, () -> constraint(golden, k)));
  }

  private static void constraint(GoldenFile golden, String key) {
    var weight = golden.tensor("w." + key.substring(key.indexOf('.') + 1));
    var program =
        Programs.bind(
            key,
            AGAINST
                + held(weight.sizes(), "zeros with (constraint = " + made(golden, key) + ")")
                + TRAINED);
    var mover = new Mover(program);
    var still = Tensor64.of(DType.F32, weight.sizes(), i -> 0);
    close(golden, key, golden.tensor("constrained." + key), mover.move(weight, still));
  }

  /** {@code l1_03.4x3} is the entry {@code l1_03} on the weight of this shape. */
  private static JsonObject entry(GoldenFile golden, String key) {
    return golden
        .info()
        .getAsJsonObject("config")
        .getAsJsonObject(key.substring(0, key.indexOf('.')));
  }

  private static String className(GoldenFile golden, String key) {
    return entry(golden, key).get("class_name").getAsString();
  }

  private static String made(GoldenFile golden, String key) {
    return expression(entry(golden, key));
  }

  // ---- schedules

  @TestFactory
  Stream<DynamicTest> schedules() {
    var golden = GoldenFile.read("table_schedules_more");
    return golden.info().getAsJsonObject("config").entrySet().stream()
        .filter(
            e ->
                PRESENT.contains(
                    "schedules " + e.getValue().getAsJsonObject().get("class_name").getAsString()))
        .map(
            e ->
                dynamicTest(
                    e.getKey(),
                    () -> schedule(golden, e.getKey(), e.getValue().getAsJsonObject())));
  }

  /** With a gradient of -1, plain descent moves a weight by the learning rate. */
  private static void schedule(GoldenFile golden, String name, JsonObject config) {
    var program =
        Programs.bind(
            name, Mover.trainedDense(", use_bias = false", "SGD(" + expression(config) + ")"));
    var mover = new Mover(program);
    var zero = Tensor64.of(DType.F32, new int[] {4, 3}, i -> 0);
    var minusOne = Tensor64.of(DType.F32, new int[] {4, 3}, i -> -1);
    var expected = golden.tensor("lr." + name);
    for (int step = 0; step < expected.count(); step++) {
      close(
          golden,
          name + " at step " + step,
          Tensor64.scalar(DType.F32, expected.at(step)),
          Tensor64.scalar(DType.F32, mover.move(zero, minusOne).at(0)));
    }
  }

  // ---- what a table says, in mdl

  /** An entry of the list of cases. */
  private record Row(int index, String name, JsonObject json) {
    String title() {
      return index + " " + name + " " + json.get("arguments");
    }
  }

  private static Stream<Row> rows(GoldenFile golden, String category, String field) {
    var cases = golden.info().getAsJsonArray("cases");
    return IntStream.range(0, cases.size())
        .mapToObj(
            i -> {
              var json = cases.get(i).getAsJsonObject();
              return new Row(i, json.get(field).getAsString(), json);
            })
        .filter(r -> PRESENT.contains(category + " " + r.name));
  }

  /** What Keras serialised as class and configuration. */
  private static String expression(JsonObject serialized) {
    return serialized.get("class_name").getAsString()
        + "("
        + arguments(serialized.getAsJsonObject("config"))
        + ")";
  }

  private static String arguments(JsonObject values) {
    return values.entrySet().stream()
        .filter(e -> !e.getKey().equals("name"))
        .map(e -> e.getKey() + " = " + text(e.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String text(JsonElement value) {
    return value.isJsonNull() ? "none" : value.toString();
  }
}
