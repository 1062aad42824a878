package org.mdlc.runtime.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/** Vocabularies: learned, given, saved, loaded, refused. */
class VocabularyTest {
  private static final StringTensor TEXTS = StringTensor.of("one two two", "two three", "Drei!");

  @TempDir private Path folder;

  @Test
  void adaptingGivesANewLayer() {
    TextVectorization empty = TextVectorization.builder().build();
    TextVectorization learned = empty.adapt(TEXTS);
    assertThat(empty.isAdapted()).isFalse();
    assertThat(learned.vocabulary()).containsExactly("", "[UNK]", "two", "three", "one", "drei");
    assertThat(learned.adapt(StringTensor.of("x")).vocabulary()).containsExactly("", "[UNK]", "x");
    assertThatThrownBy(() -> empty.apply(TEXTS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("call adapt");
  }

  @Test
  void batchesCountAsOne() {
    TextVectorization settings = TextVectorization.builder().outputMode(OutputMode.TF_IDF).build();
    TextVectorization whole = settings.adapt(TEXTS);
    TextVectorization parted = settings.adapt(Stream.of(TEXTS.slice(0, 1), TEXTS.slice(1, 3)));
    assertThat(parted.vocabulary()).isEqualTo(whole.vocabulary());
    assertThat(parted.idfWeights()).isEqualTo(whole.idfWeights());
  }

  @Test
  void functionsOfOnesOwn() {
    TextVectorization layer =
        TextVectorization.builder()
            .standardize(text -> text.toUpperCase(Locale.ROOT))
            .split(text -> List.of(text.split(",")))
            .vocabulary("A B", "Ç")
            .build();
    assertThat(layer.apply(StringTensor.of("ç,a b,x"))).isEqualTo(ints(new int[] {3, 2, 1}, 1, 3));
  }

  @Test
  void savesAndLoads() throws IOException {
    for (OutputMode mode : List.of(OutputMode.INT, OutputMode.COUNT, OutputMode.TF_IDF)) {
      Path file = folder.resolve(mode + ".txt");
      TextVectorization settings = TextVectorization.builder().outputMode(mode).build();
      TextVectorization learned = settings.adapt(TEXTS);
      learned.save(file);
      TextVectorization loaded = settings.load(file);
      assertThat(loaded.vocabulary()).isEqualTo(learned.vocabulary());
      assertThat(loaded.idfWeights()).isEqualTo(learned.idfWeights());
      assertThat(loaded.apply(TEXTS)).isEqualTo(learned.apply(TEXTS));
    }
    assertThat(Files.readString(folder.resolve("INT.txt")))
        .isEqualTo("\n[UNK]\ntwo\nthree\none\ndrei\n");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).hasSize(3);
    }
  }

  @Test
  void savesIntegers() throws IOException {
    Path file = folder.resolve("ids.txt");
    IntegerLookup settings = IntegerLookup.builder().numOovIndices(2).build();
    settings.adapt(ints(new int[] {7, 7, -3, 5}, 4)).save(file);
    assertThat(settings.load(file).vocabulary()).containsExactly(-1L, -1L, 7L, 5L, -3L);
    Files.writeString(file, "7\nseven\n");
    assertThatThrownBy(() -> settings.load(file)).hasMessageContaining("ids.txt:2: expected an");
  }

  @Test
  void integersOf64Bits() {
    IntegerLookup layer = IntegerLookup.builder().vocabulary(1L << 40, -(1L << 50)).build();
    assertThat(layer.apply(new long[] {-(1L << 50), 0, 1L << 40}, 3))
        .isEqualTo(ints(new int[] {2, 0, 1}, 3));
  }

  @Test
  void vocabularyFilesHaveAnEncodingAndAnyLineEnd() throws IOException {
    Path file = folder.resolve("latin.txt");
    Files.writeString(file, "école\r\nb\u0085c", StandardCharsets.ISO_8859_1);
    StringLookup layer =
        StringLookup.builder().encoding(StandardCharsets.ISO_8859_1).vocabulary(file).build();
    assertThat(layer.vocabulary()).containsExactly("[UNK]", "école", "b\u0085c");
    assertThatThrownBy(() -> StringLookup.builder().vocabulary(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("not text in UTF-8");
  }

  @Test
  void refusesWhatAFileCannotHold() {
    TextVectorization layer =
        TextVectorization.builder()
            .split(TextVectorization.CHARACTER)
            .build()
            .adapt(StringTensor.of("a\n"));
    Path file = folder.resolve("characters.txt");
    assertThatThrownBy(() -> layer.save(file)).hasMessageContaining("contains a line end");
    assertThat(file).doesNotExist();
  }

  @Test
  void refusesVocabulariesThatDoNotFit() {
    refuses(StringLookup.builder().vocabulary("a", "b", "a"), "\"a\" twice");
    refuses(StringLookup.builder().vocabulary(List.of()), "empty");
    refuses(StringLookup.builder().maskToken("").vocabulary("a", ""), "special token \"\"");
    refuses(StringLookup.builder().invert(true).vocabulary("a", "[UNK]"), "special token");
    refuses(StringLookup.builder().maxTokens(2).vocabulary("a", "b"), "larger than max_tokens 2");
    refuses(
        StringLookup.builder().outputMode(OutputMode.TF_IDF).vocabulary("a"), "needs idf weights");
    refuses(StringLookup.builder().vocabulary("a").idfWeights(1), "for mode tf_idf");
    refuses(
        StringLookup.builder().outputMode(OutputMode.TF_IDF).vocabulary("a", "b").idfWeights(1),
        "1 idf weights for a vocabulary of 2");
  }

  @Test
  void refusesSettingsThatContradict() {
    refuses(StringLookup.builder().maxTokens(1), "greater than 1");
    refuses(StringLookup.builder().padToMaxTokens(true), "needs max_tokens");
    refuses(StringLookup.builder().numOovIndices(-1), "must not be negative");
    refuses(
        StringLookup.builder().invert(true).outputMode(OutputMode.COUNT), "has output mode int");
    refuses(StringLookup.builder().numOovIndices(5).maxTokens(3), "no room");
    assertThatThrownBy(
            () ->
                TextVectorization.builder()
                    .outputMode(OutputMode.COUNT)
                    .outputSequenceLength(3)
                    .build())
        .hasMessageContaining("for mode int");
    assertThatThrownBy(() -> Hashing.builder(0)).hasMessageContaining("positive");
    assertThatThrownBy(() -> Discretization.between(1, 0)).hasMessageContaining("ascend");
    assertThatThrownBy(() -> HashedCrossing.of(3).apply(TEXTS)).hasMessageContaining("two");
  }

  @Test
  void refusesDataThatDoesNotFit() {
    StringLookup known = StringLookup.builder().numOovIndices(0).vocabulary("a").build();
    assertThatThrownBy(() -> known.apply(StringTensor.of("a", "q")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("\"q\" is not in the vocabulary");
    assertThatThrownBy(() -> known.adapt(TEXTS)).hasMessageContaining("nothing to learn");
    TextVectorization texts = TextVectorization.builder().vocabulary("a").build();
    StringTensor pairs = StringTensor.of(new String[][] {{"a", "b"}});
    assertThatThrownBy(() -> texts.apply(pairs)).hasMessageContaining("one text per example");
    assertThatThrownBy(() -> new CategoryEncoding(3).apply(ints(new int[] {3}, 1)))
        .hasMessageContaining("from 0 to 2");
  }

  private static void refuses(StringLookup.Builder builder, String message) {
    assertThatThrownBy(builder::build)
        .isInstanceOfAny(DataException.class, IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static HostTensor ints(int[] values, int... shape) {
    return HostTensor.of(values, shape);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{",
        "{\"vocabulary\": [\"a\"]}",
        "{\"vocabulary\": null, \"idf_weights\": []}"
      })
  void aDamagedVocabularyIsSaid(String text) {
    assertThatThrownBy(() -> StringLookup.builder().build().withVocabularyText(text))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("damaged vocabulary: ");
  }
}
