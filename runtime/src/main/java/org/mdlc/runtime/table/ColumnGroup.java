package org.mdlc.runtime.table;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;

/**
 * The columns of a table that make one array, or tensor of strings, of a data set.
 *
 * <p>Columns are written as a name, {@code "p00..p77"} for all from one name to another, {@code
 * "#3"} for one by its place from 0, or {@code "#0..#63"} for places, both ends included.
 *
 * @param name of the array, as in the model
 * @param columns in order
 * @param rowShape sizes of the axes of one row; unless given, none for one column and one axis for
 *     more
 * @param scale every number is multiplied by this, and then {@code offset} is added
 * @param vocabulary the texts of a category in the order of their numbers; learned from the data
 *     and sorted when empty
 * @param fill what stands for a missing value, as it would in the table
 */
public record ColumnGroup(
    String name,
    Kind kind,
    List<String> columns,
    Optional<List<Integer>> rowShape,
    double scale,
    double offset,
    List<String> vocabulary,
    Optional<String> fill) {
  /** What the values of a column are. */
  public enum Kind {
    /** Numbers, f32. */
    FLOAT,
    /** Whole numbers, i32. */
    INT,
    /** Texts as they stand. */
    TEXT,
    /** Texts that become their place in a vocabulary, i32. */
    CATEGORY,
    /** Whole numbers, or a category if not all values are numbers; i32. */
    LABEL
  }

  /** Copies the lists; a group has at least one column. */
  public ColumnGroup {
    columns = List.copyOf(columns);
    vocabulary = List.copyOf(vocabulary);
    rowShape = rowShape.map(List::copyOf);
    if (columns.isEmpty()) {
      throw new IllegalArgumentException(name + " has no columns");
    }
  }

  private static ColumnGroup of(String name, Kind kind, String... columns) {
    List<String> named = columns.length == 0 ? List.of(name) : Arrays.asList(columns);
    return new ColumnGroup(name, kind, named, Optional.empty(), 1, 0, List.of(), Optional.empty());
  }

  /**
   * The columns of an array of a model: numbers for floats, else a label in one column or whole
   * numbers in several.
   *
   * @param width how many columns they are
   */
  public static ColumnGroup of(String name, DType dtype, List<String> columns, int width) {
    Kind kind =
        switch (dtype) {
          case F32 -> Kind.FLOAT;
          case I32 -> width == 1 ? Kind.LABEL : Kind.INT;
        };
    return of(name, kind, columns.toArray(String[]::new));
  }

  /** Numbers; of the column with the name of the array if none is named. */
  public static ColumnGroup floats(String name, String... columns) {
    return of(name, Kind.FLOAT, columns);
  }

  /** Whole numbers; of the column with the name of the array if none is named. */
  public static ColumnGroup ints(String name, String... columns) {
    return of(name, Kind.INT, columns);
  }

  /** Texts; of the column with the name of the array if none is named. */
  public static ColumnGroup texts(String name, String... columns) {
    return of(name, Kind.TEXT, columns);
  }

  /** Texts as numbers; of the column with the name of the array if none is named. */
  public static ColumnGroup categories(String name, String... columns) {
    return of(name, Kind.CATEGORY, columns);
  }

  /** Class numbers or names; of the column with the name of the array if none is named. */
  public static ColumnGroup labels(String name, String... columns) {
    return of(name, Kind.LABEL, columns);
  }

  /** With rows of this shape, filled in row-major order. */
  public ColumnGroup shaped(int... newRowShape) {
    return shaped(Arrays.stream(newRowShape).boxed().toList());
  }

  /** With rows of this shape, filled in row-major order. */
  public ColumnGroup shaped(List<Integer> newRowShape) {
    return new ColumnGroup(
        name, kind, columns, Optional.of(newRowShape), scale, offset, vocabulary, fill);
  }

  /** With every number multiplied and then shifted, in double precision; the numbers are f32. */
  public ColumnGroup scaled(double by, double plus) {
    return new ColumnGroup(name, kind, columns, rowShape, by, plus, vocabulary, fill);
  }

  /** With these texts as the categories 0, 1 and so on; another one is an error. */
  public ColumnGroup vocabulary(List<String> texts) {
    return new ColumnGroup(name, kind, columns, rowShape, scale, offset, texts, fill);
  }

  /** With this in place of missing values. */
  public ColumnGroup filled(String value) {
    return new ColumnGroup(
        name, kind, columns, rowShape, scale, offset, vocabulary, Optional.of(value));
  }

  /** With values of another kind. */
  public ColumnGroup ofKind(Kind found) {
    return new ColumnGroup(name, found, columns, rowShape, scale, offset, vocabulary, fill);
  }

  boolean isLearned() {
    return (kind == Kind.CATEGORY || kind == Kind.LABEL) && vocabulary.isEmpty();
  }

  boolean isScaled() {
    return scale != 1 || offset != 0;
  }

  static long size(List<Integer> shape) {
    return HostTensor.elementCount(shape.stream().mapToInt(Integer::intValue).toArray());
  }
}
