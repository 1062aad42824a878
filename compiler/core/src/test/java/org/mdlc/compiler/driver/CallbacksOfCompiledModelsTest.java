package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.SwapEMAWeights;
import org.mdlc.runtime.TensorBoard;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** Callbacks that need what only a compiled model has: averages of weights, layers. */
final class CallbacksOfCompiledModelsTest {
  private static final String LINE =
      """
      model Line {
        input x: f32[2]
        output y = x |> Dense(1)
      }
      train Line { loss MeanSquaredError()  optimizer SGD(0.1%s) }
      """;

  @TempDir private Path folder;

  /**
   * The numbers are those of Keras 3.15.1 on JAX: {@code SGD(0.1, use_ema=True, ema_momentum=0.8)},
   * {@code set_random_seed(4)}, batches of 4, {@code SwapEMAWeights()}.
   */
  @Test
  void validatesWithTheAverages() {
    try (var model = load(LINE.formatted(", use_ema = true, ema_momentum = 0.8"), 4)) {
      var history =
          model.fit(
              line(),
              Fit.epochs(3)
                  .batchSize(4)
                  .validationData(line())
                  .verbose(Verbosity.SILENT)
                  .callbacks(new SwapEMAWeights()));
      close(history.get("loss"), 0.3186893165111542, 0.26323115825653076, 0.21587030589580536);
      close(history.get("val_loss"), 0.2850637435913086, 0.2571412920951843, 0.22787539660930634);
      close(
          new double[] {
            model.variables().get("dense/kernel").get(0),
            model.variables().get("dense/kernel").get(1)
          },
          0.7899037003517151,
          -0.20240961015224457);
    }
  }

  @Test
  void averagesMustBeKept() {
    try (var model = load(LINE.formatted(""), 4)) {
      assertThatThrownBy(
              () ->
                  model.fit(
                      line(),
                      Fit.epochs(1)
                          .verbose(Verbosity.SILENT)
                          .callbacks(new SwapEMAWeights().swapOnEpoch(true))))
          .hasMessage(
              "SwapEMAWeights needs averages of the weights: give the optimizer use_ema = true");
    }
  }

  /** Nodes of layers, what they read, and their weights. */
  @Test
  void theGraphOfTensorBoardHasTheLayers() throws IOException {
    var text =
        """
        model Two {
          input x: f32[2]
          let h = x |> Dense(3, activation = relu)
          output y = (h |> Dense(1)) + (x |> Dense(1))
        }
        train Two { loss MeanSquaredError()  optimizer SGD(0.1) }
        """;
    try (var model = load(text, 4)) {
      model.fit(line(), Fit.epochs(1).verbose(Verbosity.SILENT).callbacks(new TensorBoard(folder)));
      try (var files = Files.list(folder.resolve("train"))) {
        var bytes =
            new String(
                Files.readAllBytes(files.findFirst().orElseThrow()), StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains("dense/kernel", "VariableV2", "dense_2/bias", "Dense");
      }
    }
  }

  /** By which a backup of a training with other arguments is refused. */
  @Test
  void anotherArgumentOfALayerIsAnotherProgram() {
    var source =
        """
        model Line {
          input x: f32[2]
          output y = x |> Dropout(%s) |> Dense(1)
        }
        train Line { loss MeanSquaredError()  optimizer SGD(0.1) }
        """;
    try (var model = load(source.formatted("0.3"), 4);
        var same = load("// a comment\n" + source.formatted("0.3"), 4);
        var other = load(source.formatted("0.4"), 4)) {
      assertThat(model.spec().program()).isEqualTo(same.spec().program()).hasSize(8);
      assertThat(other.spec().program()).isNotEqualTo(model.spec().program());
    }
  }

  private static ArrayDataset line() {
    float[] x = new float[24];
    float[] y = new float[12];
    for (int i = 0; i < 12; i++) {
      x[2 * i] = i * 7 % 11 / 11f;
      x[2 * i + 1] = i * 5 % 7 / 7f;
      y[i] = 2 * x[2 * i] - x[2 * i + 1];
    }
    return ArrayDataset.of("x", HostTensor.of(x, 12, 2), "y", HostTensor.of(y, 12, 1));
  }

  private static void close(double[] actual, double... expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(2e-6));
    }
  }

  private static Model load(String text, long seed) {
    var request = CompileRequest.of(SourceFile.of("case.mdl", text));
    var generated = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
    var type =
        InMemoryJavac.load(
            generated.className(),
            generated.source(),
            CallbacksOfCompiledModelsTest.class.getClassLoader());
    try {
      return (Model) type.getMethod("create", long.class).invoke(null, seed);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the generated class cannot be created", e);
    }
  }
}
