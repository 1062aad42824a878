package org.mdlc.runtime.plot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.runtime.History;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.StringTensor;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/**
 * How training went, as a picture: a panel for the loss and one for each metric, training and
 * validation together, over the epochs, which count from 1 as in the progress bar. Keras has no
 * such function; its users draw {@code History.history} by hand.
 *
 * <pre>{@code
 * HistoryPlot.of(model.fit(data, options)).save(Path.of("history.svg"));
 * }</pre>
 */
public final class HistoryPlot {
  private static final String EPOCH = "epoch";
  private static final String VALIDATION = "val_";
  private static final String LOSS = "loss";
  private static final String LEARNING_RATE = "learning_rate";

  private static final double MARGIN = 24;
  private static final double GAP = 32;
  private static final double TITLE = 34;

  private final List<Double> epochs;
  private final Map<String, double[]> columns;
  private final String title;

  private HistoryPlot(List<Double> epochs, Map<String, double[]> columns, String title) {
    this.epochs = epochs;
    this.columns = columns;
    this.title = title;
  }

  /**
   * Of what {@code fit} returned.
   *
   * @param stages several when training goes on where it stopped before
   * @throws IllegalArgumentException if no epoch ran
   */
  public static HistoryPlot of(History... stages) {
    Set<String> names = new LinkedHashSet<>();
    List<Double> epochs = new ArrayList<>();
    for (History stage : stages) {
      names.addAll(stage.names());
      stage.epochs().forEach(epoch -> epochs.add((double) epoch));
    }
    if (epochs.isEmpty()) {
      throw new IllegalArgumentException("no epoch ran, so there is nothing to draw");
    }
    Map<String, double[]> columns = new LinkedHashMap<>();
    for (String name : names) {
      double[] column = new double[epochs.size()];
      int row = 0;
      for (History stage : stages) {
        for (double value : stage.series(name)) {
          column[row++] = value;
        }
      }
      columns.put(name, column);
    }
    return new HistoryPlot(epochs, columns, "");
  }

  /**
   * Of a file that {@link History#writeCsv}, {@code mdlc train --history} or Keras's {@code
   * CSVLogger} wrote.
   *
   * @throws DataException if the file has no column {@code epoch}, no rows, no other column, or
   *     something that is neither a number nor {@code NA}
   */
  public static HistoryPlot read(Path csv) {
    List<String> header = CsvDataset.header(csv);
    if (!header.contains(EPOCH)) {
      throw new DataException(
          csv
              + " is no history: it has no column "
              + EPOCH
              + ", only "
              + String.join(", ", header));
    }
    String[] names = header.toArray(String[]::new);
    StringTensor cells =
        CsvDataset.of(csv).columns(ColumnGroup.texts("cells", names)).read().text("cells");
    if (cells.size() == 0 || names.length == 1) {
      throw new DataException(csv + " is a history without epochs, so there is nothing to draw");
    }
    Map<String, double[]> columns = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      columns.put(names[i], numbers(csv, names, cells, i));
    }
    double[] epochs = columns.remove(EPOCH);
    return new HistoryPlot(Arrays.stream(epochs).boxed().toList(), columns, "");
  }

  private static double[] numbers(Path csv, String[] names, StringTensor cells, int column) {
    double[] numbers = new double[cells.size() / names.length];
    for (int i = 0; i < numbers.length; i++) {
      String text = cells.get(i * names.length + column).strip();
      numbers[i] = number(csv, names[column], i + 1, text);
    }
    return numbers;
  }

  // Python writes nan and inf, Java NaN and Infinity; NA stands for what was not measured.
  private static double number(Path csv, String column, int row, String text) {
    return switch (text) {
      case "", "NA", "nan", "NaN" -> Double.NaN;
      case "inf", "Infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        try {
          yield Double.parseDouble(text);
        } catch (NumberFormatException e) {
          throw new DataException(
              csv + ", row " + row + ", column " + column + ": \"" + text + "\" is not a number",
              e);
        }
      }
    };
  }

  /** The same with a title over all panels, such as the name of the model. */
  public HistoryPlot title(String text) {
    return new HistoryPlot(epochs, columns, text);
  }

  /**
   * Writes the picture.
   *
   * @param file ends in .svg or .png
   * @throws IllegalArgumentException if it ends otherwise
   */
  public void save(Path file) throws IOException {
    drawing().save(file);
  }

  /** The picture. */
  public Drawing drawing() {
    List<String> metrics = metrics();
    int across = across(metrics.size());
    int down = Math.ceilDiv(metrics.size(), across);
    double top = MARGIN + (title.isEmpty() ? 0 : TITLE);
    Drawing drawing =
        new Drawing(
            2 * MARGIN + across * HistoryPanel.WIDTH + (across - 1) * GAP,
            top + down * HistoryPanel.HEIGHT + (down - 1) * GAP + MARGIN,
            (title.isEmpty() ? "" : title + ": ") + String.join(", ", metrics) + " by epoch");
    if (!title.isEmpty()) {
      drawing.add(
          new Drawing.Words(
              MARGIN, MARGIN + 14, title, 18, true, Drawing.Align.START, HistoryPanel.INK));
    }
    for (int i = 0; i < metrics.size(); i++) {
      String metric = metrics.get(i);
      int row = i / across;
      new HistoryPanel(
              drawing,
              MARGIN + (i % across) * (HistoryPanel.WIDTH + GAP),
              top + row * (HistoryPanel.HEIGHT + GAP),
              epochs)
          .draw(metric, columns.get(metric), columns.get(VALIDATION + metric));
    }
    return drawing;
  }

  /** The loss, then all others in the order of the history, the learning rate last. */
  private List<String> metrics() {
    Set<String> names = new LinkedHashSet<>();
    for (String column : columns.keySet()) {
      names.add(column.startsWith(VALIDATION) ? column.substring(VALIDATION.length()) : column);
    }
    List<String> sorted = new ArrayList<>(names);
    if (sorted.remove(LOSS)) {
      sorted.addFirst(LOSS);
    }
    if (sorted.remove(LEARNING_RATE)) {
      sorted.addLast(LEARNING_RATE);
    }
    return sorted;
  }

  private static int across(int panels) {
    return panels <= 3 ? panels : panels == 4 ? 2 : 3;
  }
}
