package org.mdlc.runtime.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which columns of a table make a data set, and what becomes of missing values. Each method changes
 * this object and returns it.
 *
 * @param <T> the kind of table
 */
public abstract sealed class TableOptions<T extends TableOptions<T>>
    permits CsvDataset, JdbcDataset {
  final List<ColumnGroup> groups = new ArrayList<>();
  final Set<String> missing = new TreeSet<>();
  TableDataset.Missing policy = TableDataset.Missing.ERROR;

  TableOptions() {}

  abstract T self();

  /** Adds arrays, or tensors of strings, in this order. */
  public T columns(ColumnGroup... added) {
    groups.addAll(List.of(added));
    return self();
  }

  /**
   * Takes these texts, such as {@code NA}, for missing values, as no text at all is for a number or
   * a category.
   */
  public T missingValues(String... texts) {
    missing.addAll(List.of(texts));
    return self();
  }

  /**
   * Leaves rows out that lack a value for which {@link ColumnGroup#filled} gives no other; else
   * they are an error.
   */
  public T dropRowsWithMissingValues() {
    policy = TableDataset.Missing.DROP_ROW;
    return self();
  }
}
