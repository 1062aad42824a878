package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Run;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/** Text, weights and statistics from data that is made while a model trains. */
final class LazyDataTest {
  private static final String MIXED =
      """
      model Mixed {
        input review: str[]
        input size: f32[2]
        let text = review |> TextVectorization(max_tokens = 50, output_sequence_length = 6)
            |> Embedding(50, 8) |> GlobalAveragePooling1D()
        output mood = concat(text, size) |> Dense(2)
      }
      train Mixed {
        loss SparseCategoricalCrossentropy(from_logits = true)
        metrics "accuracy"
        sample_weight mood
        optimizer Adam(0.05)
        batch 3
      }
      """;

  private static final String NORMALIZED =
      """
      model Normalized {
        input size: f32[2]
        output mood = size |> Normalization() |> Dense(2)
      }
      train Normalized {
        loss SparseCategoricalCrossentropy(from_logits = true)
        adapt normalization
        optimizer SGD(0.1)
      }
      """;

  private static final ArrayDataset DATA =
      ArrayDataset.of(
              "review",
              StringTensor.of(
                  "A good film!",
                  "What a bad film.",
                  "good, good, good",
                  "Bad acting",
                  "so good",
                  "so bad, so bad",
                  "the film was good"))
          .with("size", HostTensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 9, 9, 8, 7, 6, 5, 4}, 7, 2))
          .with("mood", HostTensor.of(new int[] {1, 0, 1, 0, 1, 0, 1}, 7));

  private static Fit quiet() {
    return Fit.epochs(3).verbose(Verbosity.SILENT).shuffle(false).classWeight("mood", 0.5, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void learnsTheSameBitsAsFromArrays(int workers) {
    ArrayDataset weighted =
        DATA.with("mood_weight", HostTensor.of(new float[] {1, 2, 3, 4, 5, 6, 7}, 7));
    for (ArrayDataset rows : List.of(DATA, weighted)) {
      Dataset made = rows.map(row -> row).prefetch(workers, 2);
      try (Model arrays = create(MIXED);
          Model lazy = create(MIXED)) {
        var expected = arrays.fit(rows, quiet().batchSize(3).validationData(rows));
        var history = lazy.fit(made, quiet().batchSize(3).validationData(made.batch(3)));

        assertThat(history.names()).isEqualTo(expected.names());
        for (String name : expected.names()) {
          assertThat(history.get(name)).as(name).isEqualTo(expected.get(name));
        }
        assertThat(lazy.predict(made).get("mood")).isEqualTo(arrays.predict(rows).get("mood"));
        assertThat(lazy.evaluate(made, Run.silent()).values())
            .isEqualTo(arrays.evaluate(rows, Run.silent()).values());
      }
    }
  }

  @Test
  void statisticsAreThoseOfAllRows() {
    try (Model arrays = create(NORMALIZED);
        Model lazy = create(NORMALIZED)) {
      arrays.adapt(DATA);
      lazy.adapt(DATA.shuffle(0).take(7).map(row -> row).repeat(1).prefetch(2, 1));
      assertThat(lazy.predict(DATA).get("mood").floats())
          .usingComparatorWithPrecision(1e-5f) // the rows are added in another order
          .containsExactly(arrays.predict(DATA).get("mood").floats());
    }
  }

  @Test
  void saysWhatOfTheTextIsMissing() {
    try (Model model = create(MIXED)) {
      Dataset noText = DATA.map(row -> row.with("review", HostTensor.of(new float[1], 1)));
      assertThatThrownBy(() -> model.fit(noText, quiet()))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("the input review of Mixed takes text, the data has numbers");
      assertThatThrownBy(() -> model.predict(DATA.batch(2)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("has no vocabulary yet");
    }
  }

  @Test
  void saysWhichRowIsOutOfRange() {
    try (Model model = create(NORMALIZED)) {
      Dataset wrong =
          DATA.map(
              row ->
                  row.get("size").get(0) == 9
                      ? row.with("mood", HostTensor.of(new int[] {2}, 1))
                      : row);
      assertThatThrownBy(() -> model.fit(wrong.prefetch(2, 2), Fit.epochs(1).batchSize(3)))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("batch 1: the target mood of Normalized takes numbers from")
          .hasMessageContaining("row 1 (from 0) has 2");
    }
  }

  private static Model create(String text) {
    var request = CompileRequest.of(SourceFile.of("case.mdl", text));
    var compilation = Compiler.bind(request);
    assertThat(compilation.bound()).as(Renderer.plain().render(compilation.problems())).isPresent();
    var generated = Compiler.generate(compilation.bound().orElseThrow(), request);
    Class<?> type =
        InMemoryJavac.load(
            generated.className(), generated.source(), LazyDataTest.class.getClassLoader());
    try {
      return (Model) type.getMethod("create", long.class).invoke(null, 42L);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(generated.className(), e);
    }
  }
}
