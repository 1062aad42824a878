package org.mdlc.runtime.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;
import org.mdlc.runtime.table.ColumnGroup.Kind;

/** Turns the texts of a table into the arrays of a data set. Used by several threads. */
final class RowMaker {
  private static final int MOST_NAMED = 8;

  private final ColumnNames names;
  private final List<ColumnGroup> groups;
  private final Set<String> missing;
  private final List<int[]> places = new ArrayList<>();
  private final List<TextNumbers> numbers = new ArrayList<>();
  private final DataSpec spec;

  /**
   * @param groups with their vocabularies, and none of kind LABEL
   * @param missing texts that stand for no value
   */
  RowMaker(ColumnNames names, List<ColumnGroup> groups, Set<String> missing) {
    this.names = names;
    this.groups = groups;
    this.missing = missing;
    List<DataSpec.Column> columns = new ArrayList<>();
    List<DataSpec.Column> texts = new ArrayList<>();
    for (ColumnGroup group : groups) {
      int[] columnPlaces = names.places(group.columns());
      places.add(columnPlaces);
      numbers.add(new TextNumbers(group.vocabulary()));
      DataSpec.Column column = column(names, group, columnPlaces.length);
      (group.kind() == Kind.TEXT ? texts : columns).add(column);
    }
    columns.addAll(texts);
    this.spec = new DataSpec(columns);
  }

  private static DataSpec.Column column(ColumnNames names, ColumnGroup group, int width) {
    List<Integer> shape = group.rowShape().orElse(width == 1 ? List.of() : List.of(width));
    if (ColumnGroup.size(shape) != width) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: %s takes %d values per row (%s), %s are %d columns",
              names.table(),
              group.name(),
              ColumnGroup.size(shape),
              shape,
              String.join(", ", group.columns()),
              width));
    }
    return new DataSpec.Column(
        group.name(),
        switch (group.kind()) {
          case FLOAT -> DataSpec.Kind.F32;
          case TEXT -> DataSpec.Kind.TEXT;
          case INT, CATEGORY, LABEL -> group.isScaled() ? DataSpec.Kind.F32 : DataSpec.Kind.I32;
        },
        shape);
  }

  DataSpec spec() {
    return spec;
  }

  /** Whether a value is missing for which there is no other. */
  boolean lacks(Table.Row row) {
    for (int g = 0; g < groups.size(); g++) {
      if (groups.get(g).fill().isEmpty()) {
        for (int place : places.get(g)) {
          if (isMissing(groups.get(g), row.cell(place))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  // An empty text is a text.
  private boolean isMissing(ColumnGroup group, @Nullable String cell) {
    return cell == null
        || cell.isBlank() && group.kind() != Kind.TEXT
        || missing.contains(cell.strip());
  }

  /** Collects rows. Used by one thread. */
  final class Rows {
    private final List<Object> values = new ArrayList<>();
    private int count;
    private int capacity;

    Rows(int capacity) {
      this.capacity = capacity;
      for (int g = 0; g < groups.size(); g++) {
        int size = Math.multiplyExact(capacity, places.get(g).length);
        values.add(
            switch (spec.get(groups.get(g).name()).kind()) {
              case F32 -> new float[size];
              case I32 -> new int[size];
              case TEXT -> new ArrayList<String>();
            });
      }
    }

    void add(Table.Row row) {
      if (count == capacity) {
        grow();
      }
      for (int g = 0; g < groups.size(); g++) {
        ColumnGroup group = groups.get(g);
        int[] columns = places.get(g);
        for (int i = 0; i < columns.length; i++) {
          int at = count * columns.length + i;
          switch (values.get(g)) {
            case float[] floats -> floats[at] = number(g, group, row, columns[i]);
            case int[] ints -> ints[at] = whole(g, group, row, columns[i]);
            case List<?> texts -> text(texts).add(string(group, row, columns[i]));
            default -> throw new AssertionError(values.get(g));
          }
        }
      }
      count++;
    }

    @SuppressWarnings("unchecked") // made as such in the constructor
    private static List<String> text(List<?> texts) {
      return (List<String>) texts;
    }

    private void grow() {
      capacity = Math.max(16, Math.multiplyExact(capacity, 2));
      for (int g = 0; g < groups.size(); g++) {
        int size = Math.multiplyExact(capacity, places.get(g).length);
        switch (values.get(g)) {
          case float[] floats -> values.set(g, Arrays.copyOf(floats, size));
          case int[] ints -> values.set(g, Arrays.copyOf(ints, size));
          default -> {}
        }
      }
    }

    ArrayDataset build() {
      Map<String, HostTensor> arrays = new LinkedHashMap<>();
      Map<String, StringTensor> texts = new LinkedHashMap<>();
      for (int g = 0; g < groups.size(); g++) {
        String name = groups.get(g).name();
        int[] shape = shape(spec.get(name).rowShape());
        int size = count * places.get(g).length;
        switch (values.get(g)) {
          case float[] floats -> arrays.put(name, HostTensor.of(exact(floats, size), shape));
          case int[] ints ->
              arrays.put(
                  name,
                  HostTensor.of(size == ints.length ? ints : Arrays.copyOf(ints, size), shape));
          case List<?> strings -> texts.put(name, StringTensor.of(text(strings), shape));
          default -> throw new AssertionError(values.get(g));
        }
      }
      return ArrayDataset.of(arrays, texts);
    }

    private static float[] exact(float[] floats, int size) {
      return size == floats.length ? floats : Arrays.copyOf(floats, size);
    }

    private int[] shape(List<Integer> rowShape) {
      int[] shape = new int[rowShape.size() + 1];
      shape[0] = count;
      for (int axis = 0; axis < rowShape.size(); axis++) {
        shape[axis + 1] = rowShape.get(axis);
      }
      return shape;
    }
  }

  private float number(int g, ColumnGroup group, Table.Row row, int column) {
    float value;
    if (group.kind() == Kind.FLOAT) {
      String text = required(group, row, column);
      if (!Numbers.isFloat(text)) {
        throw wrong(row, column, "\"" + text + "\" is not a number");
      }
      value = Float.parseFloat(text);
    } else {
      value = whole(g, group, row, column);
    }
    // In double precision, so that x / 255 is the float nearest to the quotient.
    return group.isScaled() ? (float) (value * group.scale() + group.offset()) : value;
  }

  private int whole(int g, ColumnGroup group, Table.Row row, int column) {
    String text = required(group, row, column);
    if (group.kind() == Kind.CATEGORY) {
      int number = numbers.get(g).find(text);
      if (number < 0) {
        List<String> known = group.vocabulary();
        String more = known.size() > MOST_NAMED ? ", .." : "";
        List<String> first = known.subList(0, Math.min(MOST_NAMED, known.size()));
        throw wrong(
            row,
            column,
            "\"" + text + "\" is not one of the categories " + String.join(", ", first) + more);
      }
      return number;
    }
    if (Numbers.isInt(text)) {
      return Integer.parseInt(text);
    }
    if (Numbers.isFloat(text)) {
      double value = Double.parseDouble(text);
      if (value == (int) value) {
        return (int) value;
      }
    }
    throw wrong(row, column, "\"" + text + "\" is not a whole number of 32 bits");
  }

  private String string(ColumnGroup group, Table.Row row, int column) {
    String cell = row.cell(column);
    return cell == null || isMissing(group, cell) ? filled(group, row, column) : cell;
  }

  private String required(ColumnGroup group, Table.Row row, int column) {
    String cell = row.cell(column);
    return cell == null || isMissing(group, cell) ? filled(group, row, column) : cell.strip();
  }

  private String filled(ColumnGroup group, Table.Row row, int column) {
    return group
        .fill()
        .orElseThrow(
            () ->
                wrong(
                    row,
                    column,
                    "no value; fill " + group.name() + ", or drop rows without a value"));
  }

  private DataException wrong(Table.Row row, int column, String what) {
    return new DataException(
        names.table()
            + ", "
            + row.place()
            + ", column "
            + names.header().get(column)
            + ": "
            + what);
  }
}
