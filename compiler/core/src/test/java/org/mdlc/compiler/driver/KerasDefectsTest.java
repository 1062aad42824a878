package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.LambdaCallback;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * What Keras 3.15.1 does wrong on one of its backends, each with what is done here.
 * docs/differences.md lists them, with the tests of those that are not about compiled models.
 */
final class KerasDefectsTest {
  // ---- weights, metrics and masks

  private static final String STEPS =
      """
      model Steps {
        input x: f32[3, 2]
        output y = x |> %s Dense(1)
      }
      train Steps {
        loss MeanSquaredError()
        metrics MeanAbsoluteError()
        weighted_metrics MeanSquaredError()
        sample_weight y
        optimizer SGD(0.1)
      }
      """;

  /**
   * Three rows of three steps; the last step of the first row and the last two of the second are 0.
   */
  private static ArrayDataset stepsData() {
    float[] x = ramp(18);
    Arrays.fill(x, 4, 6, 0);
    Arrays.fill(x, 8, 12, 0);
    return ArrayDataset.of("x", HostTensor.of(x, 3, 3, 2), "y", HostTensor.of(ramp(9), 3, 3, 1));
  }

  /** Keras: an error, or the weights of the rows are those of the steps where there are as many. */
  @Test
  void sampleWeightOfOneAxisIsPerRowAlsoWithAsManyStepsAsRows() {
    for (var masking : List.of("", "Masking() |>")) {
      try (var model = load(STEPS.formatted(masking))) {
        var perRow = stepsData().with("y_weight", HostTensor.of(new float[] {0.5f, 1, 3}, 3));
        var perStep =
            stepsData()
                .with(
                    "y_weight", HostTensor.of(new float[] {.5f, .5f, .5f, 1, 1, 1, 3, 3, 3}, 3, 3));
        var alongTime =
            stepsData()
                .with(
                    "y_weight", HostTensor.of(new float[] {.5f, 1, 3, .5f, 1, 3, .5f, 1, 3}, 3, 3));
        var found = model.testOnBatch(perRow).values();
        assertThat(model.testOnBatch(perStep).values()).isEqualTo(found);
        assertThat(model.testOnBatch(alongTime).values()).isNotEqualTo(found);
        assertThat(model.trainOnBatch(perRow).values()).isEqualTo(found);
      }
    }
  }

  /** Keras on JAX: validation metrics honour a mask, training metrics count every step. */
  @Test
  void trainingMetricsHonourMasksLikeValidationMetrics() {
    try (var model = load(STEPS.formatted("Masking() |>"));
        var unmasked = load(STEPS.formatted(""))) {
      var counted = model.testOnBatch(stepsData()).values();
      assertThat(model.trainOnBatch(stepsData()).values()).isEqualTo(counted);
      assertThat(unmasked.testOnBatch(stepsData()).require("mean_absolute_error"))
          .isNotCloseTo(counted.get("mean_absolute_error"), within(1e-3));
    }
  }

  /** Keras: {@code auc_1} in the second model of a program. */
  @Test
  void aMetricOfASecondModelHasTheSameName() {
    var source =
        """
        model M {
          input x: f32[2]
          output y = x |> Dense(1, activation = sigmoid)
        }
        train M {
          loss BinaryCrossentropy()
          metrics AUC()
          optimizer SGD()
        }
        """;
    var rows = ArrayDataset.of("x", of(4, 2), "y", HostTensor.of(new float[] {0, 1, 0, 1}, 4, 1));
    for (int i = 0; i < 2; i++) {
      try (var model = load(source)) {
        assertThat(model.evaluate(rows).values()).containsOnlyKeys("auc", "loss");
      }
    }
  }

  // ---- crossentropies

  /** Keras on JAX and torch: no gradient where softmax or sigmoid give 0 or 1, however wrong. */
  @Test
  void saturatedCrossentropiesHaveTheirTrueGradient() {
    saturated(
        "Dense(3, activation = softmax, kernel_initializer = Zeros)",
        "SparseCategoricalCrossentropy()",
        HostTensor.of(new int[] {0}, 1));
    saturated(
        "Dense(3, kernel_initializer = Zeros) |> Softmax()",
        "CategoricalCrossentropy(label_smoothing = 0.0)",
        HostTensor.of(new float[] {1, 0, 0}, 1, 3));
    saturated(
        "Dense(3, kernel_initializer = Zeros) |> sigmoid",
        "BinaryCrossentropy()",
        HostTensor.of(new float[] {1, 0, 0}, 1, 3));
  }

  /** Logits -40, 0, -60 for class 0: the loss is about 40 (Keras caps it at 16.118). */
  private static void saturated(String end, String loss, HostTensor label) {
    var source =
        """
        model M {
          input x: f32[2]
          output y = x |> %s
        }
        train M {
          loss %s
          optimizer SGD(1.0)
        }
        """
            .formatted(end, loss);
    try (var model = load(source)) {
      model.variables().set("dense/bias", HostTensor.of(new float[] {-40, 0, -60}, 3));
      var row = ArrayDataset.of("x", of(1, 2), "y", label);
      boolean binary = loss.startsWith("Binary");
      double lost = binary ? (40 + Math.log(2)) / 3 : 40;
      assertThat(model.testOnBatch(row).require("loss")).isCloseTo(lost, within(1e-4));
      assertThat(model.trainOnBatch(row).require("loss")).isCloseTo(lost, within(1e-4));
      // p - y for each class; binary: of the mean over three
      double[] moved = binary ? new double[] {1 / 3.0, -0.5 / 3, 0} : new double[] {1, -1, 0};
      for (int i = 0; i < 3; i++) {
        assertThat(model.variables().get("dense/bias").get(i))
            .as(source)
            .isCloseTo(new double[] {-40, 0, -60}[i] + moved[i], within(1e-5));
      }
    }
  }

  // ---- optimizers and frozen layers

  private static final String LINE =
      """
      model Line {
        input x: f32[2]
        let first = Dense(2)
        output y = x |> first |> Dense(1)
      }
      train Line {
        loss MeanSquaredError()
        %s
      }
      """;

  private static ArrayDataset lineData() {
    return ArrayDataset.of("x", of(4, 2), "y", of(4, 1));
  }

  /** Keras: {@code "lamb"} is no optimizer, though {@code Lamb} is. */
  @Test
  void lambCanBeNamedLikeEveryOptimizer() {
    for (var name : List.of("\"lamb\"", "Lamb()", "Lamb")) {
      try (var model = load(LINE.formatted("optimizer " + name))) {
        var before = model.variables().get("dense/kernel");
        model.trainOnBatch(lineData());
        assertThat(model.variables().get("dense/kernel")).isNotEqualTo(before);
      }
    }
  }

  /** Keras on TensorFlow: frozen weights move until compile is called again, without a warning. */
  @Test
  void frozenLayersStayUntilTheProgramThawsThem() {
    try (var model =
        load(
            LINE.formatted(
                """
                stage head { freeze first  optimizer SGD(0.1) }
                stage all { unfreeze first  optimizer SGD(0.1) }
                """))) {
      var frozen = model.variables().get("dense/kernel");
      var moved = model.variables().get("dense_1/kernel");
      model.fit(lineData(), silent().stage(0));
      assertThat(model.variables().get("dense/kernel")).isEqualTo(frozen);
      assertThat(model.variables().get("dense_1/kernel")).isNotEqualTo(moved);
      model.fit(lineData(), silent().stage(1));
      assertThat(model.variables().get("dense/kernel")).isNotEqualTo(frozen);
    }
  }

  /** Keras on TensorFlow and torch: the average is taken with the momentum after the step. */
  @Test
  void scheduleFreeAdamWReadsTheMomentumBeforeTheStep() {
    try (var model = load(LINE.formatted("optimizer ScheduleFreeAdamW(0.1, beta_1 = 0.8)"))) {
      // The gradient of the last bias b is 2 mean(y_pred - y), known from the predictions.
      double w = model.variables().get("dense_1/bias").get(0);
      double z = w;
      double v = 0;
      for (int step = 1; step <= 3; step++) {
        double g = 2 * meanError(model);
        double zBefore = z;
        v += (g * g - v) * (1 - 0.999);
        z -= 0.1 * g / (Math.sqrt(v / (1 - Math.pow(0.999, step))) + 1e-8);
        double mean = (w - (1 - 0.8) * zBefore) / 0.8;
        mean = (1 - 1.0 / step) * mean + z / step;
        w = (1 - 0.8) * z + 0.8 * mean;
        model.trainOnBatch(lineData());
        assertThat(model.variables().get("dense_1/bias").get(0)).isCloseTo(w, within(1e-5));
      }
    }
  }

  private static double meanError(Model model) {
    var found = model.predict(lineData()).get("y");
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += found.get(i) - lineData().get("y").get(i);
    }
    return sum / 4;
  }

  /** Keras on JAX: an optimizer with a loss scale fails outside of a compiled function. */
  @Test
  void lossScalesWorkOneStepAtATime() {
    try (var model = load(LINE.formatted("optimizer LossScaleOptimizer(SGD(0.1))"));
        var plain = load(LINE.formatted("optimizer SGD(0.1)"))) {
      for (int i = 0; i < 3; i++) {
        double expected = plain.trainOnBatch(lineData()).require("loss");
        assertThat(model.trainOnBatch(lineData()).require("loss"))
            .isCloseTo(expected, within(1e-5));
      }
    }
  }

  /** Keras on TensorFlow: gradients of one token are squared before they are added. */
  @Test
  void aTokenThatRepeatsIsOneRowWithOneGradient() {
    for (var optimizer : List.of("Adam", "RMSprop", "Adagrad")) {
      var source =
          """
          model Words {
            input ids: i32[3]
            output y = ids |> Embedding(4, 1) |> Flatten() |> Dense(1, use_bias = false,
                kernel_initializer = Ones)
          }
          train Words {
            loss MeanAbsoluteError()
            optimizer %s(0.001)
          }
          """
              .formatted(optimizer);
      // Three times one token: its gradient is three times that of a token seen once.
      double thrice = moved(source, 2, 2, 2);
      double once = moved(source, 2, 1, 0);
      switch (optimizer) {
        // g / sqrt(g * g): as far for every gradient
        case "Adam" -> assertThat(thrice).isCloseTo(0.001, within(1e-6));
        case "RMSprop" -> assertThat(thrice).isCloseTo(once, within(1e-6));
        default ->
            // g / sqrt(0.1 + g * g), with g = 3 and 1
            assertThat(thrice / once).isCloseTo(3 / Math.sqrt(9.1) * Math.sqrt(1.1), within(1e-3));
      }
    }
  }

  private static double moved(String source, int... ids) {
    try (var model = load(source)) {
      double before = model.variables().get("embedding/embeddings").get(2);
      model.trainOnBatch(
          ArrayDataset.of(
              "ids", HostTensor.of(ids, 1, 3), "y", HostTensor.of(new float[] {9}, 1, 1)));
      return Math.abs(model.variables().get("embedding/embeddings").get(2) - before);
    }
  }

  // ---- layers

  /** Keras on JAX: an error unless the attention scores are asked for. */
  @Test
  void valuesOfAttentionMayHaveAnotherSizeThanKeys() {
    try (var model =
        load(
            """
            model M {
              input x: f32[3, 4]
              output y = MultiHeadAttention(2, 5, value_dim = 3)(x, x)
            }
            train M {
              loss MeanSquaredError()
              optimizer SGD(0.001)
            }
            """)) {
      var rows = ArrayDataset.of("x", of(2, 3, 4), "y", of(2, 3, 4));
      assertThat(model.predict(rows).get("y").shape()).containsExactly(2, 3, 4);
      double before = model.trainOnBatch(rows).require("loss");
      assertThat(model.testOnBatch(rows).require("loss")).isLessThan(before);
    }
  }

  /** Keras on TensorFlow: the bias goes along the width where that is the number of filters. */
  @Test
  void theBiasOfChannelsFirstBelongsToChannels() {
    try (var model =
        load(
            """
            model M {
              input x: f32[2, 4, 3]
              output y = x |> Conv2D(3, 1, data_format = "channels_first", kernel_initializer = Zeros)
            }
            """)) {
      model.variables().set("conv2d/bias", HostTensor.of(new float[] {1, 2, 3}, 3));
      var found = model.predict(ArrayDataset.of("x", of(1, 2, 4, 3))).get("y");
      assertThat(found.shape()).containsExactly(1, 3, 4, 3);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i)).isEqualTo(1 + i / 12);
      }
    }
  }

  /** Keras on torch: divides by the whole window, the padding included. */
  @Test
  void averagePoolingDividesByTheRealCells() {
    try (var model =
        load(
            """
            model M {
              input x: f32[3, 3, 1]
              output y = x |> AveragePooling2D(2, padding = same)
            }
            """)) {
      var ones = HostTensor.of(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1}, 1, 3, 3, 1);
      assertThat(model.predict(ArrayDataset.of("x", ones)).get("y").floats())
          .containsExactly(1, 1, 1, 1);
    }
  }

  // ---- data

  private static final String TAGS =
      """
      model Tags {
        input ids: i32[2]
        output y = ids |> Reshape([2, 1]) |> Embedding(5, 4) |> Flatten() |> Dense(3)
      }
      train Tags {
        loss SparseCategoricalCrossentropy(from_logits = true%s)
        metrics "accuracy"
        optimizer Adam()
      }
      """;

  private static ArrayDataset tags(int id, int label) {
    return ArrayDataset.of(
        "ids",
        HostTensor.of(new int[] {0, 1, 2, id}, 2, 2),
        "y",
        HostTensor.of(new int[] {0, label}, 2));
  }

  /** Keras on JAX: a row of NaN for the Embedding, no loss and no gradient for the label. */
  @Test
  void numbersOutOfRangeAreErrorsBeforeAnythingRuns() {
    try (var model = load(TAGS.formatted(""))) {
      var before = model.variables().get("embedding/embeddings");
      assertThatThrownBy(() -> model.fit(tags(5, 1), silent()))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "the input ids of Tags takes numbers from 0 to 4, and row 1 (from 0), at"
                  + " 1, has 5: give the layer or output 6 of them, or mend the data");
      assertThatThrownBy(() -> model.predict(tags(-1, 1)))
          .hasMessage(
              "the input ids of Tags takes numbers from 0 to 4, and row 1 (from 0), at"
                  + " 1, has -1");
      assertThatThrownBy(() -> model.evaluate(tags(4, 3)))
          .hasMessage(
              "the target y of Tags takes numbers from 0 to 2, and row 1 (from 0) has"
                  + " 3: give the layer or output 4 of them, or mend the data");
      assertThatThrownBy(() -> model.fit(tags(4, 2), silent().validationData(tags(4, -1))))
          .hasMessageContaining("the target y of Tags takes numbers from 0 to 2")
          .hasMessageEndingWith("has -1");
      assertThatThrownBy(() -> model.fit(tags(4, 3).map(row -> row), silent().batchSize(2)))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "batch 0: the target y of Tags takes numbers from 0 to 2, and row 1 (from 0) has 3:"
                  + " give the layer or output 4 of them, or mend the data");
      assertThat(model.variables().get("embedding/embeddings")).isEqualTo(before);
      model.fit(tags(4, 2), silent());
      model.fit(tags(4, 2).map(row -> row), silent().batchSize(2));
    }
    try (var model = load(TAGS.formatted(", ignore_class = -1"))) {
      model.fit(tags(4, -1), silent());
      assertThatThrownBy(() -> model.fit(tags(4, -2), silent()))
          .hasMessageContaining("takes numbers from 0 to 2, or -1, and row 1");
    }
  }

  /** A custom layer says the same of its own numbers. */
  @Test
  void inRangeIsForEveryDefinition() {
    try (var model =
        load(
            """
            layer Weekday()(day: i32[]) -> f32[7] = one_hot(in_range(day, 1, 8), 7)
            model M {
              input day: i32[], other: i32[]
              output y = (day |> Weekday()) + one_hot(other, 7)
            }
            """)) {
      var days = HostTensor.of(new int[] {1, 7, 0}, 3);
      var few = HostTensor.of(new int[] {1, 7, 3}, 3);
      model.predict(ArrayDataset.of("day", few, "other", days));
      model.predict(ArrayDataset.of("day", few, "other", days).map(row -> row));
      assertThatThrownBy(() -> model.predict(ArrayDataset.of("day", days, "other", few)))
          .hasMessage("the input day of M takes numbers from 1 to 7, and row 2 (from 0) has 0");
    }
  }

  /** Keras on JAX: the weights are gone when the first batch of fit cannot be had. */
  @Test
  void aFailureBeforeTheFirstStepLeavesTheWeights() {
    try (var model = load(LINE.formatted("optimizer SGD(0.1)"))) {
      var before = model.variables().get("dense/kernel");
      var failing =
          new LambdaCallback()
              .onTrainBatchBegin(
                  batch -> {
                    throw new IllegalStateException("no batch " + batch);
                  });
      assertThatThrownBy(() -> model.fit(lineData(), silent().callbacks(failing)))
          .hasMessage("no batch 0");
      assertThatThrownBy(() -> model.fit(ArrayDataset.of("x", of(4, 2)), silent()))
          .isInstanceOf(DataException.class);
      var broken =
          lineData()
              .map(
                  row -> {
                    throw new IllegalStateException("no row");
                  });
      assertThatThrownBy(() -> model.fit(broken, silent())).hasMessageContaining("no row");
      assertThat(model.variables().get("dense/kernel")).isEqualTo(before);
      model.fit(lineData(), silent());
      assertThat(model.variables().get("dense/kernel")).isNotEqualTo(before);
    }
  }

  /** Keras: {@code preprocess_input} scales the array that it is given. */
  @Test
  void arraysOfTheCallerStayAsTheyAre() {
    try (var model =
        load(
            """
            model M {
              input x: f32[2]
              output y = x |> Rescaling(1.0 / 127.5, offset = -1.0) |> Dense(1)
            }
            train M {
              loss MeanSquaredError()
              optimizer SGD(0.1)
            }
            """)) {
      var rows = lineData();
      float[] x = rows.get("x").floats().clone();
      model.fit(rows, silent());
      model.predict(rows);
      assertThat(rows.get("x").floats()).isEqualTo(x);
      assertThat(rows.get("y").floats()).isEqualTo(lineData().get("y").floats());
    }
  }

  // ---- what the tests share

  private static Fit silent() {
    return Fit.epochs(1).verbose(Verbosity.SILENT);
  }

  private static float[] ramp(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = 0.25f * i - 1 + i % 3;
    }
    return numbers;
  }

  private static HostTensor of(int... shape) {
    return HostTensor.of(ramp((int) HostTensor.elementCount(shape)), shape);
  }

  private static Model load(String text) {
    var request = CompileRequest.of(SourceFile.of("case.mdl", text));
    return Generated.create(request, 7L);
  }
}
