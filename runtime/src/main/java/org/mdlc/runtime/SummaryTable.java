package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The table that Keras's {@code model.summary()} prints, to the character. Only names that do not
 * fit differ: they go on in the next line instead of being cut off.
 */
final class SummaryTable {
  private static final int BYTES_PER_ELEMENT = 4;
  private static final List<String> BYTE_UNITS = List.of("B", "KB", "MB", "GB", "TB");
  private static final List<String> COUNT_UNITS = List.of("", "K", "M", "G", "T", "P");

  private final Summary summary;
  private final boolean details;
  private final boolean coloured;
  private final List<SummaryColumn> columns;
  private final StringBuilder out = new StringBuilder();

  private SummaryTable(Summary summary, boolean details, int width, boolean coloured) {
    this.summary = summary;
    this.details = details;
    this.coloured = coloured;
    this.columns =
        details
            ? SummaryColumn.detailed(width)
            : summary.chain() ? SummaryColumn.chain(width) : SummaryColumn.network(width);
  }

  /** The whole text, ending in a line break. */
  static String print(Summary summary, boolean details, int width, boolean coloured) {
    return new SummaryTable(summary, details, width, coloured).print();
  }

  private String print() {
    line(SummaryCell.bold("Model: \"" + summary.model() + "\""));
    rule('┏', '━', '┳', '┓');
    row('┃', columns.stream().map(column -> SummaryCell.bold(column.title())).toList());
    rule('┡', '━', '╇', '┩');
    for (int i = 0; i < summary.layers().size(); i++) {
      if (i > 0) {
        rule('├', '─', '┼', '┤');
      }
      row('│', cells(summary.layers().get(i)));
    }
    rule('└', '─', '┴', '┘');
    long weights = summary.trainable() + summary.nonTrainable();
    parameters("Total", weights + summary.optimizer());
    parameters("Trainable", summary.trainable());
    parameters("Non-trainable", summary.nonTrainable());
    if (summary.optimizer() > 0) {
      parameters("Optimizer", summary.optimizer());
    }
    needs(summary.needs());
    return out.toString();
  }

  private List<SummaryCell> cells(Summary.Layer layer) {
    var cells = new ArrayList<SummaryCell>();
    cells.add(
        SummaryCell.plain(layer.name() + " (").then(SummaryCell.kind(layer.kind())).then(")"));
    cells.add(SummaryCell.numbers(layer.shape()));
    cells.add(SummaryCell.numbers(String.format(Locale.ROOT, "%,d", layer.parameters())));
    if (details) {
      cells.add(
          SummaryCell.numbers(layer.flops() < 0 ? "?" : brief(layer.flops(), 1000, COUNT_UNITS)));
      cells.add(
          SummaryCell.numbers(layer.bytes() < 0 ? "?" : brief(layer.bytes(), 1024, BYTE_UNITS)));
    } else {
      cells.add(
          layer.connections().isEmpty()
              ? SummaryCell.plain("-")
              : SummaryCell.indices(layer.connections()));
    }
    return cells;
  }

  private void rule(char left, char line, char cross, char right) {
    out.append(
        columns.stream()
            .map(column -> String.valueOf(line).repeat(column.width() + 2))
            .collect(Collectors.joining(String.valueOf(cross), left + "", right + "\n")));
  }

  private void row(char bar, List<SummaryCell> cells) {
    var wrapped =
        IntStream.range(0, columns.size())
            .mapToObj(i -> cells.get(i).wrap(columns.get(i).width()))
            .toList();
    int height = wrapped.stream().mapToInt(List::size).max().orElse(0);
    for (int line = 0; line < height; line++) {
      out.append(bar);
      for (int i = 0; i < columns.size(); i++) {
        var lines = wrapped.get(i);
        var cell = line < lines.size() ? lines.get(line) : SummaryCell.plain("");
        var fill = " ".repeat(Math.max(0, columns.get(i).width() - cell.length()));
        boolean alignRight = columns.get(i).alignRight();
        out.append(alignRight ? " " + fill : " ");
        out.append(cell.text(coloured));
        out.append(alignRight ? " " : fill + " ").append(bar);
      }
      out.append('\n');
    }
  }

  private void parameters(String what, long elements) {
    total(
        what + " params: ",
        String.format(Locale.ROOT, "%,d", elements),
        " (" + bytes(elements * BYTES_PER_ELEMENT) + ")");
  }

  private void needs(Summary.Needs needs) {
    if (needs.batch() == 0) {
      return;
    }
    String batch = " (batch of " + needs.batch() + ")";
    if (needs.trainingBytes() > 0) {
      total("Training step memory: ", bytes(needs.trainingBytes()), batch);
    }
    total("Prediction memory: ", bytes(needs.inferenceBytes()), batch);
    total("Forward FLOPs: ", perRow(needs.forwardFlops(), needs.batch()), " per row");
    if (needs.trainingFlops() > 0) {
      total("Training step FLOPs: ", perRow(needs.trainingFlops(), needs.batch()), " per row");
    }
  }

  private static String perRow(long flops, int batch) {
    return String.format(Locale.ROOT, "%,d", Math.round((double) flops / batch));
  }

  private void total(String what, String number, String more) {
    line(SummaryCell.bold(" " + what).then(SummaryCell.number(number)).then(more));
  }

  private void line(SummaryCell cell) {
    out.append(cell.text(coloured)).append('\n');
  }

  /** {@code 258.66 KB}. */
  private static String bytes(long bytes) {
    double size = bytes;
    for (var unit : BYTE_UNITS) {
      if (size < 1024) {
        return String.format(Locale.ROOT, "%.2f %s", size, unit);
      }
      size /= 1024;
    }
    return String.format(Locale.ROOT, "%.2f PB", size);
  }

  /** {@code 1.18 M}: a number with three digits and its unit. */
  private static String brief(double number, double thousand, List<String> units) {
    double size = number;
    int unit = 0;
    // 999.5 is the first that would be printed as 1000
    while (size >= 999.5 && unit < units.size() - 1) {
      size /= thousand;
      unit++;
    }
    int decimals = unit == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    return (String.format(Locale.ROOT, "%." + decimals + "f ", size) + units.get(unit)).strip();
  }
}
