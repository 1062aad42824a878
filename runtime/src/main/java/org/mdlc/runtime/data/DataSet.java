package org.mdlc.runtime.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mdlc.runtime.file.NumpyFiles;

/**
 * Named arrays with the same number of rows: the inputs and targets of a model, or its predictions.
 * Immutable, except that the elements of the arrays are shared.
 */
public final class DataSet {
  private final Map<String, HostTensor> columns;
  private final int rows;

  private DataSet(Map<String, HostTensor> columns) {
    if (columns.isEmpty()) {
      throw new DataException("a data set needs at least one array");
    }
    this.columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    Map.Entry<String, HostTensor> first = columns.entrySet().iterator().next();
    for (Map.Entry<String, HostTensor> column : columns.entrySet()) {
      if (column.getValue().rank() == 0) {
        throw new DataException(column.getKey() + " is a scalar; a data set needs rows");
      }
      if (column.getValue().rows() != first.getValue().rows()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "the arrays of a data set need the same number of rows: %s has %d, %s has %d",
                first.getKey(),
                first.getValue().rows(),
                column.getKey(),
                column.getValue().rows()));
      }
    }
    this.rows = first.getValue().rows();
  }

  /**
   * A data set over the given arrays, in the order of the map.
   *
   * @throws DataException if there is no array, one is a scalar, or their row counts differ
   */
  public static DataSet of(Map<String, HostTensor> columns) {
    return new DataSet(columns);
  }

  /** A data set of one array. */
  public static DataSet of(String name, HostTensor values) {
    return new DataSet(Map.of(name, values));
  }

  /** A data set of two arrays, such as an input and a target. */
  public static DataSet of(
      String name, HostTensor values, String secondName, HostTensor secondValues) {
    return of(name, values).with(secondName, secondValues);
  }

  /**
   * The arrays of an {@code .npz} file under their names in the file, in the order of the file.
   *
   * @throws DataException if the file is malformed or the arrays do not form a data set
   */
  public static DataSet ofNpz(Path file) throws IOException {
    return new DataSet(NumpyFiles.readNpz(file));
  }

  /**
   * The array of an {@code .npy} file under the given name.
   *
   * @throws DataException if the file is malformed or holds a scalar
   */
  public static DataSet ofNpy(String name, Path file) throws IOException {
    return of(name, NumpyFiles.readNpy(file));
  }

  /** This data set with one array added, or replaced where the name is taken. */
  public DataSet with(String name, HostTensor values) {
    Map<String, HostTensor> extended = new LinkedHashMap<>(columns);
    extended.put(name, values);
    return new DataSet(extended);
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Names of the arrays, in order. */
  public List<String> names() {
    return List.copyOf(columns.keySet());
  }

  /** The arrays by name, in order. */
  public Map<String, HostTensor> columns() {
    return columns;
  }

  /** Whether there is an array of that name. */
  public boolean has(String name) {
    return columns.containsKey(name);
  }

  /**
   * The array of that name.
   *
   * @throws DataException if there is none, naming those there are
   */
  public HostTensor get(String name) {
    HostTensor column = columns.get(name);
    if (column == null) {
      throw new DataException(
          "the data has no array " + name + "; it has " + String.join(", ", columns.keySet()));
    }
    return column;
  }

  /** Copies of the rows {@code from} (inclusive) to {@code to} (exclusive). */
  public DataSet slice(int from, int to) {
    Map<String, HostTensor> sliced = new LinkedHashMap<>();
    columns.forEach((name, values) -> sliced.put(name, values.slice(from, to)));
    return new DataSet(sliced);
  }

  /** Copies of the given rows, in the given order. */
  public DataSet take(int... rowIndices) {
    Map<String, HostTensor> taken = new LinkedHashMap<>();
    columns.forEach((name, values) -> taken.put(name, values.take(rowIndices)));
    return new DataSet(taken);
  }

  /**
   * Splits off the last rows, as Keras's {@code validation_split} does: the first part has {@code
   * floor(rows * (1 - fraction))} rows.
   *
   * @param fraction the share of the second part, between 0 and 1
   * @throws DataException if one part would be empty
   */
  public Split split(double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new DataException("a split lies between 0 and 1, not " + fraction);
    }
    int splitAt = (int) Math.floor(rows * (1.0 - fraction));
    if (splitAt == 0 || splitAt == rows) {
      throw new DataException(
          "a split of " + fraction + " leaves one part of " + rows + " rows empty");
    }
    return new Split(slice(0, splitAt), slice(splitAt, rows));
  }

  /** Such as {@code DataSet(100 rows: image f32[100, 8, 8, 1], digit i32[100])}. */
  @Override
  public String toString() {
    List<String> parts =
        columns.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList();
    return "DataSet(" + rows + " rows: " + String.join(", ", parts) + ")";
  }

  /**
   * A data set cut in two.
   *
   * @param first the leading rows
   * @param last the trailing rows
   */
  public record Split(DataSet first, DataSet last) {}
}
