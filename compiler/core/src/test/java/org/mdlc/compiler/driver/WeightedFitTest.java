package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Run;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.SafeTensors;

/** Weights of examples and classes, through the generated code. */
final class WeightedFitTest {
  private static final String MLP =
      """
      model Mlp {
        input x: f32[6]
        output y = x |> Dense(8, activation = relu) |> Dense(3, activation = softmax)
      }
      train Mlp {
        loss SparseCategoricalCrossentropy()
        metrics "accuracy"
        %s
        optimizer Adam()
      }
      """;

  /** Three epochs of Keras's fit with a weight per example; see golden.md. */
  @ParameterizedTest
  @ValueSource(strings = {"False", "True"})
  void threeEpochsAreThoseOfKeras(String shuffle) throws IOException {
    var golden = golden("fit_mlp_shuffle." + shuffle);
    try (var model = load(MLP.formatted("sample_weight y"), Map.of(), 99)) {
      golden.forEach(
          (name, value) -> {
            if (name.startsWith("w0.")) {
              model.variables().set(name.substring("w0.".length()), value);
            }
          });
      var rows = ArrayDataset.of("x", of(golden, "x"), "y", of(golden, "y"));
      var history =
          model.fit(
              rows.with("y_weight", of(golden, "sample_weight")),
              fit(3).batchSize(16).validationSplit(0.2).shuffle(shuffle.equals("True")));
      for (var name : history.names()) {
        var expected = of(golden, "history." + name).floats();
        for (int epoch = 0; epoch < expected.length; epoch++) {
          assertThat(history.get(name)[epoch])
              .as(name + " of epoch " + epoch)
              .isCloseTo(expected[epoch], tolerance(expected[epoch]));
        }
      }
      assertThat(history.names()).containsExactly("accuracy", "loss", "val_accuracy", "val_loss");
      var found = model.evaluate(rows, Run.batchSize(16).verbose(Verbosity.SILENT));
      for (var name : found.values().keySet()) {
        double expected = of(golden, "evaluate." + name).get(0);
        assertThat(found.require(name)).as(name).isCloseTo(expected, tolerance(expected));
      }
      for (var name : golden.keySet()) {
        if (name.startsWith("w1.")) {
          close(of(golden, name), model.variables().get(name.substring("w1.".length())));
        }
      }
      close(of(golden, "predict"), model.predict(rows).get("y"));
    }
  }

  @Test
  void classWeightsAreTheWeightsOfTheirExamples() throws IOException {
    var golden = golden("fit_mlp_shuffle.False");
    var rows = ArrayDataset.of("x", of(golden, "x"), "y", of(golden, "y"));
    float[] weights = new float[rows.rows()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = new float[] {0.5f, 2, 4}[rows.get("y").ints()[i]];
    }
    var weighted = rows.with("y_weight", HostTensor.of(weights, weights.length));
    var byExample = trained("sample_weight y", weighted, fit(2));
    assertThat(trained("class_weight [0.5, 2, 4]", rows, fit(2))).isEqualTo(byExample);
    assertThat(trained("sample_weight y", rows, fit(2).classWeight("y", 0.5, 2, 4)))
        .isEqualTo(byExample);
    assertThat(
            trained(
                "sample_weight y  class_weight [0.5, 1, 1]",
                rows,
                fit(2).classWeight("y", 1, 2, 4)))
        .isEqualTo(byExample);
    assertThat(trained("sample_weight y", rows, fit(2))).isEqualTo(trained("", rows, fit(2)));
    assertThat(byExample).isNotEqualTo(trained("", rows, fit(2)));
    assertThatThrownBy(() -> trained("", rows, fit(1).classWeight("y", 1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write `sample_weight y`");
    assertThatThrownBy(() -> trained("", weighted, fit(1)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("write `sample_weight y`");
  }

  @Test
  void aLabelOutsideTheListWeighsOne() {
    var source =
        """
        model Line {
          input x: f32[2]
          output y = x |> Dense(1)
        }
        train Line {
          loss MeanSquaredError()
          %s
          optimizer SGD(0.1)
        }
        """;
    var rows =
        ArrayDataset.of(
            "x", HostTensor.of(ramp(8), 4, 2), "y", HostTensor.of(new float[] {0, 1, 2, -1}, 4, 1));
    var weighted = rows.with("y_weight", HostTensor.of(new float[] {0.5f, 3, 1, 1}, 4));
    assertThat(kernel(source.formatted("class_weight [0.5, 3]"), rows))
        .isEqualTo(kernel(source.formatted("sample_weight y"), weighted))
        .isNotEqualTo(kernel(source.formatted(""), rows));
  }

  private static HostTensor kernel(String source, ArrayDataset rows) {
    try (var model = load(source, Map.of(), 7)) {
      model.fit(rows, fit(2));
      return model.variables().get("dense/kernel");
    }
  }

  /** Keras takes the weights of as many rows as there are steps for weights of the steps. */
  @Test
  void oneWeightPerExampleServesAllItsSteps() {
    var source =
        """
        model Steps {
          input x: f32[3, 2]
          output y = x |> Dense(1)
        }
        train Steps {
          loss MeanSquaredError()
          weighted_metrics MeanAbsoluteError()
          sample_weight y
          optimizer SGD(0.1)
        }
        """;
    var rows =
        ArrayDataset.of(
            "x", HostTensor.of(ramp(18), 3, 3, 2), "y", HostTensor.of(ramp(9), 3, 3, 1));
    var perExample = rows.with("y_weight", HostTensor.of(new float[] {0, 1, 3}, 3));
    var perStep =
        rows.with("y_weight", HostTensor.of(new float[] {0, 0, 0, 1, 1, 1, 3, 3, 3}, 3, 3));
    var otherSteps =
        rows.with("y_weight", HostTensor.of(new float[] {0, 1, 3, 0, 1, 3, 0, 1, 3}, 3, 3));
    try (var model = load(source, Map.of(), 1)) {
      var found = model.testOnBatch(perExample);
      assertThat(model.testOnBatch(perStep).values()).isEqualTo(found.values());
      assertThat(model.testOnBatch(otherSteps).values()).isNotEqualTo(found.values());
      assertThat(model.testOnBatch(rows).values()).isNotEqualTo(found.values());
      assertThatThrownBy(
              () -> model.testOnBatch(rows.with("y_weight", HostTensor.of(ramp(6), 3, 2))))
          .hasMessageContaining("the weight y_weight of Steps takes rows of shape [3]");
    }
  }

  /** Named as Keras names them; a metric of several figures has a column for each. */
  @Test
  void weightedMetricsStandBesideThePlainOnes() throws IOException {
    var golden = golden("fit_mlp_shuffle.False");
    var rows =
        ArrayDataset.of("x", of(golden, "x"), "y", of(golden, "y"))
            .with("y_weight", of(golden, "sample_weight"));
    var items =
        "sample_weight y  weighted_metrics \"accuracy\", SparseCategoricalCrossentropy(), PerClass()";
    try (var model = load(PER_CLASS + MLP.formatted(items), Map.of(), 1)) {
      var found = model.evaluate(rows, Run.batchSize(50).verbose(Verbosity.SILENT));
      assertThat(found.values().keySet())
          .containsExactly(
              "accuracy",
              "loss",
              "per_class[0]",
              "per_class[1]",
              "per_class[2]",
              "sparse_categorical_crossentropy",
              "weighted_accuracy");
      assertThat(found.require("weighted_accuracy")).isNotEqualTo(found.require("accuracy"));
      double weightOfAll = 0;
      for (float weight : of(golden, "sample_weight").floats()) {
        weightOfAll += weight;
      }
      // the loss is divided by the rows, the metric by their weights
      assertThat(found.require("loss") * 50)
          .isCloseTo(found.require("sparse_categorical_crossentropy") * weightOfAll, within(1e-3));
      assertThat(
              found.require("per_class[0]")
                  + found.require("per_class[1]")
                  + found.require("per_class[2]"))
          .isCloseTo(weightOfAll, within(1e-3));
    }
  }

  private static final String PER_CLASS =
      """
      metric PerClass()(y_true: i32[], y_pred: f32[K], sample_weight = none) {
        state seen: f32[K] = zeros
        seen <- seen + sum(one_hot(y_true, K) * sample_weight[.., none], axis = 0)
        return seen
      }
      """;

  /** Losses over pairs of rows and over all ways to spell a label, against their golden files. */
  @Test
  void lossesOfManyRowsAndStepsAreCompiled() throws IOException {
    lossIs("loss_Circle_embed", "Circle()", Map.of());
    lossIs(
        "loss_Circle_embed_remove-diagonal.False_gamma.2.0",
        "Circle(2.0, remove_diagonal = false)",
        Map.of());
    lossIs("loss_CTC_ctc", "CTC()", Map.of("y_N", "4"));
    lossIs("loss_Dice_mask_axis.-1-2-3", "Dice(axis = [1, 2, 3])", Map.of());
    lossIs(
        "loss_SparseCategoricalCrossentropy_sparse-seq_ignore-class.-1",
        "SparseCategoricalCrossentropy(ignore_class = -1)",
        Map.of());
  }

  private static void lossIs(String name, String loss, Map<String, String> settings)
      throws IOException {
    var golden = golden(name);
    var predictions = of(golden, "y_pred");
    var source =
        """
        model Case {
          input p: f32%s
          output y = p |> Rescaling(1.0) |> Shifted()
        }
        layer Shifted()(x: f32[...S]) {
          param shift: f32[...S] = zeros
          return x + shift
        }
        train Case {
          loss %s
          optimizer SGD()
        }
        """
            .formatted(predictions.rowShape(), loss);
    try (var model = load(source, settings, 1)) {
      var rows = ArrayDataset.of("p", predictions, "y", of(golden, "y_true"));
      double expected = of(golden, "loss.sum_over_batch_size").get(0);
      assertThat(model.testOnBatch(rows).require("loss"))
          .as(name)
          .isCloseTo(expected, tolerance(expected));
      model.trainOnBatch(rows);
      assertThat(model.testOnBatch(rows).require("loss")).as(name).isLessThan(expected);
    }
  }

  // ---- what the tests share

  /** The kernel of the first layer after training. */
  private static HostTensor trained(String items, ArrayDataset rows, Fit fit) {
    try (var model = load(MLP.formatted(items), Map.of(), 7)) {
      model.fit(rows, fit);
      return model.variables().get("dense/kernel");
    }
  }

  private static Fit fit(int epochs) {
    return Fit.epochs(epochs).verbose(Verbosity.SILENT);
  }

  private static float[] ramp(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = 0.5f * i - 1;
    }
    return numbers;
  }

  private static Model load(String text, Map<String, String> settings, long seed) {
    var request = CompileRequest.of(SourceFile.of("case.mdl", text)).withSettings(settings);
    return Generated.create(request, seed);
  }

  private static Map<String, HostTensor> golden(String name) throws IOException {
    var file =
        Objects.requireNonNull(
            WeightedFitTest.class.getResource("/golden/keras/" + name + ".safetensors"), name);
    try {
      return SafeTensors.read(Path.of(file.toURI()));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static HostTensor of(Map<String, HostTensor> golden, String name) {
    return Objects.requireNonNull(golden.get(name), () -> name + " among " + golden.keySet());
  }

  /** The tolerance of the files: rtol 2e-4, atol 2e-5, for float32 in another order of sums. */
  private static Offset<Double> tolerance(double expected) {
    return within(2e-5 + 2e-4 * Math.abs(expected));
  }

  private static void close(HostTensor expected, HostTensor found) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i)).isCloseTo(expected.get(i), tolerance(expected.get(i)));
    }
  }
}
