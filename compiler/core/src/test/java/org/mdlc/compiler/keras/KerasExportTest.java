package org.mdlc.compiler.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.source.SourceFile;

/**
 * What is written for Keras says the same when it is read again. That Keras itself opens it and
 * predicts the same is checked by hand, with {@code keras_models.py check}: docs/files.md.
 */
class KerasExportTest {
  @TestFactory
  Stream<DynamicTest> readAgainItIsTheSameModel() throws IOException {
    return KerasImportTest.models()
        .map(file -> DynamicTest.dynamicTest(file.toString(), () -> again(file)));
  }

  private static void again(Path file) throws IOException {
    var text = Files.readString(Path.of(file.toString().replace(".keras", ".mdl")));
    var once = read(export(text));
    // models inside are Functional now, and expressions layers: from here on nothing changes
    assertThat(unnumbered(read(export(once.text())).text())).isEqualTo(unnumbered(once.text()));
    var weights = KerasImportTest.read(file).weights();
    assertThat(once.weights().stream().map(ImportedModel.WeightPlace::shape))
        .containsExactlyInAnyOrderElementsOf(
            weights.stream().map(ImportedModel.WeightPlace::shape).toList());
  }

  /** Names of operations are numbered in the order of the text. */
  private static String unnumbered(String text) {
    return text.replaceAll("(_\\d+|_out)+\\b", "");
  }

  /** Keras 3.15.1 itself forgets these arguments when it saves a model. */
  @Test
  void argumentsOfLossesSurvive() {
    var text =
        """
        model Losses {
          input x: f32[4]

          output far = x |> Dense(3, name = "far")
          output near = x |> Dense(5, activation = softmax, name = "near")
          output side = x |> Dense(3, name = "side")
        }

        train Losses {
          loss far: Huber(0.3) weight 0.5, near: SparseCategoricalCrossentropy(ignore_class = 2), side: CosineSimilarity(axis = 1)
          metrics far: "mae", near: SparseCategoricalAccuracy(name = "hits")
          optimizer Adam(ExponentialDecay(0.01, 100, 0.9), global_clipnorm = 1.0)
        }
        """;
    assertThat(read(export(text)).text()).isEqualTo(text);
  }

  @Test
  void whatStandsBetweenLayersBecomesLayersOfKeras() {
    var text =
        """
        model Between {
          input x: f32[4], t: f32[6, 3]
          let h = relu(x) + x
          output y = concat(h, mean(t, over = [0]), reshape(t, [18])) |> Halve() |> Dense(2)
        }

        layer Halve()(x: f32[C]) {
          return x / 2
        }
        """;
    assertThat(read(export(text)).text())
        .isEqualTo(
            """
            model Between {
              input x: f32[4], t: f32[6, 3]

              let activation = x |> Activation(relu)
              let add_out = (activation, x) |> Add()
              let global_average_pooling1d = t |> GlobalAveragePooling1D()
              let reshape_out = t |> Reshape([18])
              output dense = (add_out, global_average_pooling1d, reshape_out) |> Concatenate() |> Halve() |> Dense(2)
            }

            model Halve {
              input x: f32[25]

              output true_divide = x / 2
            }
            """);
  }

  @Test
  void whatKerasCannotSayIsNamedWithItsLine() throws IOException {
    var text =
        """
        layer Scale()(x: f32[C]) {
          param factor: f32[C] = ones
          return x * factor
        }

        fn twice(x) = x * 2

        model M {
          input x: f32[4]
          let a = x |> Scale() |> Dense(3, activation = twice)
          let b = random_normal([3]) + cumsum(a)
          output y = b |> Dense(2, lora_rank = 2)
        }
        """;
    var problems = new DiagnosticSink();
    var bound =
        Compiler.bind(CompileRequest.of(SourceFile.of("own.mdl", text))).bound().orElseThrow();
    assertThat(KerasExport.write(bound, problems)).isEmpty();
    golden("own.stderr", Renderer.plain().render(problems));
  }

  static void golden(String name, String text) throws IOException {
    var file = KerasImportTest.FOLDER.resolve(name);
    if ("update".equals(System.getProperty("golden"))) {
      Files.writeString(file, text);
    }
    assertThat(text).isEqualTo(Files.readString(file));
  }

  private static String export(String text) {
    var model = text.substring("model ".length(), text.indexOf(" {"));
    var request = CompileRequest.of(SourceFile.of("model.mdl", text)).withModel(Optional.of(model));
    var compilation = Compiler.bind(request);
    assertThat(compilation.problems().sorted())
        .as(Renderer.plain().render(compilation.problems()))
        .isEmpty();
    var problems = new DiagnosticSink();
    var exported = KerasExport.write(compilation.bound().orElseThrow(), problems);
    assertThat(problems.sorted()).as(Renderer.plain().render(problems)).isEmpty();
    return exported.orElseThrow().config();
  }

  private static ImportedModel read(String config) {
    var problems = new DiagnosticSink();
    var model = KerasImport.read("model.keras", config, problems);
    assertThat(problems.sorted()).as(Renderer.plain().render(problems)).isEmpty();
    return model.orElseThrow();
  }
}
