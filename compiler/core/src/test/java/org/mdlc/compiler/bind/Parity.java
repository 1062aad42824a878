package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.pass.Differentiate;

/**
 * What the tests against real Keras share: each definition of the library is bound in a small
 * model, run in float64, and compared with what Keras 3 on JAX gave in float32 for the same inputs
 * and weights. The files in {@code golden/keras/cases} say which file of numbers is which
 * expression; the tolerances stand in the files of numbers.
 */
final class Parity {
  private Parity() {}

  private static final Map<String, String> CASES = read();

  /** Every case: the file's name and what it is in mdl. */
  static Map<String, String> cases() {
    return CASES;
  }

  /**
   * The cases of a kind ({@code layer}, {@code loss} ..): the file's name and what it is in mdl.
   */
  static Stream<DynamicTest> tests(String kind, CaseTest test) {
    var chosen = CASES.entrySet().stream().filter(c -> c.getKey().startsWith(kind + "_")).toList();
    assertThat(chosen).isNotEmpty();
    return chosen.stream()
        .map(c -> dynamicTest(c.getKey(), () -> test.run(c.getKey(), c.getValue())));
  }

  interface CaseTest {
    void run(String name, String expression);
  }

  private static Map<String, String> read() {
    var cases = new LinkedHashMap<String, String>();
    for (var file : files()) {
      lines(file)
          .filter(l -> !l.isBlank() && !l.startsWith("#"))
          .map(l -> l.split(": ", 2))
          .forEach(
              c -> {
                if (cases.put(c[0], c[1]) != null) {
                  throw new IllegalStateException("two cases of one name: " + c[0]);
                }
              });
    }
    return cases;
  }

  private static List<Path> files() {
    try (var files =
        Files.list(
            Path.of(
                Objects.requireNonNull(Parity.class.getResource("/golden/keras/cases")).toURI()))) {
      return files.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readString(file).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds up the products with a fixed tensor, so that the loss has that tensor as its gradient at
   * the output.
   */
  static final String AGAINST =
      "loss Against()(y_true: f32[...S], y_pred: any[...S]) = sum(y_true * y_pred)\n\n";

  /** A model needs something to train: a weight that takes no part. */
  static final String WEIGHTED =
      "layer Weighted()(x: any[...S]) {\n  param unused: f32[1] = zeros\n  return x\n}\n\n";

  static String targetOf(BoundProgram program, int output) {
    return program.targets().get(output).name();
  }

  /** The graph with outputs {@code d x}: the gradient of the objective at each named input. */
  static Graph withGradients(Graph graph, List<String> names) {
    return Differentiate.withGradients(graph, BoundProgram.OBJECTIVE, names);
  }

  /** The type of one example. */
  static String type(Tensor64 tensor) {
    return tensor.dtype().text() + Arrays.stream(tensor.sizes()).skip(1).boxed().toList();
  }

  /**
   * Binds the model {@code Case}; dimensions of its labels that only data knows are those of these
   * labels.
   */
  static BoundProgram bind(GoldenFile golden, String source, Tensor64 labels) {
    var settings = new LinkedHashMap<String, String>();
    if (golden.name().startsWith("loss_CTC_")) {
      settings.put("o0_N", Integer.toString(labels.size(1)));
    }
    return Programs.bind(golden.name(), source, settings);
  }

  /**
   * In the shape of a port: a column for a number per row and the other way round, one weight for
   * all steps of its row.
   */
  static Tensor64 shaped(Tensor64 rows, BoundProgram.Port port) {
    var inner = port.type().shape().dims().subList(1, port.type().rank());
    var sizes = new int[inner.size() + 1];
    sizes[0] = rows.size(0);
    for (int i = 1; i < sizes.length; i++) {
      sizes[i] = Math.toIntExact(inner.get(i - 1).value());
    }
    int times = Tensor64.count(sizes) / rows.count();
    return Tensor64.of(rows.dtype(), sizes, i -> rows.at(i / times));
  }

  static Tensor64 row(Tensor64 tensor, int index) {
    var sizes = Arrays.copyOfRange(tensor.sizes(), 1, tensor.rank());
    int count = Tensor64.count(sizes);
    return Tensor64.of(tensor.dtype(), sizes, i -> tensor.at(index * count + i));
  }

  static void compare(GoldenFile golden, String key, Map<String, Tensor64> found, String name) {
    compare(golden, key, found, name, 0);
  }

  static void compare(
      GoldenFile golden, String key, Map<String, Tensor64> found, String name, double allowance) {
    var actual = found.get(name);
    assertThat(actual).as(name + " among " + found.keySet()).isNotNull();
    close(golden, key, golden.tensor(key), Objects.requireNonNull(actual), allowance);
  }

  static void close(GoldenFile golden, String what, Tensor64 expected, Tensor64 actual) {
    close(golden, what, expected, actual, 0);
  }

  static void close(
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
