package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Role;
import org.mdlc.runtime.data.DataSet;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.random.Threefry;

/**
 * Generated code against real Keras: from the same seed, 20 training steps of each fixed workload,
 * dropout included, have the losses that Keras 3 on JAX had. docs/golden.md says how those were
 * made.
 */
class KerasTrajectoryTest {
  private static final Path MODELS = Path.of("models");

  /** What a loss may be off by, as a share. */
  private static final double TOLERANCE = 1e-3;

  /**
   * Where rounding alone moves Keras's own losses further than that (W4 from the tenth step on),
   * three times as far as the widest of the three disturbed runs that the file tells of.
   */
  private static final double NOISE = 3;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void followsKeras(int number) throws IOException, ReflectiveOperationException {
    var golden = golden(number);
    try (var model = compile(golden)) {
      var wrong = new ArrayList<String>();
      var losses = golden.getAsJsonArray("losses");
      for (int step = 0; step < losses.size(); step++) {
        double loss = model.trainOnBatch(batch(golden, model, step)).require("loss");
        double expected = losses.get(step).getAsDouble();
        double allowed = Math.max(TOLERANCE, NOISE * noise(golden, step));
        if (!(Math.abs(loss - expected) <= allowed * expected)) {
          wrong.add("step " + step + ": Keras " + expected + ", ours " + loss);
        }
      }
      assertThat(wrong).as(golden.get("name").getAsString()).isEmpty();
    }
  }

  /** The largest of the steps so far: what has drifted apart does not come back together. */
  private static double noise(JsonObject golden, int step) {
    double most = 0;
    for (int i = 0; i <= step; i++) {
      most = Math.max(most, golden.getAsJsonArray("noise").get(i).getAsDouble());
    }
    return most;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void startsFromKerassWeights(int number) throws IOException, ReflectiveOperationException {
    var golden = golden(number);
    try (var model = compile(golden)) {
      var ours = weights(model);
      var theirs = golden.getAsJsonArray("weights");
      assertThat(ours).hasSize(theirs.size());
      for (int i = 0; i < theirs.size(); i++) {
        var expected = theirs.get(i).getAsJsonObject();
        var name = expected.get("name").getAsString();
        var values = ours.get(i).floats();
        assertThat(sizes(ours.get(i).shape()))
            .as(name)
            .isEqualTo(expected.getAsJsonArray("shape").toString());
        double sum = 0;
        double absolute = 0;
        for (float value : values) {
          sum += value;
          absolute += Math.abs(value);
        }
        var start = expected.getAsJsonObject("start");
        // Uniform numbers are the same bits; the orthogonal ones of recurrent layers go through a
        // QR, good to 1e-6 each.
        double tolerance = 1e-6 * values.length + 1e-12;
        assertThat(sum)
            .as("sum of " + name)
            .isCloseTo(start.get("sum").getAsDouble(), within(tolerance));
        assertThat(absolute)
            .as("sum of |" + name + "|")
            .isCloseTo(start.get("abs_sum").getAsDouble(), within(tolerance));
      }
    }
  }

  private static String sizes(int[] shape) {
    var sizes = new JsonArray();
    for (int size : shape) {
      sizes.add(size);
    }
    return sizes.toString();
  }

  private static List<HostTensor> weights(Model model) {
    return model.variables().specs().stream()
        .filter(v -> v.role() == Role.PARAM || v.role() == Role.STATE)
        .map(v -> model.variables().get(v.name()))
        .toList();
  }

  private static JsonObject golden(int number) throws IOException {
    try (var in =
        Objects.requireNonNull(
            KerasTrajectoryTest.class.getResourceAsStream("/golden/W" + number + ".json"))) {
      return JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .getAsJsonObject();
    }
  }

  private static Model compile(JsonObject golden) throws IOException, ReflectiveOperationException {
    var request = CompileRequest.of(MODELS.resolve(golden.get("name").getAsString() + ".mdl"));
    var compilation = Compiler.bind(request);
    var bound =
        compilation
            .bound()
            .orElseThrow(() -> new AssertionError(Renderer.plain().render(compilation.problems())));
    var generated = Compiler.generate(bound, request);
    var type =
        InMemoryJavac.load(
            generated.className(), generated.source(), KerasTrajectoryTest.class.getClassLoader());
    return (Model)
        type.getMethod("create", long.class).invoke(null, golden.get("seed").getAsLong());
  }

  // ---- the data of docs/golden.md

  private static DataSet batch(JsonObject golden, Model model, int step) {
    int rows = golden.get("batch").getAsInt();
    int counter = step % golden.get("cycle").getAsInt();
    Map<String, HostTensor> columns = new LinkedHashMap<>();
    columns.put(
        model.spec().inputs().get(0).name(), values(golden.getAsJsonObject("x"), counter, rows));
    columns.put(
        model.spec().targets().get(0).name(), values(golden.getAsJsonObject("y"), counter, rows));
    return DataSet.of(columns);
  }

  private static HostTensor values(JsonObject spec, int counter, int rows) {
    var kind = spec.get("kind").getAsString();
    var shape = shape(spec, kind, rows);
    int count = (int) HostTensor.elementCount(shape);
    var uniform = new Threefry(spec.get("seed").getAsInt(), counter).uniforms(count, 0, 1);
    if (kind.equals("int") || kind.equals("class")) {
      float classes = spec.get("n").getAsFloat();
      var whole = new int[count];
      for (int i = 0; i < count; i++) {
        whole[i] = (int) (uniform[i] * classes);
      }
      return HostTensor.of(whole, shape);
    }
    for (int i = 0; i < count; i++) {
      uniform[i] =
          switch (kind) {
            case "uniform" -> uniform[i];
            case "binary" -> (int) (uniform[i] * 2);
            case "normal", "real" -> uniform[i] * 2 - 1;
            default -> throw new IllegalArgumentException(kind);
          };
    }
    return HostTensor.of(uniform, shape);
  }

  private static int[] shape(JsonObject spec, String kind, int rows) {
    var sizes = new ArrayList<Integer>();
    sizes.add(rows);
    if (spec.has("shape")) {
      spec.getAsJsonArray("shape").forEach(s -> sizes.add(s.getAsInt()));
    } else if (!kind.equals("class")) {
      sizes.add(1);
    }
    return sizes.stream().mapToInt(s -> s).toArray();
  }
}
