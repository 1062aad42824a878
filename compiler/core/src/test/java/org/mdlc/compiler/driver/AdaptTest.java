package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/** Layers that learn from data before training: through the generated class, batch by batch. */
final class AdaptTest {
  private static final int COLUMNS = 3;

  /** More than two batches of adaptation, the last one short. */
  private static final int ROWS = 300;

  private static final String MEAN = "normalization/mean";
  private static final String VARIANCE = "normalization/variance";
  private static final String COUNT = "normalization/count";

  @ParameterizedTest
  @EnumSource(KernelStyle.class)
  void learnsMeanAndVarianceOverAllBatches(KernelStyle style) {
    var rows = rows(ROWS);
    try (var model = model("adapt scaling", style)) {
      model.adapt(data(rows, ROWS));
      expect(model, rows, ROWS);
      var scaled = model.predict(data(rows, ROWS)).get("scaled");
      for (int c = 0; c < COLUMNS; c++) {
        var moments = moments(scaled.floats(), ROWS, c);
        assertThat(moments[0]).isCloseTo(0, within(1e-5)); // the float32 mean of 300 numbers
        assertThat(moments[1]).isCloseTo(1, within(1e-4));
      }
    }
  }

  @Test
  void inputsThatNothingAdaptsToArePassedOver() {
    var source =
        """
        model Mixed {
          input word: str[1], other: f32[2], x: f32[3]
          let scaling = Normalization()
          let scaled = x |> scaling
          let known = word |> StringLookup(max_tokens = 5) |> Embedding(5, 2) |> Flatten()
          output y = concat(known, other, scaled) |> Dense(1)
        }
        train Mixed { adapt scaling  loss MeanSquaredError()  optimizer SGD() }
        """;
    var rows = rows(ROWS);
    var words = new String[ROWS];
    Arrays.setAll(words, i -> i % 3 == 0 ? "rain" : "sun");
    var data =
        data(rows, ROWS)
            .with("word", StringTensor.of(words).reshape(ROWS, 1))
            .with("other", HostTensor.zeros(DType.F32, ROWS, 2));
    try (var model = create(source, KernelStyle.PLAIN)) {
      model.fit(data, silent(1));
      expect(model, rows, ROWS);
    }
  }

  @Test
  void beginsAnewEachTime() {
    var first = rows(ROWS);
    var second = rows(40);
    try (var model = model("adapt scaling", KernelStyle.PLAIN)) {
      model.adapt(data(first, ROWS));
      model.adapt(data(second, 40));
      expect(model, second, 40);
    }
  }

  @Test
  void fitAdaptsOnceAndToTheTrainingRowsAlone() {
    var rows = rows(ROWS);
    try (var model = model("adapt scaling", KernelStyle.PLAIN)) {
      model.fit(data(rows, ROWS), silent(2).validationSplit(0.2));
      expect(model, rows, ROWS * 8 / 10);
      model.fit(data(rows(50), 50), silent(1));
      expect(model, rows, ROWS * 8 / 10);
    }
  }

  @Test
  void fitLeavesWhatWasAdaptedOrLoaded(@TempDir Path folder) throws IOException {
    var rows = rows(60);
    var file = folder.resolve("weights.safetensors");
    try (var model = model("adapt scaling", KernelStyle.PLAIN)) {
      model.adapt(data(rows, 60));
      model.fit(data(rows(ROWS), ROWS), silent(1));
      expect(model, rows, 60);
      model.saveWeights(file);
    }
    try (var model = model("adapt scaling", KernelStyle.PLAIN)) {
      model.loadWeights(file);
      model.fit(data(rows(ROWS), ROWS), silent(1));
      expect(model, rows, 60);
    }
  }

  @Test
  void aModelThatAdaptsNothingSaysSo() {
    try (var model = model("", KernelStyle.PLAIN)) {
      model.fit(data(rows(8), 8), silent(1));
      assertThat(model.variables().get(MEAN).floats()).containsOnly(0);
      assertThat(model.variables().get(VARIANCE).floats()).containsOnly(1);
      assertThatThrownBy(() -> model.adapt(data(rows(8), 8)))
          .hasMessage("Case adapts no layer; name one in its train block: adapt normalization");
    }
  }

  private static Fit silent(int epochs) {
    return Fit.epochs(epochs).verbose(Verbosity.SILENT);
  }

  private static void expect(Model model, float[] rows, int count) {
    for (int c = 0; c < COLUMNS; c++) {
      var moments = moments(rows, count, c);
      // float32 sums of a few hundred numbers, merged three times
      assertThat(model.variables().get(MEAN).get(c)).isCloseTo(moments[0], within(1e-5));
      assertThat(model.variables().get(VARIANCE).get(c)).isCloseTo(moments[1], within(1e-4));
    }
    assertThat(model.variables().scalar(COUNT)).isEqualTo(count);
  }

  /** Mean and variance of a column of the first rows. */
  private static double[] moments(float[] rows, int count, int column) {
    double mean = 0;
    for (int r = 0; r < count; r++) {
      mean += rows[r * COLUMNS + column] / (double) count;
    }
    double variance = 0;
    for (int r = 0; r < count; r++) {
      double distance = rows[r * COLUMNS + column] - mean;
      variance += distance * distance / count;
    }
    return new double[] {mean, variance};
  }

  /** Columns of other means and spreads, that drift from row to row, so that batches differ. */
  private static float[] rows(int count) {
    var random = new Random(count);
    var rows = new float[count * COLUMNS];
    for (int i = 0; i < rows.length; i++) {
      int column = i % COLUMNS;
      rows[i] = (float) ((column + 1) * random.nextGaussian() + column + i / (float) rows.length);
    }
    return rows;
  }

  private static ArrayDataset data(float[] rows, int count) {
    return ArrayDataset.of(
        Map.of(
            "x",
            HostTensor.of(rows, count, COLUMNS),
            "y",
            HostTensor.of(new float[count], count, 1)));
  }

  /** A model whose train block ends with the item. */
  private static String source(String item) {
    return """
        model Case {
          input x: f32[3]
          let scaling = Normalization()
          let scaled = x |> scaling
          output scaled, y = scaled |> Dense(1)
        }

        train Case {
          loss y: MeanSquaredError()
          optimizer SGD(0.1)
          %s
        }
        """
        .formatted(item);
  }

  private static Model model(String item, KernelStyle style) {
    return create(source(item), style);
  }

  private static Model create(String source, KernelStyle style) {
    var request = CompileRequest.of(SourceFile.of("case.mdl", source)).withKernels(style);
    return Generated.create(request, 42L);
  }
}
