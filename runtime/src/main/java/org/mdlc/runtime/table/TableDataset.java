package org.mdlc.runtime.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.table.ColumnGroup.Kind;

/**
 * The rows of a table, read one after the other in each pass, so that a table may be larger than
 * memory. Texts become numbers where an element is made, which several threads may do.
 */
public final class TableDataset implements Dataset {
  /** What becomes of a row that lacks a value for which no other is given. */
  enum Missing {
    ERROR,
    DROP_ROW
  }

  private final Table table;
  private final RowMaker maker;
  private final Missing policy;
  private final Map<String, List<String>> categories;
  private final OptionalLong size;

  private TableDataset(
      Table table,
      RowMaker maker,
      Missing policy,
      Map<String, List<String>> categories,
      OptionalLong size) {
    this.table = table;
    this.maker = maker;
    this.policy = policy;
    this.categories = categories;
    this.size = size;
  }

  /** Goes through the table once if there is something to learn from it. */
  static TableDataset open(
      Table table, List<ColumnGroup> groups, Set<String> missing, Missing policy) {
    if (groups.isEmpty()) {
      throw new IllegalArgumentException("say which columns make which array: `columns(..)`");
    }
    ColumnNames names = new ColumnNames(table.name(), table.header());
    List<ColumnGroup> known = groups;
    OptionalLong size = OptionalLong.empty();
    if (groups.stream().anyMatch(ColumnGroup::isLearned)) {
      Lesson lesson = new Lesson(names, groups, missing, policy);
      size = OptionalLong.of(lesson.read(table));
      known = lesson.learned();
    }
    Map<String, List<String>> categories = new LinkedHashMap<>();
    known.stream()
        .filter(group -> group.kind() == Kind.CATEGORY)
        .forEach(group -> categories.put(group.name(), group.vocabulary()));
    return new TableDataset(table, new RowMaker(names, known, missing), policy, categories, size);
  }

  /** What the values of category columns are. */
  private static final class Lesson {
    private final List<ColumnGroup> groups;
    private final List<int[]> places;
    private final List<SortedTexts> seen = new ArrayList<>();
    private final List<Boolean> numeric = new ArrayList<>();
    private final RowMaker unlearned;
    private final Set<String> missing;
    private final Missing policy;

    Lesson(ColumnNames names, List<ColumnGroup> groups, Set<String> missing, Missing policy) {
      this.groups = groups;
      this.missing = missing;
      this.policy = policy;
      this.places = groups.stream().map(group -> names.places(group.columns())).toList();
      this.unlearned = new RowMaker(names, groups, missing);
      groups.forEach(
          _ -> {
            seen.add(new SortedTexts());
            numeric.add(true);
          });
    }

    /** The number of rows that are not dropped. */
    long read(Table table) {
      long rows = 0;
      try (Table.Pass pass = table.open()) {
        for (Table.Row row = pass.next(); row != null; row = pass.next()) {
          if (policy == Missing.ERROR || !unlearned.lacks(row)) {
            rows++;
            add(row);
          }
        }
      }
      return rows;
    }

    private void add(Table.Row row) {
      for (int g = 0; g < groups.size(); g++) {
        if (!groups.get(g).isLearned()) {
          continue;
        }
        for (int place : places.get(g)) {
          String cell = row.cell(place);
          String text = cell == null ? "" : cell.strip();
          if (!text.isEmpty() && !missing.contains(text)) {
            seen.get(g).add(text);
            numeric.set(g, numeric.get(g) && Numbers.isFloat(text));
          }
        }
      }
    }

    List<ColumnGroup> learned() {
      List<ColumnGroup> learned = new ArrayList<>();
      for (int g = 0; g < groups.size(); g++) {
        ColumnGroup group = groups.get(g);
        if (!group.isLearned()) {
          learned.add(group.kind() == Kind.LABEL ? group.ofKind(Kind.CATEGORY) : group);
        } else if (group.kind() == Kind.LABEL && numeric.get(g)) {
          learned.add(group.ofKind(Kind.INT));
        } else {
          group.fill().ifPresent(seen.get(g)::add);
          learned.add(group.ofKind(Kind.CATEGORY).vocabulary(seen.get(g).toList()));
        }
      }
      return learned;
    }
  }

  /**
   * The texts of a category column, given or learned, in the order of their numbers.
   *
   * @throws DataException if there is no such category
   */
  public List<String> categories(String name) {
    List<String> texts = categories.get(name);
    if (texts == null) {
      throw new DataException(
          table.name() + ": " + name + " is no category; categories are " + categories.keySet());
    }
    return texts;
  }

  /**
   * Reads all rows into memory.
   *
   * @throws DataException at the first value that is not what its column is said to hold
   */
  public ArrayDataset read() {
    RowMaker.Rows rows = maker.new Rows((int) Math.min(size.orElse(0), 1 << 20));
    try (Table.Pass pass = table.open()) {
      for (Table.Row row = next(pass); row != null; row = next(pass)) {
        rows.add(row);
      }
    }
    return rows.build();
  }

  private Table.@Nullable Row next(Table.Pass pass) {
    Table.Row row = pass.next();
    while (row != null && policy == Missing.DROP_ROW && maker.lacks(row)) {
      row = pass.next();
    }
    return row;
  }

  @Override
  public DataSpec spec() {
    return maker.spec();
  }

  @Override
  public OptionalLong size() {
    return size;
  }

  @Override
  public OptionalInt batchSize() {
    return OptionalInt.empty();
  }

  @Override
  public Elements elements(int epoch) {
    Table.Pass pass = table.open();
    return new Elements() {
      @Override
      public @Nullable Element next() {
        Table.Row row = TableDataset.this.next(pass);
        return row == null ? null : () -> made(row);
      }

      @Override
      public void close() {
        pass.close();
      }
    };
  }

  private ArrayDataset made(Table.Row row) {
    RowMaker.Rows rows = maker.new Rows(1);
    rows.add(row);
    return rows.build();
  }
}
