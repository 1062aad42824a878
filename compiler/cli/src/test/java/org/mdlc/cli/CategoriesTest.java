package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels that are text have one number each, whatever the file. */
final class CategoriesTest {
  private static final String MODEL =
      """
      model Fruit {
        input size: f32[1]
        output kind = size |> Dense(16, activation = tanh) |> Dense(3)
      }

      train Fruit {
        DATA
        loss SparseCategoricalCrossentropy(from_logits = true)
        metrics "accuracy"
        optimizer Adam(0.05)
        batch 8  epochs 30  seed 3
      }
      """;
  private static final String DATA =
      "data csv(\"fruit.csv\") { size = columns(0..0), kind = sort }";

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    var rows = new StringBuilder("size,sort\n");
    for (int i = 0; i < 60; i++) {
      rows.append(i % 3 - 1).append(i % 3 == 0 ? ",apple" : i % 3 == 1 ? ",pear" : ",plum");
      rows.append('\n');
    }
    file("fruit.csv", rows.toString());
    file("plums.csv", "size,sort\n1,plum\n1,plum\n");
    model(DATA);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private String model(String data) throws IOException {
    return file("fruit.mdl", MODEL.replace("DATA", data));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private CommandRun train(String... more) {
    var args = Stream.of("train", path("fruit.mdl"), "--save", path("w.safetensors"));
    var run = CommandRun.of(Stream.concat(args, Stream.of(more)).toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    return run;
  }

  private CommandRun evaluate(String data) {
    return CommandRun.of(
        "evaluate", path("fruit.mdl"), "--weights", path("w.safetensors"), "--data", data);
  }

  @Test
  void filesOfSomeClassesHaveTheNumbersOfTheTrainingFile() throws IOException {
    model(DATA + "\n  validation csv(\"plums.csv\")\n  holdout csv(\"plums.csv\")");
    var run = train();
    assertThat(run.out()).contains("val_accuracy: 1.0000").contains("test accuracy: 1.0000");
    assertThat(evaluate(path("plums.csv")).out()).contains("accuracy: 1.0000");
    var byName = file("named.csv", "size,kind\n1,plum\n0,pear\n");
    assertThat(evaluate(byName).out()).contains("accuracy: 1.0000");
  }

  @Test
  void aTextThatTheTrainingFileLacksIsAnError() throws IOException {
    train();
    var odd = file("odd.csv", "size,sort\n1,plum\n0,kiwi\n");
    assertThat(evaluate(odd).err())
        .endsWith(
            "odd.csv, line 3, column sort: \"kiwi\" is not one of the categories apple, pear,"
                + " plum\n");
  }

  @Test
  void withoutTheTrainingFileTextHasNoNumbers() throws IOException {
    train();
    Files.delete(folder.resolve("fruit.csv"));
    var refused = evaluate(path("plums.csv"));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            "error: "
                + path("plums.csv")
                + ": column sort is text, and "
                + path("fruit.csv")
                + ", whose rows say which number each text has, is not there: put numbers in the"
                + " column, or keep the training file beside the model\n");
    assertThat(evaluate(file("numbers.csv", "size,sort\n1,2\n0,1\n")).out())
        .contains("accuracy: 1.0000");
  }

  @Test
  void aFileOnTheCommandLineIsTheTrainingFileIfTheBlockNamesNone() throws IOException {
    model("");
    assertThat(train("--data", path("fruit.csv")).out()).contains("accuracy: 1.0000");
    assertThat(evaluate(path("plums.csv")).err())
        .endsWith(
            "plums.csv: column sort is text, and the train block of Fruit names no CSV file that"
                + " says which number each text has: put numbers in the column, or name the"
                + " training file as its `data`\n");
    model(DATA);
    assertThat(train("--data", path("plums.csv")).out()).contains("accuracy: 1.0000");
    assertThat(evaluate(path("plums.csv")).out()).contains("accuracy: 1.0000");
  }

  @Test
  void theOutputTellsSoManyTextsApart() throws IOException {
    model("");
    var four = file("four.csv", "size,sort\n1,plum\n0,pear\n-1,apple\n1,banana\n");
    assertThat(CommandRun.of("train", path("fruit.mdl"), "--data", four).err())
        .isEqualTo(
            "error: column sort of "
                + four
                + " has 4 values (apple, banana, pear, plum), and the output tells 3 apart\n");
    model(DATA.replace("fruit.csv", "four.csv"));
    assertThat(CommandRun.of("train", path("fruit.mdl")).err())
        .startsWith(
            "error[E0610]: the labels are 4 different texts (apple, banana, pear, plum), and `kind`"
                + " has the classes 0 to 2\n");
    model(DATA.replace("fruit.csv", "gap.csv"));
    file("gap.csv", "size,sort\n1,plum\n0,pear\n-1,apple\n1,\n");
    assertThat(CommandRun.of("train", path("fruit.mdl")).err())
        .contains("gap.csv, line 5, column sort: no value");
  }
}
