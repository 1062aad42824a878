package org.mdlc.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.file.AtomicFile;

/** The metrics of every epoch that {@link Model#fit} ran; Keras's {@code History}. */
public final class History implements Callback {
  private final List<Integer> epochs = new ArrayList<>();
  private final List<Map<String, Double>> rows = new ArrayList<>();
  private final Set<String> names = new LinkedHashSet<>();
  private Params params = new Params(0, 0, OptionalLong.empty());

  History() {}

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    epochs.add(epoch);
    rows.add(new TreeMap<>(logs.values()));
    names.addAll(logs.values().keySet());
  }

  @Override
  public void setParams(Params newParams) {
    params = newParams;
  }

  @Override
  public void onTrainBegin() {
    epochs.clear();
    rows.clear();
    names.clear();
  }

  @Override
  public void onTrainResume(SavedState state) {
    onTrainBegin();
    List<String> columns = state.text("names").lines().toList();
    double[] saved = state.numbers("epochs");
    double[] values = state.numbers("values");
    double[] measured = state.numbers("measured");
    if (values.length != saved.length * columns.size() || measured.length != values.length) {
      throw new DataException("the history of the backup is incomplete");
    }
    for (int i = 0; i < saved.length; i++) {
      epochs.add((int) saved[i]);
      Map<String, Double> row = new TreeMap<>();
      for (int k = 0; k < columns.size(); k++) {
        if (measured[i * columns.size() + k] == 1) {
          row.put(columns.get(k), values[i * columns.size() + k]);
        }
      }
      rows.add(row);
    }
    names.addAll(columns);
  }

  @Override
  public void saveState(SavedState state) {
    state.put("names", String.join("\n", names));
    state.put("epochs", epochs.stream().mapToDouble(Integer::doubleValue).toArray());
    state.put("values", cells(0, Double::doubleValue));
    state.put("measured", cells(0, value -> 1));
  }

  /** Row by row a number for each name, made of its value. */
  private double[] cells(double missing, ToDoubleFunction<Double> number) {
    return rows.stream()
        .flatMap(row -> names.stream().map(row::get))
        .mapToDouble(value -> value == null ? missing : number.applyAsDouble(value))
        .toArray();
  }

  /** How the run was asked for: {@code verbose}, {@code epochs} and {@code steps}. */
  public Params params() {
    return params;
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
