package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.file.NumpyFiles;

/** {@code train}, {@code evaluate} and {@code predict}, one after the other on one small model. */
final class RunCommandsTest {
  @TempDir private static Path folder;
  private static Tiny tiny;
  private static String weights;
  private static CommandRun training;

  @BeforeAll
  static void train() throws IOException {
    tiny = Tiny.in(folder);
    weights = tiny.path("w.safetensors");
    training =
        CommandRun.of(
            "train",
            tiny.model(),
            "--save",
            weights,
            "--history",
            tiny.path("h.csv"),
            "--verbose",
            "2");
  }

  @Test
  void trainingShowsEpochsAndTestsTheHeldOutRows() throws IOException {
    assertThat(training.err()).isEmpty();
    assertThat(training.exitCode()).isZero();
    assertThat(training.out()).contains("Epoch 20/20\n", "test loss: ");
    assertThat(accuracy(training.out(), "test accuracy: ")).isGreaterThan(0.85);
    assertThat(Files.readAllLines(folder.resolve("h.csv")))
        .hasSize(21)
        .startsWith("epoch,accuracy,loss");
  }

  @Test
  void oneSeedGivesOneResult() {
    var again = CommandRun.of("train", tiny.model(), "--verbose", "0");
    assertThat(again.out())
        .isEqualTo(training.out().substring(training.out().indexOf("test loss")));
    var other = CommandRun.of("train", tiny.model(), "--verbose", "0", "--seed", "4");
    assertThat(other.out()).isNotEqualTo(again.out());
  }

  @Test
  void weightsComeWithTheData() throws IOException {
    var text = Files.readString(Path.of(tiny.model()));
    var rows = Files.readString(folder.resolve("points.csv")).lines().toList();
    var weighed = new StringBuilder("a,b,label,importance\n");
    rows.stream().skip(1).forEach(row -> weighed.append(row).append(",7\n"));
    Files.writeString(folder.resolve("weighed.csv"), weighed);
    var withWeights =
        text.replace("points.csv", "weighed.csv")
            .replace("label }", "label, weight side = importance / %s }");
    var sevenfold =
        CommandRun.of(
            "train", tiny.write("seven.mdl", withWeights.formatted("1")), "--verbose", "0");
    var once =
        CommandRun.of("train", tiny.write("one.mdl", withWeights.formatted("7")), "--verbose", "0");
    assertThat(once.err()).isEmpty();
    assertThat(training.out()).endsWith(once.out());
    assertThat(sevenfold.exitCode()).isZero();
    assertThat(sevenfold.out()).isNotEqualTo(once.out());
    // and a file given in place of the block's, with its columns or without the weights
    var evaluate =
        new String[] {
          "evaluate", tiny.path("one.mdl"), "--weights", weights, "--verbose", "0", "--data", ""
        };
    evaluate[evaluate.length - 1] = tiny.path("weighed.csv");
    var asInTheBlock = CommandRun.of(evaluate);
    evaluate[evaluate.length - 1] = tiny.path("points.csv");
    assertThat(asInTheBlock.err()).isEmpty();
    assertThat(CommandRun.of(evaluate).out()).isEqualTo(asInTheBlock.out());
  }

  @Test
  void aLossThatIsNoNumberIsNoBugOfTheCompiler() throws IOException {
    var text =
        Files.readString(Path.of(tiny.model()))
            .replace("Adam(0.05)", "SGD(1e38)\n  callbacks TerminateOnNaN(raise_error = true)");
    var run = CommandRun.of("train", tiny.write("steep.mdl", text), "--verbose", "0");
    assertThat(run.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(run.err()).matches("error: the loss is (NaN|Infinity) at batch \\d+\n");
  }

  @Test
  void plainLoopsGiveTheSameNumbers() {
    var plain = CommandRun.of("train", tiny.model(), "--verbose", "0", "--no-vector");
    assertThat(training.out()).endsWith(plain.out());
  }

  @Test
  void evaluationOfTheSavedWeightsGivesWhatTrainingEndedWith() {
    var run = CommandRun.of("evaluate", tiny.model(), "--weights", weights, "--verbose", "0");
    assertThat(run.err()).isEmpty();
    assertThat(training.out())
        .endsWith(run.out().replaceAll("(?m)^", "test ").stripTrailing() + "\n");
  }

  @Test
  void predictionsDoNotDependOnTheFormOfTheData() throws IOException {
    var npy = tiny.npy("x.npy", 0.5f, 0.3f, -0.9f, 0.1f);
    var csv = tiny.write("x.csv", "a,b\n5,3\n-9,1\n"); // scaled as the train block says
    var output = tiny.path("y.npy");
    var printed = CommandRun.of("predict", tiny.model(), "--weights", weights, "--input", npy);
    assertThat(printed.err()).isEmpty();
    assertThat(printed.out()).startsWith("side_0,side_1\n").hasLineCount(3);
    assertThat(CommandRun.of("predict", tiny.model(), "--weights", weights, "--input", csv).out())
        .isEqualTo(printed.out());
    CommandRun.of(
        "predict",
        tiny.model(),
        "--weights",
        weights,
        "--input",
        npy,
        "-o",
        output,
        "--verbose",
        "0");
    var logits = NumpyFiles.readNpy(Path.of(output));
    assertThat(logits.shape()).containsExactly(2, 2);
    assertThat(printed.out())
        .isEqualTo(
            "side_0,side_1\n%s,%s\n%s,%s\n"
                .formatted(
                    logits.floats()[0],
                    logits.floats()[1],
                    logits.floats()[2],
                    logits.floats()[3]));
    assertThat(logits.floats()[1]).isGreaterThan(logits.floats()[0]);
    assertThat(logits.floats()[2]).isGreaterThan(logits.floats()[3]);
  }

  @Test
  void untrainedWeightsAreWorthAWarning() throws IOException {
    var run = CommandRun.of("predict", tiny.model(), "--input", tiny.npy("one.npy", 1, 1));
    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .isEqualTo("warning: the weights are untrained; give trained ones with --weights\n");
  }

  @Test
  void trainRefusesMissingData() throws IOException {
    var model =
        tiny.write(
            "lost.mdl", Files.readString(Path.of(tiny.model())).replace("points.csv", "lost.csv"));
    refused(1, "error: " + tiny.path("lost.csv") + ": no such file\n", "train", model);
  }

  @Test
  void trainLooksForTheFoldersOfItsResultsFirst() {
    var lost = tiny.path("lost/w.safetensors");
    refused(
        1,
        "error: " + lost + ": there is no folder " + tiny.path("lost") + "\n",
        "train",
        tiny.model(),
        "--save",
        lost);
    assertThat(CommandRun.of("train", tiny.model(), "--history", tiny.path("lost/h.csv")).out())
        .isEmpty();
  }

  @Test
  void stagesAreNamedAndTheirEpochsCounted() throws IOException {
    var text =
        Files.readString(Path.of(tiny.model()))
            .replace("epochs 20", "epochs 2  stage first { }  stage second { freeze dense }");
    var run =
        CommandRun.of(
            "train",
            tiny.write("stages.mdl", text),
            "--verbose",
            "2",
            "--history",
            tiny.path("stages.csv"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Stage first\nEpoch 1/2\n", "Stage second\nEpoch 3/4\n");
    assertThat(Files.readAllLines(folder.resolve("stages.csv"))).hasSize(5);
  }

  @Test
  void aHistoryCanBeJson() throws IOException {
    var text =
        Files.readString(Path.of(tiny.model()))
            .replace("epochs 20", "epochs 1  stage first { }  stage second { freeze dense }");
    var stages = tiny.write("stages.mdl", text);
    CommandRun.of("train", stages, "--verbose", "0", "--history", tiny.path("h.json"));
    var json = JsonParser.parseString(Files.readString(folder.resolve("h.json"))).getAsJsonObject();
    assertThat(json.keySet()).containsExactly("epoch", "accuracy", "loss");
    assertThat(json.get("epoch").toString()).isEqualTo("[0,1]");
    assertThat(json.getAsJsonArray("loss").get(1).getAsDouble()).isPositive();
  }

  @Test
  void namedDimensionsGetTheirSizeFromTheData() throws IOException {
    var model =
        tiny.write(
            "words.mdl",
            """
            model Words {
              input words: i32[T]
              output side = words |> Embedding(19, 4) |> GlobalAveragePooling1D() |> Dense(2)
            }

            train Words {
              data csv("points.csv") { words = columns("a".."b") + 9, side = label }
              loss SparseCategoricalCrossentropy(from_logits = true)
              optimizer Adam(0.05)
              batch 32  epochs 2
            }
            """);
    var run = CommandRun.of("train", model, "--verbose", "2");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Epoch 2/2\n3/3 - ");
  }

  @Test
  void trainRefusesWordsAmongNumbers() throws IOException {
    var data = tiny.write("words.csv", "a,b,label\n1,2,1\n1,two,0\n");
    refused(
        1,
        "error: " + data + ", line 3, column b: \"two\" is not a number\n",
        "train",
        tiny.model(),
        "--data",
        data);
  }

  @Test
  void trainSaysThatTheSeparatorIsNoComma() throws IOException {
    tiny.write("semi.csv", "a;b;label\n1;2;1\n");
    var model =
        tiny.write(
            "semi.mdl", Files.readString(Path.of(tiny.model())).replace("points.csv", "semi.csv"));
    assertThat(CommandRun.of("train", model).err())
        .contains("note: the header has ';' where a comma is looked for");
  }

  @Test
  void trainRefusesWrongUsage() {
    var run = CommandRun.of("train", tiny.model(), "--epochs", "-1");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: --epochs is at least 0, not -1\n");
    assertThat(CommandRun.of("train", tiny.model(), "--seed", "-5").exitCode()).isEqualTo(2);
    var save = CommandRun.of("train", tiny.model(), "--save", "w.h5");
    assertThat(save.exitCode()).isEqualTo(2);
    assertThat(save.err()).contains("--save w.h5: the old .h5 is only read");
    assertThat(CommandRun.of("train", tiny.model(), "--epoch", "1").err())
        .contains("did you mean --epochs?");
  }

  @Test
  void trainGuessesAMisspeltModelAndSetting() {
    refused(
        1,
        "error: " + tiny.model() + " has no model Side; did you mean Sides?\n",
        "train",
        tiny.model(),
        "--model",
        "Side");
    var run = CommandRun.of("train", tiny.model(), "--set", "unit=3");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("unit", "units");
  }

  @Test
  void evaluateRefusesWhatDoesNotFit() throws IOException {
    refused(
        1,
        "error: " + tiny.path("none.safetensors") + ": no such file\n",
        "evaluate",
        tiny.model(),
        "--weights",
        tiny.path("none.safetensors"));
    var wide = CommandRun.of("evaluate", tiny.model(), "--weights", weights, "--set", "units=5");
    assertThat(wide.exitCode()).isEqualTo(1);
    assertThat(wide.err()).contains("dense/kernel is f32[2, 5] here, f32[2, 4] in the file");
    var xml = tiny.write("data.xml", "<a/>");
    var unknown = CommandRun.of("evaluate", tiny.model(), "--weights", weights, "--data", xml);
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).contains("data.xml: unknown kind of file");
  }

  @Test
  void predictRefusesWhatDoesNotFit() throws IOException {
    assertThat(CommandRun.of("predict", tiny.model()).exitCode()).isEqualTo(2);
    var text = tiny.write("text.npy", "not an array");
    var broken = CommandRun.of("predict", tiny.model(), "--weights", weights, "--input", text);
    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.err()).contains("text.npy: not an .npy file");
    var empty = tiny.write("head.csv", "a,b,label\n");
    var noRows = "error: " + empty + ": no rows below the header\n";
    refused(1, noRows, "predict", tiny.model(), "--weights", weights, "--input", empty);
    refused(1, noRows, "train", tiny.model(), "--data", empty);
    var npy = tiny.npy("two.npy", 1, 1);
    refused(
        1,
        "error: y.txt: unknown kind of file; predictions are .npy, .npz or .csv\n",
        "predict",
        tiny.model(),
        "--weights",
        weights,
        "--input",
        npy,
        "-o",
        "y.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"w.weights.h5", "w.npz"})
  void weightsOfEveryKindAreSavedAndLoaded(String name) {
    var file = tiny.path(name);
    var trained = CommandRun.of("train", tiny.model(), "--save", file, "--verbose", "0");
    assertThat(trained.err()).isEmpty();
    var loaded = CommandRun.of("evaluate", tiny.model(), "--weights", file, "--verbose", "0");
    assertThat(loaded.err()).isEmpty();
    assertThat(loaded.out())
        .contains("accuracy: ")
        .isEqualTo(
            CommandRun.of("evaluate", tiny.model(), "--weights", weights, "--verbose", "0").out());
  }

  @Test
  void theStateOfAnotherOptimizerIsMentioned() throws IOException {
    var file = tiny.path("adam.weights.h5");
    CommandRun.of("train", tiny.model(), "--save", file, "--verbose", "0", "--epochs", "1");
    var text = Files.readString(Path.of(tiny.model())).replace("Adam(0.05)", "SGD(0.05)");
    var other = tiny.write("other.mdl", text);
    var run = CommandRun.of("train", other, "--weights", file, "--epochs", "1", "--verbose", "0");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .isEqualTo(
            "warning: " + file + " has the state of another optimizer, which starts anew here\n");
  }

  private static void refused(int exitCode, String error, String... args) {
    var run = CommandRun.of(args);
    assertThat(run.err()).isEqualTo(error);
    assertThat(run.exitCode()).isEqualTo(exitCode);
  }

  private static double accuracy(String out, String prefix) {
    return Double.parseDouble(out.substring(out.indexOf(prefix) + prefix.length()).strip());
  }
}
