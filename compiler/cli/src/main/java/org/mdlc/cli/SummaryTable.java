package org.mdlc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mdlc.compiler.driver.ModelSummary;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * The table that Keras's {@code model.summary()} prints on 80 columns. Only names that do not fit
 * differ: they go on in the next line instead of being cut off.
 */
final class SummaryTable {
  private static final int BYTES_PER_ELEMENT = 4;
  private static final List<String> BYTE_UNITS = List.of("B", "KB", "MB", "GB", "TB");

  private record Column(String title, int width, boolean alignRight) {
    String cell(String text) {
      var fill = " ".repeat(Math.max(0, width - text.length()));
      return alignRight ? " " + fill + text + " " : " " + text + fill + " ";
    }
  }

  private static final List<Column> CHAIN =
      List.of(
          new Column("Layer (type)", 31, false),
          new Column("Output Shape", 22, false),
          new Column("Param #", 13, true));

  private static final List<Column> NETWORK =
      List.of(
          new Column("Layer (type)", 19, false),
          new Column("Output Shape", 17, false),
          new Column("Param #", 10, true),
          new Column("Connected to", 17, false));

  private final ModelSummary summary;
  private final List<Column> columns;
  private final StringBuilder out = new StringBuilder();

  private SummaryTable(ModelSummary summary) {
    this.summary = summary;
    this.columns = summary.isChain() ? CHAIN : NETWORK;
  }

  /** The whole text, ending in a line break. */
  static String print(ModelSummary summary) {
    return new SummaryTable(summary).print();
  }

  private String print() {
    out.append("Model: \"").append(summary.model()).append("\"\n");
    rule('┏', '━', '┳', '┓');
    row('┃', columns.stream().map(Column::title).toList());
    rule('┡', '━', '╇', '┩');
    for (int i = 0; i < summary.layers().size(); i++) {
      if (i > 0) {
        rule('├', '─', '┼', '┤');
      }
      row('│', cells(summary.layers().get(i)));
    }
    rule('└', '─', '┴', '┘');
    total("Total", summary.trainable() + summary.nonTrainable());
    total("Trainable", summary.trainable());
    total("Non-trainable", summary.nonTrainable());
    return out.toString();
  }

  private static List<String> cells(ModelSummary.Layer layer) {
    return List.of(
        layer.name() + " (" + layer.kind() + ")",
        shapes(layer.outputs()),
        String.format(Locale.ROOT, "%,d", layer.parameters()),
        connections(layer.connections()));
  }

  /** {@code (None, 28, 28, 1)}, or a list of such for several outputs. */
  private static String shapes(List<Shape> shapes) {
    var texts = shapes.stream().map(SummaryTable::shape).toList();
    return texts.size() == 1 ? texts.get(0) : "[" + String.join(", ", texts) + "]";
  }

  private static String shape(Shape shape) {
    return shape.dims().stream()
        .map(dim -> dim.equals(Dim.BATCH) ? "None" : dim.toString())
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String connections(List<ModelSummary.Connection> connections) {
    return connections.isEmpty()
        ? "-"
        : connections.stream()
            .map(c -> c.layer() + "[" + c.call() + "][" + c.output() + "]")
            .collect(Collectors.joining(", "));
  }

  private void rule(char left, char line, char cross, char right) {
    out.append(
        columns.stream()
            .map(column -> String.valueOf(line).repeat(column.width() + 2))
            .collect(Collectors.joining(String.valueOf(cross), left + "", right + "\n")));
  }

  private void row(char bar, List<String> cells) {
    var wrapped =
        IntStream.range(0, columns.size())
            .mapToObj(i -> wrap(cells.get(i), columns.get(i).width()))
            .toList();
    int height = wrapped.stream().mapToInt(List::size).max().orElse(0);
    for (int line = 0; line < height; line++) {
      out.append(bar);
      for (int i = 0; i < columns.size(); i++) {
        var lines = wrapped.get(i);
        out.append(columns.get(i).cell(line < lines.size() ? lines.get(line) : "")).append(bar);
      }
      out.append('\n');
    }
  }

  /** Broken between words; a word that is too long by itself is broken inside. */
  private static List<String> wrap(String text, int width) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    for (var word : text.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
      while (line.length() > width) {
        lines.add(line.substring(0, width));
        line.delete(0, width);
      }
    }
    lines.add(line.toString());
    return lines;
  }

  private void total(String what, long elements) {
    out.append(
        String.format(
            Locale.ROOT,
            " %s params: %,d (%s)\n",
            what,
            elements,
            bytes(elements * BYTES_PER_ELEMENT)));
  }

  /** {@code 258.66 KB}. */
  static String bytes(long bytes) {
    double size = bytes;
    for (var unit : BYTE_UNITS) {
      if (size < 1024) {
        return String.format(Locale.ROOT, "%.2f %s", size, unit);
      }
      size /= 1024;
    }
    return String.format(Locale.ROOT, "%.2f PB", size);
  }
}
