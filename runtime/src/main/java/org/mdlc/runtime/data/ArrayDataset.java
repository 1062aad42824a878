package org.mdlc.runtime.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.mdlc.runtime.file.NumpyFiles;

/**
 * Named arrays, and tensors of strings, with the same number of rows: the inputs and targets of a
 * model, or its predictions. Immutable, except that the elements of the arrays are shared.
 */
public final class ArrayDataset implements IndexedDataset {
  private final Map<String, HostTensor> columns;
  private final Map<String, StringTensor> texts;
  private final int rows;

  private ArrayDataset(Map<String, HostTensor> columns, Map<String, StringTensor> texts) {
    if (columns.isEmpty() && texts.isEmpty()) {
      throw new DataException("a data set needs at least one array");
    }
    this.columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    this.texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    Map<String, Integer> counts = new LinkedHashMap<>();
    columns.forEach((name, values) -> counts.put(name, rows(name, values.shape())));
    texts.forEach((name, values) -> counts.put(name, rows(name, values.shape())));
    Map.Entry<String, Integer> first = counts.entrySet().iterator().next();
    for (Map.Entry<String, Integer> count : counts.entrySet()) {
      if (!count.getValue().equals(first.getValue())) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "the arrays of a data set need the same number of rows: %s has %d, %s has %d",
                first.getKey(),
                first.getValue(),
                count.getKey(),
                count.getValue()));
      }
    }
    this.rows = first.getValue();
  }

  private static int rows(String name, int[] shape) {
    if (shape.length == 0) {
      throw new DataException(name + " is a scalar; a data set needs rows");
    }
    return shape[0];
  }

  /**
   * A data set over the given arrays, in the order of the map.
   *
   * @throws DataException if there is no array, one is a scalar, or their row counts differ
   */
  public static ArrayDataset of(Map<String, HostTensor> columns) {
    return new ArrayDataset(columns, Map.of());
  }

  /**
   * A data set over the given arrays and tensors of strings, in the order of the maps.
   *
   * @throws DataException if there is none, one is a scalar, or their row counts differ
   */
  public static ArrayDataset of(Map<String, HostTensor> columns, Map<String, StringTensor> texts) {
    return new ArrayDataset(columns, texts);
  }

  /** A data set of one array. */
  public static ArrayDataset of(String name, HostTensor values) {
    return of(Map.of(name, values));
  }

  /** A data set of one tensor of strings. */
  public static ArrayDataset of(String name, StringTensor values) {
    return new ArrayDataset(Map.of(), Map.of(name, values));
  }

  /** A data set of two arrays, such as an input and a target. */
  public static ArrayDataset of(
      String name, HostTensor values, String secondName, HostTensor secondValues) {
    return of(name, values).with(secondName, secondValues);
  }

  /**
   * The arrays of an {@code .npz} file under their names in the file, in the order of the file.
   *
   * @throws DataException if the file is malformed or the arrays do not form a data set
   */
  public static ArrayDataset ofNpz(Path file) throws IOException {
    return of(NumpyFiles.readNpz(file));
  }

  /**
   * The array of an {@code .npy} file under the given name.
   *
   * @throws DataException if the file is malformed or holds a scalar
   */
  public static ArrayDataset ofNpy(String name, Path file) throws IOException {
    return of(name, NumpyFiles.readNpy(file));
  }

  /** This data set with one array added, or replaced where the name is taken. */
  public ArrayDataset with(String name, HostTensor values) {
    Map<String, HostTensor> extended = new LinkedHashMap<>(columns);
    extended.put(name, values);
    return new ArrayDataset(extended, without(texts, name));
  }

  /** This data set with one tensor of strings added, or replaced where the name is taken. */
  public ArrayDataset with(String name, StringTensor values) {
    Map<String, StringTensor> extended = new LinkedHashMap<>(texts);
    extended.put(name, values);
    return new ArrayDataset(without(columns, name), extended);
  }

  private static <T> Map<String, T> without(Map<String, T> map, String name) {
    Map<String, T> rest = new LinkedHashMap<>(map);
    rest.remove(name);
    return rest;
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  @Override
  public DataSpec spec() {
    return DataSpec.of(this);
  }

  @Override
  public long count() {
    return rows;
  }

  /** This. */
  @Override
  public ArrayDataset collect() {
    return this;
  }

  /** A copy of one row. */
  @Override
  public ArrayDataset get(long index) {
    int row = Math.toIntExact(index);
    return slice(row, row + 1);
  }

  /** Names of the arrays, in order, then those of the tensors of strings. */
  public List<String> names() {
    return Stream.concat(columns.keySet().stream(), texts.keySet().stream()).toList();
  }

  /** The arrays by name, in order. */
  public Map<String, HostTensor> columns() {
    return columns;
  }

  /** The tensors of strings by name, in order. */
  public Map<String, StringTensor> texts() {
    return texts;
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
          "the data has no array " + name + "; it has " + String.join(", ", names()));
    }
    return column;
  }

  /**
   * The tensor of strings of that name.
   *
   * @throws DataException if there is none, naming what there is
   */
  public StringTensor text(String name) {
    StringTensor text = texts.get(name);
    if (text == null) {
      throw new DataException(
          "the data has no text " + name + "; it has " + String.join(", ", names()));
    }
    return text;
  }

  /** Copies of the rows {@code from} (inclusive) to {@code to} (exclusive). */
  public ArrayDataset slice(int from, int to) {
    Map<String, HostTensor> sliced = new LinkedHashMap<>();
    columns.forEach((name, values) -> sliced.put(name, values.slice(from, to)));
    Map<String, StringTensor> slicedTexts = new LinkedHashMap<>();
    texts.forEach((name, values) -> slicedTexts.put(name, values.slice(from, to)));
    return new ArrayDataset(sliced, slicedTexts);
  }

  /** Copies of the given rows, in the given order. */
  public ArrayDataset takeRows(int... rowIndices) {
    Map<String, HostTensor> taken = new LinkedHashMap<>();
    columns.forEach((name, values) -> taken.put(name, values.take(rowIndices)));
    Map<String, StringTensor> takenTexts = new LinkedHashMap<>();
    texts.forEach((name, values) -> takenTexts.put(name, values.take(rowIndices)));
    return new ArrayDataset(taken, takenTexts);
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

  /** Such as {@code ArrayDataset(100 rows: image f32[100, 8, 8, 1], digit i32[100])}. */
  @Override
  public String toString() {
    List<String> parts =
        Stream.of(columns, texts)
            .flatMap(map -> map.entrySet().stream())
            .map(e -> e.getKey() + " " + e.getValue())
            .toList();
    return "ArrayDataset(" + rows + " rows: " + String.join(", ", parts) + ")";
  }

  /**
   * A data set cut in two.
   *
   * @param first the leading rows
   * @param last the trailing rows
   */
  public record Split(ArrayDataset first, ArrayDataset last) {}
}
