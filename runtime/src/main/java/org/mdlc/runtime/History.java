package org.mdlc.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.file.AtomicFile;

/** The metrics of every epoch that {@link Model#fit} ran; Keras's {@code History}. */
public final class History implements Callback {
  private final List<Integer> epochs = new ArrayList<>();
  private final List<Map<String, Double>> rows = new ArrayList<>();
  private final Set<String> names = new LinkedHashSet<>();

  History() {}

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    epochs.add(epoch);
    rows.add(new TreeMap<>(logs.values()));
    names.addAll(logs.values().keySet());
  }

  /** The epochs that ran, counted from 0. */
  public List<Integer> epochs() {
    return List.copyOf(epochs);
  }

  /**
   * Names of the metrics, sorted as in {@link Logs}; those of validation start with {@code val_}.
   */
  public List<String> names() {
    return List.copyOf(names);
  }

  /**
   * The values of a metric, one for each epoch in which it was measured.
   *
   * @throws DataException if there is no such metric, naming those there are
   */
  public double[] get(String name) {
    if (!names.contains(name)) {
      throw new DataException(
          "no metric " + name + " in the history; it has " + String.join(", ", names));
    }
    return rows.stream()
        .map(row -> row.get(name))
        .filter(Objects::nonNull)
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  /**
   * The values of a metric, one for each of {@link #epochs}: NaN where it was not measured, and
   * everywhere if it never was.
   */
  public double[] series(String name) {
    return rows.stream().mapToDouble(row -> row.getOrDefault(name, Double.NaN)).toArray();
  }

  /** The value of a metric in the last epoch in which it was measured. */
  public double last(String name) {
    double[] series = get(name);
    return series[series.length - 1];
  }

  /**
   * Writes a CSV file: a header {@code epoch,...} and one line per epoch, epochs counted from 0 as
   * in Keras's {@code CSVLogger}, {@code NA} where a metric was not measured.
   */
  public void writeCsv(Path file) throws IOException {
    StringBuilder text = new StringBuilder("epoch");
    names.forEach(name -> text.append(',').append(name));
    text.append('\n');
    for (int i = 0; i < rows.size(); i++) {
      text.append(epochs.get(i));
      for (String name : names) {
        Double value = rows.get(i).get(name);
        text.append(',').append(value == null ? "NA" : value.toString());
      }
      text.append('\n');
    }
    AtomicFile.writeText(file, text.toString());
  }
}
