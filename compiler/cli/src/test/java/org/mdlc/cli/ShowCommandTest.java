package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

final class ShowCommandTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/show");

  /** Fusion over layers, a residual connection, dropout, an optimizer. */
  private static final String SMALL =
      """
      model Small {
        input x: f32[8]
        let a = x |> Dense(8) |> relu |> Dropout(0.5)
        output y = relu(a + x) |> Dense(3)
      }

      train Small {
        loss SparseCategoricalCrossentropy(from_logits = true)
        optimizer Adam(1e-3)
        batch 20
      }
      """;

  private static final String RECURRENT =
      "model Words { input words: i32[6]  output y = words |> Embedding(50, 4) |> LSTM(5) |> Dense(1) }";

  private static final String STAGES =
      """
      model Tuned {
        input x: f32[4]
        let base = x |> Dense(4, name = "base")
        output y = base |> Dense(2)
      }

      train Tuned {
        loss MeanSquaredError()
        batch 8
        stage head { freeze base  optimizer SGD(0.1)  epochs 1 }
        stage all { unfreeze base  optimizer SGD(0.01)  epochs 1 }
      }
      """;

  @TempDir private Path folder;

  @Test
  void printsStepsTotalsAndMemory() throws IOException {
    assertGolden("small.txt", shown(file(SMALL)));
  }

  @Test
  void printsWhatStepsComputeAndTimes() throws IOException {
    var file = file(SMALL);
    assertGolden(
        "details.txt",
        shown("--details", "--peak-gflops", "100", "--peak-gbs", "10", "--phase", "predict", file));
  }

  @Test
  void printsTheSameForPrograms() throws IOException {
    var printed = shown("--json", file(SMALL));
    assertGolden("small.json", JsonReport.text(result(printed)) + "\n");
    var all = program(printed);
    for (var figure : List.of("flops", "bytesRead", "bytesWritten")) {
      long sum = 0;
      for (var step : all.getAsJsonArray("steps")) {
        sum += step.getAsJsonObject().get(figure).getAsLong();
      }
      assertThat(all.get(figure).getAsLong()).as(figure).isEqualTo(sum).isPositive();
    }
  }

  @Test
  void writesOnePage() throws IOException {
    var page = folder.resolve("small.html").toString();
    assertThat(shown(file(SMALL), "--html", page)).isEqualTo(page + "\n");
    assertGolden("small.html", Files.readString(Path.of(page)));
  }

  @ParameterizedTest
  @ValueSource(strings = {SMALL, RECURRENT})
  void aPageHasEveryStepBufferAndLayerAndNeedsNothingElse(String model) throws Exception {
    var file = file(model);
    var path = folder.resolve("model.html");
    shown(file, "--html", path.toString(), "--peak-gflops", "100", "--peak-gbs", "10");
    var text = Files.readString(path);
    assertThat(text).doesNotContain("http", "<script", "<link", "src=", "@import", "url(");
    var page = parsed(text);
    var program = program(shown("--json", file));
    int steps = program.getAsJsonArray("steps").size();
    int buffers = program.getAsJsonObject("memory").getAsJsonArray("buffers").size();
    assertThat(classed(page, "rect", "column")).hasSize(steps);
    assertThat(classed(page, "g", "buffer")).hasSize(buffers);
    assertThat(classed(page, "circle", "dot")).hasSize(program.getAsJsonArray("layers").size());
    assertThat(elements(page, "tr").stream().filter(row -> row.hasAttribute("id"))).hasSize(steps);
    for (var link : elements(page, "a")) {
      var target = link.getAttribute("href").substring(1);
      assertThat(elements(page, "tr")).anyMatch(row -> row.getAttribute("id").equals(target));
    }
  }

  /** Rectangles lie within the map, and are as high as the buffer's part of the memory. */
  @Test
  void theMapIsToScale() throws Exception {
    var file = file(SMALL);
    var path = folder.resolve("model.html");
    shown(file, "--html", path.toString());
    var memory = program(shown("--json", file)).getAsJsonObject("memory");
    double peak = memory.get("peakBytes").getAsDouble();
    double highest = 0;
    double bytes = 0;
    var heights = new ArrayList<Double>();
    for (var group : classed(parsed(Files.readString(path)), "g", "buffer")) {
      var rect = (Element) group.getElementsByTagName("rect").item(0);
      heights.add(Double.parseDouble(rect.getAttribute("height")));
      highest = Math.max(highest, heights.getLast());
    }
    for (var buffer : memory.getAsJsonArray("buffers")) {
      bytes = Math.max(bytes, buffer.getAsJsonObject().get("bytes").getAsDouble());
    }
    assertThat(highest / 320).isBetween(bytes / peak - 0.001, bytes / peak + 0.001);
  }

  @Test
  void textFitsTheTerminal() throws IOException {
    var file = file(SMALL);
    for (var columns : List.of("76", "80", "100", "132", "400")) {
      var run =
          CommandRun.in(
              Map.of("COLUMNS", columns),
              false,
              "show",
              "--details",
              "--peak-gflops",
              "9",
              "--peak-gbs",
              "9",
              file);
      int width = Math.min(132, Integer.parseInt(columns));
      assertThat(run.out().lines()).as(columns).allMatch(line -> line.length() <= width);
    }
  }

  @Test
  void choosesPhaseAndBatch() throws IOException {
    var file = file(SMALL);
    assertThat(shown(file)).startsWith("Small: train, a batch of 20\n");
    assertThat(shown(file, "--phase", "evaluate")).startsWith("Small: evaluate, a batch of 20\n");
    assertThat(shown(file, "--phase", "predict", "--batch", "3"))
        .startsWith("Small: predict, a batch of 3\n");
    var untrained = file("model M { input x: f32[2]  output y = x |> Dense(1) }");
    assertThat(shown(untrained)).startsWith("M: predict, a batch of 32\n");
    var run = CommandRun.of("show", untrained, "--phase", "train");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("error: M has no train block, so there is no program to train\n");
    assertThat(CommandRun.of("show", untrained, "--batch", "0").err())
        .isEqualTo("error: a batch of 0 has no rows\n");
    assertThat(CommandRun.of("show", untrained, "--phase", "run").exitCode()).isEqualTo(2);
  }

  @Test
  void noTimesAreInvented() throws IOException {
    var file = file(SMALL);
    assertThat(shown(file)).doesNotContain("at least");
    assertThat(shown(file, "--json")).doesNotContain("Nanos");
    assertThat(shown(file, "--peak-gflops", "230", "--peak-gbs", "20"))
        .contains("At 230 GFLOP/s and 20.0 GB/s: ");
    assertUsage("belong together", file, "--peak-gbs", "20");
    assertUsage("greater than 0", file, "--peak-gbs", "20", "--peak-gflops", "0");
  }

  @Test
  void profilesEveryStep() throws IOException {
    var printed = program(shown("--profile", "--seconds", "0.2", "--json", file(SMALL)));
    assertThat(printed.get("data").getAsString()).isEqualTo("random rows");
    assertThat(printed.get("measuredRuns").getAsInt()).isPositive();
    assertThat(printed.get("nanos").getAsDouble()).isPositive();
    assertThat(printed.get("fillNanos").getAsDouble()).isPositive();
    assertThat(printed.get("reorders").getAsInt()).isZero();
    assertThat(printed.get("floorNanos").getAsDouble()).isPositive();
    for (var element : printed.getAsJsonArray("steps")) {
      var step = element.getAsJsonObject();
      assertThat(step.get("nanos").getAsDouble()).as(step.toString()).isPositive();
      assertThat(step.has("implementation"))
          .isEqualTo(step.get("kind").getAsString().equals("library call"));
    }
  }

  @Test
  void printsTimesSharesAndImplementations() throws IOException {
    var file = file(SMALL);
    for (var columns : List.of("76", "132")) {
      var run =
          CommandRun.in(
              Map.of("COLUMNS", columns),
              false,
              "show",
              "--profile",
              "--by-time",
              "--details",
              "--seconds",
              "0.2",
              file);
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out()).contains("Measured with random rows, median of ", "Library calls\n");
      assertThat(run.out()).contains("another layout: none\n", "  by java\n");
      assertThat(run.out().lines())
          .as(columns)
          .allMatch(line -> line.length() <= Integer.parseInt(columns));
      var shares =
          Pattern.compile("(?m)^ {1,3}\\d+ [fbu] .* ([0-9.]+)%")
              .matcher(run.out())
              .results()
              .map(match -> Double.parseDouble(match.group(1)))
              .toList();
      int steps = program(shown("--json", file)).getAsJsonArray("steps").size();
      assertThat(shares).hasSize(steps).isSortedAccordingTo(Comparator.reverseOrder());
      assertThat(shares.stream().mapToDouble(s -> s).sum()).isBetween(95.0, 105.0);
    }
  }

  @Test
  void profilesWithTheRowsOfTheTrainBlock() throws IOException {
    var tiny = Tiny.in(folder);
    assertThat(shown(tiny.model(), "--profile", "--seconds", "0.1", "--batch", "200"))
        .startsWith("Sides: train, a batch of 200\n")
        .contains("Measured with rows of points.csv, ");
    Files.delete(folder.resolve("points.csv"));
    assertThat(shown(tiny.model(), "--profile", "--seconds", "0.1", "--phase", "predict"))
        .contains("Measured with random rows, ");
  }

  @Test
  void profilesEveryStageAndModelsOfTexts() throws IOException {
    var staged = shown(file(STAGES), "--profile", "--seconds", "0.1");
    assertThat(staged.split("Measured with", -1)).hasSize(3);
    var texts =
        file(
            """
            model Texts {
              input review: str[]
              output y = review
                  |> TextVectorization(max_tokens = 50, output_sequence_length = 8)
                  |> Embedding(50, 4) |> LSTM(3) |> Dense(1)
            }
            """);
    assertThat(shown(texts, "--profile", "--seconds", "0.1")).contains("Measured with random rows");
  }

  @Test
  void drawsTimes() throws Exception {
    var path = folder.resolve("profile.html");
    shown(file(SMALL), "--profile", "--seconds", "0.1", "--html", path.toString());
    var page = parsed(Files.readString(path));
    assertThat(classed(page, "rect", "time")).isNotEmpty();
    assertThat(elements(page, "h2").stream().map(Element::getTextContent))
        .contains("Library calls");
    assertUsage("--by-time belongs to --profile", file(SMALL), "--by-time");
    assertUsage("--seconds belongs to --profile", file(SMALL), "--seconds", "3");
    assertUsage(
        "--by-time sorts what is printed, not --html or --json",
        file(SMALL),
        "--profile",
        "--by-time",
        "--json");
    for (var seconds : List.of("0", "-1", "NaN", "Infinity")) {
      assertUsage(
          "--seconds is a number greater than 0", file(SMALL), "--profile", "--seconds=" + seconds);
    }
  }

  @Test
  void refusesWhatItCannotDo() throws IOException {
    var file = file(SMALL);
    assertUsage("either --html or --json", file, "--html", path("a.html"), "--json");
    assertThat(CommandRun.of("show", file, "--html", path("none/a.html")).err())
        .contains("there is no folder");
    var open = file("model M { input x: f32[T, 2]  output y = x |> Dense(1) }");
    assertThat(CommandRun.of("show", open).err()).contains("the size of T is not known");
    assertThat(shown(open, "--set", "T=3")).startsWith("M: predict");
  }

  @Test
  void showsEveryStageOfATraining() throws IOException {
    var file = file(STAGES);
    assertThat(program(shown(file, "--json"), 0).get("program").getAsString())
        .isNotEqualTo(program(shown(file, "--json"), 1).get("program").getAsString());
    shown(file, "--html", path("stages.html"));
    assertThat(Files.readString(folder.resolve("stages.html"))).contains("id=\"step1-1\"");
  }

  private static JsonObject program(String json) {
    return program(json, 0);
  }

  private static JsonObject program(String json, int index) {
    return result(json).getAsJsonArray("programs").get(index).getAsJsonObject();
  }

  private static JsonObject result(String json) {
    return JsonParser.parseString(json).getAsJsonObject().getAsJsonObject("result");
  }

  private static void assertUsage(String message, String... arguments) {
    var run = run(arguments);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err() + run.out()).contains(message);
  }

  private static String shown(String... arguments) {
    var run = run(arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return run.out();
  }

  private static CommandRun run(String... arguments) {
    var words = new ArrayList<>(List.of("show"));
    words.addAll(List.of(arguments));
    return CommandRun.in(Map.of("COLUMNS", "100"), false, words.toArray(String[]::new));
  }

  /** The page without its first line is XML. */
  private static Document parsed(String page) throws Exception {
    var xml = page.substring(page.indexOf("<html"));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private static List<Element> classed(Document page, String name, String style) {
    return elements(page, name).stream()
        .filter(e -> List.of(e.getAttribute("class").split(" ")).contains(style))
        .toList();
  }

  private static List<Element> elements(Document page, String name) {
    var elements = new ArrayList<Element>();
    var found = page.getElementsByTagName(name);
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  private static void assertGolden(String name, String made) throws IOException {
    var golden = GOLDEN.resolve(name);
    if ("update".equals(System.getProperty("golden"))) {
      Files.createDirectories(GOLDEN);
      Files.writeString(golden, made);
    }
    assertThat(made).isEqualTo(Files.readString(golden));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("model.mdl"), text).toString();
  }
}
