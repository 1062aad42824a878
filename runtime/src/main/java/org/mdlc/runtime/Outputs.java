package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/**
 * Gathers what a model gives, batch after batch, in arrays that grow where nobody says how much.
 */
final class Outputs {
  private static final int FIRST_CAPACITY = 256;

  private final List<TensorSpec> specs;
  private final List<HostTensor> arrays = new ArrayList<>();
  private int capacity;
  private int rows;

  /**
   * @param expected how many rows there will be at most, if it is known
   */
  Outputs(List<TensorSpec> specs, OptionalLong expected) {
    this.specs = specs;
    capacity = Math.toIntExact(expected.orElse(FIRST_CAPACITY));
    specs.forEach(spec -> arrays.add(zeros(spec, capacity)));
  }

  /** Adds the outputs of a step that ran. */
  void add(Step step) {
    int end = Math.addExact(rows, step.batch());
    if (end > capacity) {
      grow(end);
    }
    for (int i = 0; i < arrays.size(); i++) {
      step.getOutput(i, arrays.get(i), rows);
    }
    rows = end;
  }

  ArrayDataset named() {
    Map<String, HostTensor> columns = new LinkedHashMap<>();
    for (int i = 0; i < specs.size(); i++) {
      HostTensor array = arrays.get(i);
      columns.put(specs.get(i).name(), rows == capacity ? array : array.slice(0, rows));
    }
    return ArrayDataset.of(columns);
  }

  private void grow(int needed) {
    int grown = (int) Math.max(needed, Math.min(2L * capacity, Integer.MAX_VALUE - 8));
    for (int i = 0; i < arrays.size(); i++) {
      HostTensor old = arrays.get(i);
      HostTensor larger = zeros(specs.get(i), grown);
      int used = rows * specs.get(i).rowSize();
      switch (old.dtype()) {
        case F32 -> System.arraycopy(old.floats(), 0, larger.floats(), 0, used);
        case I32 -> System.arraycopy(old.ints(), 0, larger.ints(), 0, used);
      }
      arrays.set(i, larger);
    }
    capacity = grown;
  }

  private static HostTensor zeros(TensorSpec spec, int rows) {
    return HostTensor.zeros(spec.dtype(), spec.shapeOf(rows));
  }
}
