package org.mdlc.benchmarks;

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
import java.util.stream.StreamSupport;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Role;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.random.Threefry;

/**
 * A fixed workload and what real Keras did with it; docs/golden.md tells the fields.
 *
 * @param golden the file
 * @param bound the model with its train block
 */
record Workload(JsonObject golden, BoundProgram bound) {
  private static final Path MODELS = Path.of("models");

  static Workload load(int number) throws IOException {
    try (var in =
        Objects.requireNonNull(
            Workload.class.getResourceAsStream("/golden/W" + number + ".json"))) {
      var golden =
          JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8))
              .getAsJsonObject();
      var compilation = Compiler.bind(request(golden));
      return new Workload(
          golden,
          compilation
              .bound()
              .orElseThrow(
                  () -> new AssertionError(Renderer.plain().render(compilation.problems()))));
    }
  }

  private static CompileRequest request(JsonObject golden) throws IOException {
    return CompileRequest.of(MODELS.resolve(golden.get("name").getAsString() + ".mdl"));
  }

  String name() {
    return golden.get("name").getAsString();
  }

  /** Generated code, started from the seed of the file. */
  Model compile() throws IOException {
    return (Model)
        InMemoryJavac.create(
            Compiler.generate(bound, request(golden)),
            golden.get("seed").getAsLong(),
            Workload.class.getClassLoader());
  }

  /** Parameters and states as they are now, in the order of Keras's weights. */
  static List<HostTensor> weights(Model model) {
    return model.variables().specs().stream()
        .filter(v -> v.role() == Role.PARAM || v.role() == Role.STATE)
        .map(v -> model.variables().get(v.name()))
        .toList();
  }

  List<Double> numbers(String field) {
    return StreamSupport.stream(golden.getAsJsonArray(field).spliterator(), false)
        .map(n -> n.getAsDouble())
        .toList();
  }

  int rows() {
    return golden.get("batch").getAsInt();
  }

  /** The data of docs/golden.md: an array for the input and one for the target. */
  Map<String, HostTensor> batch(int step) {
    int counter = step % golden.get("cycle").getAsInt();
    Map<String, HostTensor> columns = new LinkedHashMap<>();
    columns.put(bound.inputs().getFirst().name(), values(golden.getAsJsonObject("x"), counter));
    columns.put(bound.targets().getFirst().name(), values(golden.getAsJsonObject("y"), counter));
    return columns;
  }

  private HostTensor values(JsonObject spec, int counter) {
    var kind = spec.get("kind").getAsString();
    var shape = shape(spec, kind);
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

  private int[] shape(JsonObject spec, String kind) {
    var sizes = new ArrayList<Integer>();
    sizes.add(rows());
    if (spec.has("shape")) {
      spec.getAsJsonArray("shape").forEach(s -> sizes.add(s.getAsInt()));
    } else if (!kind.equals("class")) {
      sizes.add(1);
    }
    return sizes.stream().mapToInt(s -> s).toArray();
  }
}
