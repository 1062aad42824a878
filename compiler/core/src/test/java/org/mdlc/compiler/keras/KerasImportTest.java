package org.mdlc.compiler.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
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
