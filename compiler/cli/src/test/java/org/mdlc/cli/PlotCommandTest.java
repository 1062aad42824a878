package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

final class PlotCommandTest {
  private static final String MODEL =
      """
      model Two {
        input a: f32[4], words: str[]
        let w = words |> TextVectorization(max_tokens = 9, output_sequence_length = 3)
            |> Embedding(9, 4) |> GlobalMaxPooling1D()
        output y = Dense(1)(relu(a + w))
      }
      """;

  @TempDir private Path folder;

  @Test
  void drawsLayersWithShapesAndParameters() throws Exception {
    var file = path("model.svg");
    var run = CommandRun.of("plot", file(MODEL), "--dtypes", "-o", file);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo(file + "\n");
    assertThat(texts(file))
        .startsWith("Two", "41 params")
        .contains("InputLayer", "words", "(None) str")
        .contains("Embedding", "embedding", "(None, 3, 4) f32", "36 params")
        .contains("Add, Relu", "Dense", "5 params");
    // input, vectorization, embedding, pooling, sum, dense, and the other input
    assertThat(parsed(file).getElementsByTagName("rect").getLength()).isEqualTo(1 + 7);
    // six arrows with their heads
    assertThat(parsed(file).getElementsByTagName("path").getLength()).isEqualTo(12);
  }

  @Test
  void leavesOutWhatIsNotWanted() throws Exception {
    var file = path("model.svg");
    CommandRun.of("plot", file(MODEL), "--no-names", "--no-shapes", "-o", file);
    assertThat(texts(file)).contains("Embedding").doesNotContain("embedding", "(None, 3, 4)");
  }

  @Test
  void liesDownOnRequest() throws Exception {
    var file = path("down.svg");
    CommandRun.of("plot", file(MODEL), "-o", file);
    double down = aspect(file);
    CommandRun.of("plot", file(MODEL), "--direction", "lr", "-o", file);
    assertThat(down).isLessThan(1);
    assertThat(aspect(file)).isGreaterThan(1);
  }

  @Test
  void drawsAPng() throws Exception {
    var file = path("model.png");
    assertThat(CommandRun.of("plot", file(MODEL), "-o", file).exitCode()).isZero();
    assertThat(ImageIO.read(Path.of(file).toFile()).getHeight()).isGreaterThan(400);
  }

  @Test
  void drawsAHistory() throws Exception {
    Files.writeString(folder.resolve("h.csv"), "epoch,loss,val_loss\n0,2,1\n1,1,0.5\n");
    var file = path("h.svg");
    var run = CommandRun.of("plot", "--history", path("h.csv"), "--title", "Mine", "-o", file);
    assertThat(run.exitCode()).isZero();
    assertThat(texts(file)).startsWith("Mine", "loss", "validation 0.5000", "training 1.0000");
  }

  @Test
  void saysWhatItNeeds() throws IOException {
    var model = file(MODEL);
    assertUsage("--output", "plot", model);
    assertUsage("--output writes a .svg or .png file, not a.pdf", "plot", model, "-o", "a.pdf");
    assertUsage("give either a model description or --history", "plot", "-o", path("a.svg"));
    assertUsage("either", "plot", model, "--history", "h.csv", "-o", path("a.svg"));
    assertUsage("--title is for a history", "plot", model, "--title", "T", "-o", path("a.svg"));
    var run = CommandRun.of("plot", "--history", path("no.csv"), "-o", path("a.svg"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("no.csv: no such file");
    assertThat(CommandRun.of("plot", model, "-o", path("none/a.svg")).err())
        .contains("there is no folder");
  }

  @Test
  void trainingDrawsItsHistory() throws Exception {
    var tiny = Tiny.in(folder);
    var file = path("training.svg");
    var run = CommandRun.of("train", tiny.model(), "--epochs", "3", "--plot", file);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines().filter(line -> line.startsWith("Epoch "))).hasSize(3);
    assertThat(texts(file)).startsWith("Sides", "loss").contains("accuracy", "3");
    var none = CommandRun.of("train", tiny.model(), "--epochs", "0", "--plot", path("none.svg"));
    assertThat(none.err()).contains("warning: no epoch ran, so", "none.svg is not drawn");
    assertUsage("--plot writes a .svg or .png file", "train", tiny.model(), "--plot", "a.gif");
  }

  private static void assertUsage(String message, String... command) {
    var run = CommandRun.of(command);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }

  private static double aspect(String file) throws Exception {
    var svg = parsed(file).getDocumentElement();
    return Double.parseDouble(svg.getAttribute("width"))
        / Double.parseDouble(svg.getAttribute("height"));
  }

  private static List<String> texts(String file) throws Exception {
    var elements = parsed(file).getElementsByTagName("text");
    var texts = new ArrayList<String>();
    for (int i = 0; i < elements.getLength(); i++) {
      texts.add(elements.item(i).getTextContent());
    }
    return texts;
  }

  private static Document parsed(String file) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(Path.of(file).toFile());
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("model.mdl"), text).toString();
  }
}
