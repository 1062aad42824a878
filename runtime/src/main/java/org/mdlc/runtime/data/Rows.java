package org.mdlc.runtime.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Puts rows together. */
final class Rows {
  private Rows() {}

  /**
   * The rows of all parts, in order.
   *
   * @param first number of the first part, for messages
   * @throws DataException if their columns differ, naming the first part that does
   */
  static ArrayDataset concat(List<ArrayDataset> parts, long first) {
    ArrayDataset head = parts.getFirst();
    if (parts.size() == 1) {
      return head;
    }
    DataSpec spec = head.spec();
    long rows = 0;
    for (int i = 0; i < parts.size(); i++) {
      ArrayDataset part = parts.get(i);
      if (!hasColumnsOf(part, head) && !part.spec().equals(spec)) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "rows of one batch differ: element %d has %s, element %d has %s",
                first,
                spec,
                first + i,
                part.spec()));
      }
      rows += part.rows();
    }
    if (rows > Integer.MAX_VALUE) {
      throw new DataException(rows + " rows are more than an array holds");
    }
    return concat(parts, (int) rows);
  }

  // Cheaper than the specs, and almost always true.
  private static boolean hasColumnsOf(ArrayDataset part, ArrayDataset head) {
    if (part.columns().size() != head.columns().size()
        || !part.texts().keySet().equals(head.texts().keySet())) {
      return false;
    }
    for (Map.Entry<String, HostTensor> column : head.columns().entrySet()) {
      HostTensor other = part.columns().get(column.getKey());
      if (other == null
          || other.dtype() != column.getValue().dtype()
          || !other.hasRowsOf(column.getValue())) {
        return false;
      }
    }
    return head.texts().entrySet().stream()
        .allMatch(e -> part.text(e.getKey()).rowShape().equals(e.getValue().rowShape()));
  }

  private static ArrayDataset concat(List<ArrayDataset> parts, int rows) {
    Map<String, HostTensor> columns = new LinkedHashMap<>();
    for (String name : parts.getFirst().columns().keySet()) {
      columns.put(name, numbers(parts.stream().map(part -> part.get(name)).toList(), rows));
    }
    Map<String, StringTensor> texts = new LinkedHashMap<>();
    for (String name : parts.getFirst().texts().keySet()) {
      List<String> strings = new ArrayList<>();
      parts.forEach(part -> strings.addAll(part.text(name).toList()));
      int[] shape = parts.getFirst().text(name).shape();
      shape[0] = rows;
      texts.put(name, StringTensor.of(strings, shape));
    }
    return ArrayDataset.of(columns, texts);
  }

  private static HostTensor numbers(List<HostTensor> parts, int rows) {
    int[] shape = parts.getFirst().shape();
    shape[0] = rows;
    HostTensor all = HostTensor.zeros(parts.getFirst().dtype(), shape);
    int next = 0;
    for (HostTensor part : parts) {
      switch (part.dtype()) {
        case F32 -> System.arraycopy(part.floats(), 0, all.floats(), next, part.size());
        case I32 -> System.arraycopy(part.ints(), 0, all.ints(), next, part.size());
      }
      next += part.size();
    }
    return all;
  }

  /** The columns of both, which have the same rows and no name in common. */
  static ArrayDataset zip(ArrayDataset left, ArrayDataset right, long number) {
    if (left.rows() != right.rows()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "zip: element %d has %d rows on the left and %d on the right",
              number,
              left.rows(),
              right.rows()));
    }
    for (String name : right.names()) {
      if (left.names().contains(name)) {
        throw new DataException("zip: both sides have a column " + name);
      }
    }
    Map<String, HostTensor> columns = new LinkedHashMap<>(left.columns());
    columns.putAll(right.columns());
    Map<String, StringTensor> texts = new LinkedHashMap<>(left.texts());
    texts.putAll(right.texts());
    return ArrayDataset.of(columns, texts);
  }
}
