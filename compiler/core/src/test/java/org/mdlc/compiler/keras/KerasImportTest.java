package org.mdlc.compiler.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;

/**
 * Models saved by real Keras, as mdl: {@code golden/keras/models}. {@code -Dgolden=update} writes
 * the texts anew.
 */
class KerasImportTest {
  static final Path FOLDER = Path.of("src/test/resources/golden/keras/models");

  @TestFactory
  Stream<DynamicTest> textsAreTheGoldenOnes() throws IOException {
    return models().map(file -> DynamicTest.dynamicTest(file.toString(), () -> text(file)));
  }

  static Stream<Path> models() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files.filter(f -> f.toString().endsWith(".keras")).sorted().toList().stream();
    }
  }

  private static void text(Path file) throws IOException {
    var golden = Path.of(file.toString().replace(".keras", ".mdl"));
    var found = read(file).text();
    if ("update".equals(System.getProperty("golden"))) {
      Files.writeString(golden, found);
    }
    assertThat(found).isEqualTo(Files.readString(golden));
  }

  @Test
  void everythingThatCannotBeSaidIsListed() throws IOException {
    var config =
        """
        {"class_name": "Sequential", "config": {"name": "odd", "layers": [
          {"class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "x"}},
          {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "scale", "function": {"class_name": "__lambda__"}}},
          {"module": "my.code", "class_name": "Fancy", "config": {"name": "fancy"}, "registered_name": "mine>Fancy"},
          {"module": "keras.layers", "class_name": "AugMix", "config": {"name": "aug_mix"}},
          {"module": "keras.layers", "class_name": "Dense",
           "config": {"name": "dense", "units": 3, "activation": "my_activation", "speed": 9,
                      "kernel_initializer": {"module": "builtins", "class_name": "mine", "config": {}}}},
          {"module": "keras.layers", "class_name": "Dense", "config": {"name": "last", "dtype": {"class_name": "QuantizedDTypePolicy", "config": {"name": "int8_from_float32"}}}}
        ]}, "compile_config": {"optimizer": "adam", "loss": "mine", "metrics": ["other"]}}
        """;
    var problems = new DiagnosticSink();
    assertThat(KerasImport.read("odd.keras", config, problems)).isEmpty();
    KerasExportTest.golden("odd.stderr", Renderer.plain().render(problems));
  }

  /** One number is not two equal ones: a factor of 0.25 is a range from -0.25. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "RandomRotation; \"factor\": [0.25, 0.25]; RandomRotation([0.25, 0.25],",
        "RandomTranslation; \"height_factor\": [0.1, 0.1], \"width_factor\": 0.2;"
            + " RandomTranslation([0.1, 0.1], 0.2,",
        "RandomErasing; \"factor\": [1.0, 1.0]; RandomErasing([1.0, 1.0],",
        "EinsumDense; \"equation\": \"abcd,cde->abe\", \"output_shape\": [8, 8];"
            + " EinsumDense(\"abcd,cde->abe\", [8, 8],",
        "EinsumDense; \"equation\": \"abcd,bcde->ae\", \"output_shape\": [8];"
            + " EinsumDense(\"abcd,bcde->ae\", 8,",
        "Conv2D; \"filters\": 4, \"kernel_size\": [3, 3], \"strides\": [2, 2],"
            + " \"dilation_rate\": [1, 1]; Conv2D(4, 3, strides = 2,",
        "ZeroPadding2D; \"padding\": [[2, 2], [2, 2]]; ZeroPadding2D(2,",
        "ZeroPadding2D; \"padding\": [[1, 2], [1, 2]]; ZeroPadding2D([[1, 2], [1, 2]],",
        "ZeroPadding2D; \"padding\": [[1, 1], [1, 1]]; ZeroPadding2D(name",
      })
  void aListStaysOneWhereANumberMeansSomethingElse(
      String className, String arguments, String expected) {
    var config =
        """
        {"class_name": "Sequential", "config": {"name": "odd", "layers": [
          {"class_name": "InputLayer", "config": {"batch_shape": [null, 8, 8, 3], "dtype": "float32", "name": "x"}},
          {"module": "keras.layers", "class_name": "%s", "config": {"name": "it", %s}}
        ]}}
        """
            .formatted(className, arguments);
    var problems = new DiagnosticSink();
    var model = KerasImport.read("odd.keras", config, problems);
    assertThat(model).as(Renderer.plain().render(problems)).isPresent();
    assertThat(model.orElseThrow().text()).contains(expected);
  }

  @Test
  void damagedDescriptionsAreSaidToBeSo() {
    for (var config :
        List.of(
            "",
            "[1]",
            "{",
            "{}",
            "[".repeat(100_000),
            "{\"config\": {\"layers\": []}}",
            "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [{\"class_name\": \"Dense\", \"config\": {}}]}}",
            "{\"class_name\": \"Functional\", \"config\": {\"layers\": [{\"name\": \"a\", \"class_name\": \"Dense\", \"inbound_nodes\":"
                + " [{\"args\": [{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"a\", 0, 0]}}]}]}],"
                + " \"input_layers\": [\"a\", 0, 0], \"output_layers\": [\"a\", 7, 0]}}")) {
      var problems = new DiagnosticSink();
      assertThat(KerasImport.read("odd.keras", config, problems)).isEmpty();
      assertThat(problems.sorted()).isNotEmpty().allMatch(d -> d.code() == Codes.NOT_A_KERAS_MODEL);
    }
  }

  /** Anything may stand in a file: a message, or a model, but no other exception. */
  @Test
  void changedDescriptionsAreReadOrRefused() throws IOException {
    var random = new Random(7);
    for (var file : models().toList()) {
      var config = config(file);
      for (int i = 0; i < 20; i++) {
        var changed = new StringBuilder(config);
        for (int n = random.nextInt(1, 4); n > 0; n--) {
          int at = random.nextInt(changed.length());
          switch (random.nextInt(3)) {
            case 0 -> changed.setCharAt(at, "0123\"[]{},:nax".charAt(random.nextInt(14)));
            case 1 -> changed.deleteCharAt(at);
            default -> {
              int end = Math.min(changed.length(), at + random.nextInt(200));
              changed.insert(random.nextInt(changed.length()), changed.substring(at, end));
            }
          }
        }
        var problems = new DiagnosticSink();
        var model = KerasImport.read("changed.keras", changed.toString(), problems);
        assertThat(model.isPresent())
            .as("seed 7, change %d of %s", i, file)
            .isEqualTo(!problems.hasErrors());
      }
    }
  }

  static ImportedModel read(Path file) throws IOException {
    var problems = new DiagnosticSink();
    var model = KerasImport.read(file.getFileName().toString(), config(file), problems);
    assertThat(problems.sorted()).as(Renderer.plain().render(problems)).isEmpty();
    return model.orElseThrow();
  }

  static String config(Path file) throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      return new String(
          zip.getInputStream(zip.getEntry("config.json")).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
