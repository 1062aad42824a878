package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;
import org.mdlc.runtime.preprocessing.VocabularyLayer;

/** Models that take text, from their description to trained weights and back from a file. */
final class TextModelTest {
  private static final String SENTIMENT =
      """
      model Sentiment {
        input review: str[]
        output mood = review |> TextVectorization(max_tokens = 50, output_sequence_length = 6)
            |> Embedding(50, 8) |> GlobalAveragePooling1D() |> Dense(1)
      }
      train Sentiment {
        loss BinaryCrossentropy(from_logits = true)
        optimizer Adam(0.05)
        batch 4
      }
      """;

  private static final StringTensor REVIEWS =
      StringTensor.of(
          "A good film!",
          "What a bad film.",
          "good, good, good",
          "Bad acting",
          "so good",
          "so bad, so bad",
          "the film was good",
          "the film was bad");
  private static final HostTensor MOODS = HostTensor.of(new float[] {1, 0, 1, 0, 1, 0, 1, 0}, 8, 1);
  private static final ArrayDataset DATA = ArrayDataset.of("review", REVIEWS).with("mood", MOODS);

  @TempDir private Path folder;

  @Test
  void learnsItsVocabularyAndThenToTellGoodFromBad() throws IOException {
    Path file = folder.resolve("mood.safetensors");
    float[] before;
    try (Model model = create(SENTIMENT)) {
      assertThatThrownBy(() -> model.predict(DATA))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("text_vectorization has no vocabulary yet");
      var history = model.fit(DATA, quiet(40).batchSize(4));
      assertThat(history.last("loss")).isLessThan(0.1);
      assertThat(vocabulary(model))
          .startsWith("", "[UNK]", "good", "bad", "film", "so")
          .contains("acting");
      before = model.predict(DATA).get("mood").floats();
      IntStream.range(0, 8)
          .forEach(i -> assertThat(before[i] > 0).isEqualTo(MOODS.floats()[i] > 0.5));
      model.saveWeights(file);
    }
    try (Model loaded = create(SENTIMENT)) {
      loaded.loadWeights(file);
      assertThat(loaded.predict(DATA).get("mood").floats()).isEqualTo(before);
    }
  }

  @Test
  void rowsMayComeInAnyOrderAndNumber() {
    try (Model model = create(SENTIMENT)) {
      model.adapt(DATA);
      float[] all = model.predict(DATA).get("mood").floats();
      ArrayDataset some = DATA.takeRows(5, 2, 7);
      assertThat(model.predict(some).get("mood").floats()).containsExactly(all[5], all[2], all[7]);
    }
  }

  @Test
  void adaptingAgainForgets() {
    try (Model model = create(SENTIMENT)) {
      model.fit(DATA, quiet(1));
      ArrayDataset other =
          ArrayDataset.of("review", StringTensor.of("x y")).with("mood", MOODS.slice(0, 1));
      model.fit(other, quiet(1));
      assertThat(vocabulary(model)).contains("good").doesNotContain("y");
      model.adapt(other);
      assertThat(vocabulary(model)).containsExactly("", "[UNK]", "y", "x");
      model.initialize(7);
      assertThat(((VocabularyLayer) model.stringLayer("text_vectorization")).isAdapted()).isFalse();
    }
  }

  @Test
  void onlyTrainingRowsAreLearned() {
    try (Model model = create(SENTIMENT)) {
      model.fit(DATA, quiet(1).validationSplit(0.5));
      assertThat(vocabulary(model)).contains("acting").doesNotContain("was");
    }
  }

  @Test
  void refusesAFileWithoutTheVocabulary() throws IOException {
    Path file = folder.resolve("untrained.safetensors");
    try (Model model = create(SENTIMENT)) {
      model.saveWeights(file);
      assertThatThrownBy(() -> model.loadWeights(file))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("the vocabulary of text_vectorization is missing");
      model.adapt(DATA);
      model.loadWeights(file);
      assertThat(vocabulary(model)).contains("good");
    }
  }

  @Test
  void checkpointsKeepVocabularies() throws IOException {
    Path file = folder.resolve("all.safetensors");
    try (Model model = create(SENTIMENT)) {
      model.fit(DATA, quiet(2));
      model.saveCheckpoint(file);
      model.adapt(DATA.slice(0, 1));
      model.loadCheckpoint(file);
      assertThat(vocabulary(model)).contains("acting");
    }
  }

  @Test
  void refusesDataThatLacksTheText() {
    try (Model model = create(SENTIMENT)) {
      assertThatThrownBy(() -> model.fit(ArrayDataset.of("mood", MOODS), quiet(1)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("needs the text review: str[], which the data lacks\n");
    }
  }

  /** Every layer and mode, through the graph and out again. */
  @Test
  void everyLayerGivesWhatTheRuntimesOwnGives() {
    String source =
        """
        model Every {
          input city: str[], tags: str[3], text: str[1]
          let shared = StringLookup(vocabulary = ["good", "bad"], num_oov_indices = 2)
          output ids = cast(city |> StringLookup(vocabulary = ["ulm", "köln"], mask_token = ""), f32),
              hot = city |> StringLookup(vocabulary = ["[UNK]", "ulm"], output_mode = "one_hot"),
              some = tags |> StringLookup(vocabulary = ["a", "b"], output_mode = "count"),
              bins = cast(tags |> Hashing(7, salt = [1, 2]), f32),
              rare = tags |> Hashing(5, mask_value = "a", output_mode = "multi_hot"),
              both = cast((city, city) |> HashedCrossing(100), f32),
              crossed = HashedCrossing(4, output_mode = "one_hot")(city, city),
              weighted = text |> TextVectorization(output_mode = "tf_idf", vocabulary = ["good", "day"], idf_weights = [0.5, 2.0]),
              pairs = cast(text |> TextVectorization(split = "character", standardize = none, ngrams = [2], vocabulary = ["g o", "o o"], output_sequence_length = 3), f32),
              words = cast(tags |> TextVectorization(split = none, vocabulary = ["a", "c"]), f32),
              here = cast(tags |> shared, f32), there = cast(city |> shared, f32)
        }
        """;
    ArrayDataset data =
        ArrayDataset.of("city", StringTensor.of("köln", "bonn", ""))
            .with(
                "tags",
                StringTensor.of(
                    new String[][] {{"a", "b", "a"}, {"c", "good", "bad"}, {"", "", "a"}}))
            .with("text", StringTensor.of(List.of("Good day, good", "", "goo"), 3, 1));
    try (Model model = create(source)) {
      ArrayDataset given = model.predict(data);
      assertRows(given, "ids", new float[][] {{3}, {1}, {0}});
      assertRows(given, "hot", new float[][] {{1, 0}, {1, 0}, {1, 0}});
      assertRows(given, "some", new float[][] {{0, 2, 1}, {3, 0, 0}, {2, 1, 0}});
      assertRows(given, "weighted", new float[][] {{0, 1, 2}, {0, 0, 0}, {1.25f, 0, 0}});
      assertRows(given, "pairs", new float[][] {{1, 3, 1}, {0, 0, 0}, {2, 3, 0}});
      assertRows(given, "words", new float[][] {{2, 1, 2}, {3, 1, 1}, {0, 0, 2}});
      assertThat(given.get("both").shape()).containsExactly(3);
      assertThat(given.get("bins").shape()).containsExactly(3, 3);
      assertThat(given.get("rare").get(0)).isEqualTo(1);
      assertThat(given.get("rare").shape()).containsExactly(3, 5);
      assertThat(given.get("crossed").shape()).containsExactly(3, 4);
      assertThat(given.get("here").get(4)).isEqualTo(2);
      assertThat(given.get("there").get(0)).isLessThan(2);
    }
  }

  @Test
  void aVocabularyMayBeLongerThanALiteral() {
    StringBuilder tokens = new StringBuilder();
    IntStream.range(0, 12_000).forEach(i -> tokens.append("\"token").append(i).append("\", "));
    String source =
        "model Long { input word: str[]  output id = cast(word |> StringLookup(vocabulary = ["
            + tokens
            + "]), f32) }";
    try (Model model = create(source)) {
      assertThat(
              model
                  .predict(ArrayDataset.of("word", StringTensor.of("token11999")))
                  .get("id")
                  .get(0))
          .isEqualTo(12_000);
    }
  }

  @Test
  void theProgramListsWhatRunsOnTheHost() {
    BoundProgram bound = bind(SENTIMENT).orElseThrow();
    assertThat(bound.texts()).singleElement().hasToString("Text[name=review, shape=[batch]]");
    assertThat(bound.inputNames()).containsExactly("review");
    var step = bound.hostSteps().getFirst();
    assertThat(step.kind()).isEqualTo("TextVectorization");
    assertThat(step.layer()).isEqualTo("text_vectorization");
    assertThat(step.sources()).containsExactly("review");
    assertThat(step.port().name()).isEqualTo("text_vectorization/review");
    assertThat(step.port().type()).hasToString("i32[batch, 6]");
    assertThat(step.arguments())
        .startsWith("{\"max_tokens\": 50, \"standardize\": \"lower_and_strip_punctuation\"")
        .contains("\"vocabulary\": null");
    var summary = ModelSummary.of(bound);
    assertThat(summary.layers().stream().map(ModelSummary.Layer::name))
        .startsWith("review", "text_vectorization", "embedding");
    assertThat(summary.isChain()).isTrue();
  }

  private static Fit quiet(int epochs) {
    return Fit.epochs(epochs).verbose(Verbosity.SILENT);
  }

  private static List<String> vocabulary(Model model) {
    return ((VocabularyLayer) model.stringLayer("text_vectorization")).vocabulary();
  }

  private static void assertRows(ArrayDataset given, String output, float[][] rows) {
    Consumer<float[][]> check = actual -> assertThat(actual).isDeepEqualTo(rows);
    assertThat(given.get(output).toMatrix()).as(output).satisfies(check);
  }

  private static Optional<BoundProgram> bind(String source) {
    var compilation = Compiler.bind(CompileRequest.of(SourceFile.of("text.mdl", source)));
    assertThat(compilation.bound()).as(Renderer.plain().render(compilation.problems())).isPresent();
    return compilation.bound();
  }

  private static Model create(String source) {
    var request = CompileRequest.of(SourceFile.of("text.mdl", source));
    var generated = Compiler.generate(bind(source).orElseThrow(), request);
    Class<?> type =
        InMemoryJavac.load(
            generated.className(), generated.source(), TextModelTest.class.getClassLoader());
    try {
      return (Model) type.getMethod("create", long.class).invoke(null, 42L);
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(generated.className(), e);
    }
  }
}
