package org.mdlc.runtime.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.DataException;
import org.w3c.dom.Document;

class HistoryPlotTest {
  private static final String HISTORY =
      """
      epoch,accuracy,loss,val_accuracy,val_loss,learning_rate
      0,0.5,2.0,0.6,1.5,0.01
      1,0.7,1.0,NA,NA,0.01
      2,0.9,nan,0.8,0.5,0.001
      """;

  @TempDir private Path folder;

  @Test
  void drawsAPanelForEachMetricTheLossFirst() throws Exception {
    Drawing drawing = HistoryPlot.read(csv(HISTORY)).title("A & <B>").drawing();
    List<String> words = words(drawing);
    assertThat(words.stream().filter(List.of("loss", "accuracy", "learning_rate")::contains))
        .containsExactly("loss", "accuracy", "learning_rate");
    assertThat(words)
        .contains("training 1.0000", "validation 0.5000", "training 0.9000", "validation 0.8000")
        .contains("A & <B>", "1", "2", "3");
    assertThat(parsed(drawing.svg()).getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("A & <B>: loss, accuracy, learning_rate by epoch");
  }

  @Test
  void aLineGoesOnOverEpochsWithoutAValue() throws IOException {
    List<Drawing.Line> lines = new ArrayList<>();
    for (Drawing.Shape shape : HistoryPlot.read(csv(HISTORY)).drawing().shapes()) {
      if (shape instanceof Drawing.Line line && line.width() == 2) {
        lines.add(line);
      }
    }
    assertThat(lines).hasSize(5);
    assertThat(lines.get(1).path()).hasSize(2);
    assertThat(lines.get(1).path().getFirst()).isInstanceOf(Drawing.Start.class);
    assertThat(lines.get(1).path().getLast()).isInstanceOf(Drawing.To.class);
  }

  @Test
  void theSameHistoryIsTheSameText() throws IOException {
    Path file = csv(HISTORY);
    assertThat(HistoryPlot.read(file).drawing().svg())
        .isEqualTo(HistoryPlot.read(file).drawing().svg());
  }

  @Test
  void savesPictures() throws Exception {
    HistoryPlot plot = HistoryPlot.read(csv(HISTORY));
    Path png = folder.resolve("plot.PNG");
    plot.save(png);
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getWidth()).isEqualTo((int) (2 * plot.drawing().width()));
    assertThat(image.getRGB(0, 0)).isEqualTo(0xffffffff);
    assertThat(colours(image)).contains(0xff0072b2, 0xffd55e00);
    plot.save(folder.resolve("plot.svg"));
    assertThat(Files.readString(folder.resolve("plot.svg"))).isEqualTo(plot.drawing().svg());
    assertThatThrownBy(() -> plot.save(folder.resolve("plot.pdf")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(".svg or .png")
        .hasMessageContaining("plot.pdf");
  }

  @Test
  void refusesWhatIsNoHistory() {
    assertRefused("a,b\n1,2\n", "no column epoch, only a, b");
    assertRefused("epoch,loss\n", "without epochs");
    assertRefused("epoch\n0\n", "without epochs");
    assertRefused("epoch,loss\n0,0.5\n1,high\n", "row 2, column loss: \"high\" is not a number");
  }

  @Test
  void axesBeginAndEndAtTicks() {
    Axis axis = Axis.around(DoubleStream.of(0.0105, 1.2934, Double.NaN));
    assertThat(axis.ticks().stream().map(axis::label)).containsExactly("0.0", "0.5", "1.0", "1.5");
    Axis one = Axis.around(DoubleStream.of(0.25));
    assertThat(one.low()).isLessThan(0.25);
    assertThat(one.high()).isGreaterThan(0.25);
    Axis large = Axis.around(DoubleStream.of(1e9, 3e9));
    assertThat(large.label(large.ticks().getLast())).isEqualTo("3.0e+09");
    Axis none = Axis.around(DoubleStream.of(Double.NaN, Double.POSITIVE_INFINITY));
    assertThat(none.ticks()).hasSize(6);
    Axis epochs = Axis.ofWhole(1, 100);
    assertThat(epochs.ticks().stream().map(epochs::label)).startsWith("20", "40").endsWith("100");
    Axis single = Axis.ofWhole(1, 1);
    assertThat(single.ticks()).containsExactly(1.0);
    assertThat(single.share(1)).isEqualTo(0.5);
  }

  @Test
  void escapesWhatXmlDoesNotHave() throws Exception {
    Drawing drawing = new Drawing(10, 10, "a\u0000b\"<&>\ud800");
    assertThat(parsed(drawing.svg()).getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("a\ufffdb\"<&>\ufffd");
  }

  private static List<String> words(Drawing drawing) {
    List<String> words = new ArrayList<>();
    for (Drawing.Shape shape : drawing.shapes()) {
      if (shape instanceof Drawing.Words text) {
        words.add(text.text());
      }
    }
    return words;
  }

  private static List<Integer> colours(BufferedImage image) {
    List<Integer> colours = new ArrayList<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.add(image.getRGB(x, y));
      }
    }
    return colours.stream().distinct().toList();
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private void assertRefused(String text, String message) {
    assertThatThrownBy(() -> HistoryPlot.read(csv(text)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("history.csv")
        .hasMessageContaining(message);
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("history.csv"), text);
  }
}
