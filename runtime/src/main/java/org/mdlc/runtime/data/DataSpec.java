package org.mdlc.runtime.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the rows of a data set hold: names, element types and shapes. It is known before any row is
 * read, so that data can be held against a model before the first epoch.
 *
 * @param columns in the order of the data
 */
public record DataSpec(List<Column> columns) {
  /** The type of the elements of a column. */
  public enum Kind {
    F32,
    I32,
    TEXT;

    static Kind of(DType dtype) {
      return switch (dtype) {
        case F32 -> F32;
        case I32 -> I32;
      };
    }
  }

  /**
   * One array, or tensor of strings, of every row.
   *
   * @param name as in the model
   * @param rowShape sizes of the axes of one row; empty for one value per row
   */
  public record Column(String name, Kind kind, List<Integer> rowShape) {
    /** Copies the shape; sizes are not negative. */
    public Column {
      rowShape = List.copyOf(rowShape);
      if (rowShape.stream().anyMatch(size -> size < 0)) {
        throw new IllegalArgumentException("negative size in shape " + rowShape + " of " + name);
      }
    }

    /** A column of numbers. */
    public static Column of(String name, DType dtype, int... rowShape) {
      return new Column(name, Kind.of(dtype), Arrays.stream(rowShape).boxed().toList());
    }

    /** A column of strings. */
    public static Column text(String name, int... rowShape) {
      return new Column(name, Kind.TEXT, Arrays.stream(rowShape).boxed().toList());
    }

    /** Such as {@code image f32[28, 28, 1]}. */
    @Override
    public String toString() {
      String type = kind == Kind.TEXT ? "str" : kind.name().toLowerCase(Locale.ROOT);
      return name + " " + type + rowShape;
    }
  }

  /** Names must be unique, and there is at least one. */
  public DataSpec {
    columns = List.copyOf(columns);
    if (columns.isEmpty()) {
      throw new DataException("a data set needs at least one array");
    }
    Set<String> seen = new HashSet<>();
    for (Column column : columns) {
      if (!seen.add(column.name())) {
        throw new DataException("two columns of the data are named " + column.name());
      }
    }
  }

  /** Of these columns. */
  public static DataSpec of(Column... columns) {
    return new DataSpec(List.of(columns));
  }

  /** Of the rows of arrays. */
  public static DataSpec of(ArrayDataset data) {
    Stream<Column> arrays =
        data.columns().entrySet().stream()
            .map(
                e ->
                    new Column(e.getKey(), Kind.of(e.getValue().dtype()), e.getValue().rowShape()));
    Stream<Column> texts =
        data.texts().entrySet().stream()
            .map(e -> new Column(e.getKey(), Kind.TEXT, rowShape(e.getValue())));
    return new DataSpec(Stream.concat(arrays, texts).toList());
  }

  private static List<Integer> rowShape(StringTensor text) {
    return Arrays.stream(text.shape()).skip(1).boxed().toList();
  }

  /** Names, in order. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** Whether there is a column of that name. */
  public boolean has(String name) {
    return columns.stream().anyMatch(column -> column.name().equals(name));
  }

  /**
   * The column of that name.
   *
   * @throws DataException if there is none, naming those there are
   */
  public Column get(String name) {
    return columns.stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    "the data has no column " + name + "; it has " + String.join(", ", names())));
  }

  /**
   * Checks rows against this promise; the order of the columns does not matter.
   *
   * @param what names the rows in the message: {@code element 7}
   * @throws DataException naming the first column that differs, with both shapes
   */
  public void require(ArrayDataset rows, String what) {
    DataSpec actual = rows.spec();
    if (actual.equals(this)) {
      return;
    }
    for (Column column : columns) {
      if (!actual.has(column.name())) {
        throw new DataException(
            what + " has no " + column + ", which the data set promises; it has " + actual);
      }
      if (!actual.get(column.name()).equals(column)) {
        throw new DataException(
            what + " has " + actual.get(column.name()) + " where the data set promises " + column);
      }
    }
    if (actual.columns().size() != columns.size()) {
      throw new DataException(what + " has " + actual + ", the data set promises only " + this);
    }
  }

  /** Such as {@code image f32[28, 28, 1], digit i32[]}. */
  @Override
  public String toString() {
    return columns.stream().map(Column::toString).collect(Collectors.joining(", "));
  }
}
