package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.NumpyFiles;
import org.mdlc.runtime.file.SafeTensors;

/** Commands on a model that takes text: CSV in, the vocabulary kept with the weights. */
final class TextCommandsTest {
  private static final String MODEL =
      """
      model Mood {
        input review: str[], stars: f32[1]
        let words = review |> TextVectorization(max_tokens = 40, output_sequence_length = 5)
            |> Embedding(40, 8) |> GlobalAveragePooling1D()
        output mood = concat(words, stars) |> Dense(2)
      }

      train Mood {
        data csv("reviews.csv") { review = text, stars = stars / 5, mood = label }
        holdout 0.2
        loss SparseCategoricalCrossentropy(from_logits = true)
        metrics SparseCategoricalAccuracy(name = "accuracy")
        optimizer Adam(0.05)
        batch 8  epochs 20  seed 3
      }
      """;

  @TempDir private static Path folder;
  private static CommandRun training;

  @BeforeAll
  static void train() throws IOException {
    Files.writeString(folder.resolve("mood.mdl"), MODEL);
    var rows = new StringBuilder("text,stars,label\n");
    var subjects = List.of("The film", "My \"\"tea\"\"", "It", "Das Gerät");
    for (int i = 0; i < 40; i++) {
      var good = i % 3 == 0;
      rows.append("\"").append(subjects.get(i % 4)).append(good ? ", good" : ", bad");
      rows.append(i % 2 == 0 ? "!\"" : "\"").append(",3,").append(good ? "yes" : "no").append('\n');
    }
    Files.writeString(folder.resolve("reviews.csv"), rows);
    training =
        CommandRun.of("train", path("mood.mdl"), "--save", path("w.safetensors"), "--verbose", "0");
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void trainsAndTests() throws IOException {
    assertThat(training.err()).isEmpty();
    assertThat(training.out()).contains("test accuracy: 1.0");
    assertThat(SafeTensors.metadata(folder.resolve("w.safetensors")))
        .containsOnlyKeys("vocabulary:text_vectorization");
    assertThat(
            SafeTensors.metadata(folder.resolve("w.safetensors"))
                .get("vocabulary:text_vectorization"))
        .startsWith("{\"vocabulary\":[\"\",\"[UNK]\",\"bad\",\"good\"");
  }

  @Test
  void evaluatesAsItTested() {
    var run =
        CommandRun.of(
            "evaluate", path("mood.mdl"), "--weights", path("w.safetensors"), "--verbose", "0");
    assertThat(run.err()).isEmpty();
    assertThat(training.out())
        .isEqualTo(run.out().replaceAll("(?m)^", "test ").stripTrailing() + "\n");
  }

  @Test
  void predictsFromColumnsOfEitherName() throws IOException {
    Files.writeString(folder.resolve("x.csv"), "text,stars\n\"good, good\",3\nvery bad,3\n");
    Files.writeString(folder.resolve("y.csv"), "review,stars\n\"good, good\",0.6\nvery bad,0.6\n");
    var block = predict("x.csv");
    assertThat(block.err()).isEmpty();
    var lines = block.out().lines().skip(1).map(line -> line.split(",")).toList();
    assertThat(Double.parseDouble(lines.get(0)[0])).isLessThan(Double.parseDouble(lines.get(0)[1]));
    assertThat(Double.parseDouble(lines.get(1)[0]))
        .isGreaterThan(Double.parseDouble(lines.get(1)[1]));
    assertThat(predict("y.csv").out()).isEqualTo(block.out());
  }

  @Test
  void saysWhatItCannotRead() throws IOException {
    NumpyFiles.writeNpy(folder.resolve("x.npy"), HostTensor.of(new float[] {1}, 1, 1));
    assertThat(predict("x.npy").err()).contains("takes text, which comes from a .csv file");
    Files.writeString(folder.resolve("z.csv"), "title,stars\nx,1\n");
    assertThat(predict("z.csv").err()).contains("no columns for the text review: str[]");
  }

  private static CommandRun predict(String input) {
    return CommandRun.of(
        "predict",
        path("mood.mdl"),
        "--weights",
        path("w.safetensors"),
        "--input",
        path(input),
        "--verbose",
        "0");
  }
}
