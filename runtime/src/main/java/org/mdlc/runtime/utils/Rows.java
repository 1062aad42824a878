package org.mdlc.runtime.utils;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/** Puts rows one after the other. */
final class Rows {
  private Rows() {}

  static ArrayDataset concatenate(List<ArrayDataset> parts) {
    Map<String, HostTensor> columns = new LinkedHashMap<>();
    for (String name : parts.getFirst().columns().keySet()) {
      columns.put(name, join(parts.stream().map(part -> part.get(name)).toList()));
    }
    Map<String, StringTensor> texts = new LinkedHashMap<>();
    for (String name : parts.getFirst().texts().keySet()) {
      List<String> strings = new ArrayList<>();
      parts.forEach(part -> strings.addAll(part.text(name).toList()));
      int[] shape = parts.getFirst().text(name).shape();
      shape[0] = parts.stream().mapToInt(ArrayDataset::rows).sum();
      texts.put(name, StringTensor.of(strings, shape));
    }
    return ArrayDataset.of(columns, texts);
  }

  private static HostTensor join(List<HostTensor> parts) {
    int[] shape = parts.getFirst().shape();
    shape[0] = parts.stream().mapToInt(HostTensor::rows).sum();
    HostTensor joined = HostTensor.zeros(parts.getFirst().dtype(), shape);
    int at = 0;
    for (HostTensor part : parts) {
      if (joined.dtype() == DType.F32) {
        System.arraycopy(part.floats(), 0, joined.floats(), at, part.size());
      } else {
        System.arraycopy(part.ints(), 0, joined.ints(), at, part.size());
      }
      at += part.size();
    }
    return joined;
  }
}
