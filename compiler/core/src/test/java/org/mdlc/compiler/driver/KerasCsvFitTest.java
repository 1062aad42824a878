package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.SafeTensors;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/**
 * Three epochs on real tables with class weights or weights per row, dropout, shuffled rows, a
 * short last batch, validation data and three metrics: from the seed alone they give the numbers of
 * real Keras. docs/golden.md says how the files were made.
 */
final class KerasCsvFitTest {
  /**
   * A tenth of the asked 1e-3. Float32 sums in another order move these numbers by about 1e-6; a
   * row that falls on the other side of a threshold would move an accuracy by 1e-3.
   */
  private static final double TOLERANCE = 1e-4;

  private static final int STEP = 7; // the order of the rows, as some tables are sorted

  /**
   * A table and what it trains.
   *
   * @param trainRows of the table, in that order; the others validate
   */
  record Case(String table, int trainRows, Rows rows, String source) {
    @Override
    public String toString() {
      return table;
    }
  }

  /** Inputs, targets and weights of a table, in the order of the file. */
  interface Rows {
    ArrayDataset of(Path table, Map<String, HostTensor> golden);
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "iris",
            120,
            (table, golden) ->
                ArrayDataset.of(
                    "x",
                    standardised(table, golden),
                    "y",
                    read(table, ColumnGroup.labels("species"))),
            """
            model Iris {
              input x: f32[4]
              output y = x |> Dense(16, activation = relu) |> Dropout(0.2) |> Dense(3)
            }
            train Iris {
              loss SparseCategoricalCrossentropy(from_logits = true)
              class_weight [1, 2, 0.5]
              metrics "accuracy", SparseTopKCategoricalAccuracy(2),
                  SparseCategoricalCrossentropy(from_logits = true)
              optimizer RMSprop(0.005)
              batch 16  epochs 3  seed 42
            }
            """),
        new Case(
            "digits",
            1400,
            (table, golden) ->
                ArrayDataset.of(
                    "x",
                    read(table, ColumnGroup.floats("x", "p00..p77").shaped(8, 8, 1)).dividedBy(16),
                    "y",
                    read(table, ColumnGroup.labels("label"))),
            """
            model Digits {
              input x: f32[8, 8, 1]
              output y = x |> Conv2D(8, 3, activation = relu) |> MaxPooling2D() |> Dropout(0.25)
                  |> Flatten() |> Dense(10)
            }
            train Digits {
              loss SparseCategoricalCrossentropy(from_logits = true)
              class_weight [1, 1, 1, 2, 1, 1, 1, 1, 1.5, 0.5]
              metrics "accuracy", SparseTopKCategoricalAccuracy(3),
                  SparseCategoricalCrossentropy(from_logits = true)
              optimizer Adam(0.01)
              batch 64  epochs 3  seed 42
            }
            """),
        new Case(
            "breast_cancer",
            450,
            (table, golden) ->
                ArrayDataset.of(
                    "x",
                    standardised(table, golden),
                    "y",
                    read(table, ColumnGroup.labels("benign"))),
            """
            model BreastCancer {
              input x: f32[30]
              output y = x |> Dense(16, activation = relu) |> BatchNormalization() |> Dropout(0.3)
                  |> Dense(1, activation = sigmoid)
            }
            train BreastCancer {
              loss BinaryCrossentropy()
              class_weight [1.5, 0.75]
              metrics BinaryAccuracy(), AUC(), Precision()
              optimizer SGD(0.05, momentum = 0.9, nesterov = true)
              batch 32  epochs 3  seed 42
            }
            """),
        new Case(
            "diabetes",
            350,
            (table, golden) ->
                ArrayDataset.of(
                        "x",
                        standardised(table, golden),
                        "y",
                        read(table, ColumnGroup.floats("progression")).minus(150).dividedBy(75))
                    .with(
                        "y_weight",
                        read(table, ColumnGroup.floats("age")).dividedBy(mean(golden).floats()[0])),
            """
            model Diabetes {
              input x: f32[10]
              output y = x |> Dense(32, activation = tanh) |> Dropout(0.1) |> Dense(1)
            }
            train Diabetes {
              loss Huber()
              sample_weight y
              metrics MeanAbsoluteError(), RootMeanSquaredError(), R2Score()
              optimizer AdamW(0.01, weight_decay = 0.02)
              batch 32  epochs 3  seed 42
            }
            """));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyNumberOfTheHistoryIsKerass(Case trained) throws IOException {
    var golden =
        SafeTensors.read(resource("/golden/keras/fit_csv_" + trained.table + ".safetensors"));
    var rows = trained.rows.of(resource("/data/" + trained.table + ".csv"), golden);
    rows = rows.takeRows(IntStream.range(0, rows.rows()).map(inOrder(rows.rows())).toArray());
    try (var model = load(trained.source)) {
      closeWeights("w0.", golden, model);
      var history =
          model.fit(
              rows.slice(0, trained.trainRows),
              model
                  .defaults()
                  .validationData(rows.slice(trained.trainRows, rows.rows()))
                  .verbose(Verbosity.SILENT));
      assertThat(history.names())
          .containsExactlyElementsOf(
              golden.keySet().stream()
                  .filter(name -> name.startsWith("history."))
                  .map(name -> name.substring("history.".length()))
                  .sorted()
                  .toList())
          .hasSize(8);
      double largest = 0;
      for (var name : history.names()) {
        float[] expected = Objects.requireNonNull(golden.get("history." + name)).floats();
        assertThat(expected).hasSize(3);
        for (int epoch = 0; epoch < 3; epoch++) {
          double found = history.get(name)[epoch];
          double distance = Math.abs(found - expected[epoch]) / Math.abs(expected[epoch]);
          assertThat(distance)
              .as("%s of epoch %d: %s, in Keras %s", name, epoch + 1, found, expected[epoch])
              .isLessThan(TOLERANCE);
          largest = Math.max(largest, distance);
        }
      }
      System.out.printf(
          Locale.ROOT, "%s: largest relative distance from Keras %.1e%n", trained, largest);
      closeWeights("w1.", golden, model);
      close(
          "predict",
          Objects.requireNonNull(golden.get("predict")),
          model.predict(rows.slice(trained.trainRows, rows.rows())).get("y"));
    }
  }

  private static void closeWeights(String prefix, Map<String, HostTensor> golden, Model model) {
    golden.forEach(
        (name, weight) -> {
          if (name.startsWith(prefix)) {
            close(name, weight, model.variables().get(name.substring(prefix.length())));
          }
        });
  }

  private static IntUnaryOperator inOrder(int rows) {
    return i -> i * STEP % rows;
  }

  /** All columns but the last, by the mean and deviation that the file names, in float32. */
  private static HostTensor standardised(Path table, Map<String, HostTensor> golden) {
    int width = CsvDataset.header(table).size() - 1;
    var x = read(table, ColumnGroup.floats("x", "#0..#" + (width - 1)));
    var std = Objects.requireNonNull(golden.get("std")).floats();
    float[] values = new float[x.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (x.floats()[i] - mean(golden).floats()[i % width]) / std[i % width];
    }
    return HostTensor.of(values, x.rows(), width);
  }

  private static HostTensor read(Path table, ColumnGroup group) {
    return CsvDataset.of(table).columns(group).read().get(group.name());
  }

  private static HostTensor mean(Map<String, HostTensor> golden) {
    return Objects.requireNonNull(golden.get("mean"));
  }

  /** To a share of the largest value, as small ones are differences of large ones. */
  private static void close(String name, HostTensor expected, HostTensor found) {
    assertThat(found.shape()).as(name).isEqualTo(expected.shape());
    double[] wanted = IntStream.range(0, expected.size()).mapToDouble(expected::get).toArray();
    double size = Arrays.stream(wanted).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < wanted.length; i++) {
      assertThat(found.get(i)).as(name).isCloseTo(wanted[i], within(TOLERANCE * size));
    }
  }

  private static Model load(String text) {
    var request = CompileRequest.of(SourceFile.of("case.mdl", text));
    var compilation = Compiler.bind(request);
    var bound =
        compilation
            .bound()
            .orElseThrow(
                () -> new AssertionError(Renderer.plain().render(compilation.problems()) + text));
    assertThat(Renderer.plain().render(compilation.problems())).isEmpty();
    var generated = Compiler.generate(bound, request);
    var type =
        InMemoryJavac.load(
            generated.className(), generated.source(), KerasCsvFitTest.class.getClassLoader());
    try {
      return (Model)
          type.getMethod("create", long.class)
              .invoke(null, bound.settings().orElseThrow().seed().orElseThrow());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the generated class cannot be created", e);
    }
  }

  private static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(KerasCsvFitTest.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
