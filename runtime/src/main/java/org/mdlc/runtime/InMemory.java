package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/** All rows of a data set as arrays. */
final class InMemory {
  private InMemory() {}

  static ArrayDataset of(Dataset data) {
    if (data instanceof ArrayDataset arrays) {
      return arrays;
    }
    List<ArrayDataset> parts = new ArrayList<>();
    try (Elements elements = data.elements(0)) {
      for (Element element = elements.next(); element != null; element = elements.next()) {
        parts.add(element.make());
      }
    }
    if (parts.isEmpty()) {
      throw new DataException("the data has no rows");
    }
    Map<String, HostTensor> columns = new LinkedHashMap<>();
    Map<String, StringTensor> texts = new LinkedHashMap<>();
    int rows = parts.stream().mapToInt(ArrayDataset::rows).sum();
    for (DataSpec.Column column : data.spec().columns()) {
      if (column.kind() == DataSpec.Kind.TEXT) {
        texts.put(column.name(), text(parts, column.name(), rows));
      } else {
        columns.put(column.name(), numbers(parts, column.name(), rows));
      }
    }
    return ArrayDataset.of(columns, texts);
  }

  private static HostTensor numbers(List<ArrayDataset> parts, String name, int rows) {
    int[] shape = parts.getFirst().get(name).shape();
    shape[0] = rows;
    HostTensor all = HostTensor.zeros(parts.getFirst().get(name).dtype(), shape);
    int next = 0;
    for (ArrayDataset part : parts) {
      HostTensor values = part.get(name);
      switch (values.dtype()) {
        case F32 -> System.arraycopy(values.floats(), 0, all.floats(), next, values.size());
        case I32 -> System.arraycopy(values.ints(), 0, all.ints(), next, values.size());
      }
      next += values.size();
    }
    return all;
  }

  private static StringTensor text(List<ArrayDataset> parts, String name, int rows) {
    int[] shape = parts.getFirst().text(name).shape();
    shape[0] = rows;
    List<String> all = new ArrayList<>();
    parts.forEach(part -> all.addAll(part.text(name).toList()));
    return StringTensor.of(all, shape);
  }
}
