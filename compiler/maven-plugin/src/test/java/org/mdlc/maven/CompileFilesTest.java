package org.mdlc.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of models as people keep them: definitions that others import, and mistakes. */
final class CompileFilesTest {
  private static final String LAYERS = "block head(n: int)(x) = x |> Dense(n)\n";
  private static final String MODEL =
      "import \"layers.mdl\"\nmodel %s { input x: f32[4]  output y = x |> head(2) }\n";

  @TempDir private Path folder;
  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private List<Path> compile(Path... files) throws IOException {
    var log =
        new SystemStreamLog() {
          @Override
          public void error(CharSequence content) {
            errors.add(content.toString());
          }

          @Override
          public void warn(CharSequence content) {
            warnings.add(content.toString());
          }
        };
    return new CompileFiles(log, folder.resolve("out"), "org.acme", Map.of())
        .compile(List.of(files));
  }

  private List<String> classes() throws IOException {
    var out = folder.resolve("out/org/acme");
    if (!Files.isDirectory(out)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(out)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFileOfDefinitionsIsAccepted() throws IOException {
    var wrong = compile(file("layers.mdl", LAYERS), file("m.mdl", MODEL.formatted("M")));
    assertThat(wrong).isEmpty();
    assertThat(errors).isEmpty();
    assertThat(warnings).isEmpty();
    assertThat(classes()).containsExactly("M.java");
  }

  @Test
  void aFileOfDefinitionsIsChecked() throws IOException {
    var layers = file("layers.mdl", "block head(n: imt)(x) = x |> Dense(n)\n");
    assertThat(compile(layers)).containsExactly(layers);
    assertThat(errors).singleElement().asString().contains("there is no type `imt`");
  }

  @Test
  void theErrorsOfAllFilesAreReportedAndTheOthersCompiled() throws IOException {
    var layers = file("layers.mdl", LAYERS);
    var a = file("a.mdl", "model A { input x: f32[4]  output y = x |> Dence(2) }\n");
    var b = file("b.mdl", MODEL.formatted("B"));
    var c = file("c.mdl", "model C { input x: f32[4]  output y = x |> Dense(2 }\n");
    var missing = folder.resolve("d.mdl");
    var open = file("e.mdl", "model E { input x: f32[T, 4]  output y = x |> Dense(2) }\n");
    assertThat(compile(a, b, c, missing, open, layers)).containsExactly(a, c, missing, open);
    assertThat(errors).hasSize(4);
    assertThat(errors.get(0)).contains("did you mean `Dense`?");
    assertThat(errors.get(1)).contains("c.mdl:1:49");
    assertThat(errors.get(2)).isEqualTo(missing + ": no such file");
    assertThat(errors.get(3))
        .isEqualTo(open + ", model E: the size of T is not known; give it, as in --set T=80");
    assertThat(classes()).containsExactly("B.java");
  }

  @Test
  void ofSeveralModelsThoseThatAreTrainedAreMeant() throws IOException {
    file("layers.mdl", LAYERS);
    var both =
        file(
            "both.mdl",
            MODEL.formatted("Encoder")
                + "model Whole { input x: f32[4]  output y = x |> Encoder() }\n");
    var trained =
        file(
            "trained.mdl",
            "import \"both.mdl\"\ntrain Whole { loss MeanSquaredError()  optimizer SGD() }\n");
    assertThat(compile(trained)).isEmpty();
    assertThat(classes()).containsExactly("Whole.java");
    assertThat(compile(both)).isEmpty();
    assertThat(errors).isEmpty();
    assertThat(classes()).containsExactly("Encoder.java", "Whole.java");
  }

  @Test
  void twoModelsOfOneNameAreAnError() throws IOException {
    file("layers.mdl", LAYERS);
    var a = file("a.mdl", MODEL.formatted("M"));
    var b = file("b.mdl", MODEL.formatted("M"));
    assertThat(compile(a, b)).containsExactly(b);
    assertThat(errors).containsExactly(b + ": " + a + " has a model M too; rename one of them");
  }
}
