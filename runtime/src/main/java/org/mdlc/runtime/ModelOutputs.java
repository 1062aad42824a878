package org.mdlc.runtime;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/**
 * What a model gave for some rows. A generated class has one with a method for every output of its
 * model: {@code model.predict(data).digit()}.
 */
public abstract class ModelOutputs {
  private final ArrayDataset outputs;
  private final Map<String, Object> nested = new ConcurrentHashMap<>();

  /** Over what {@link Model#predict} gave. */
  protected ModelOutputs(ArrayDataset outputs) {
    this.outputs = outputs;
  }

  /** The arrays by the names of the outputs. */
  public final ArrayDataset toDataset() {
    return outputs;
  }

  /** An output as nested arrays, always the same ones: {@code float[][]} for rows of one axis. */
  protected final Object nested(String name) {
    return nested.computeIfAbsent(name, wanted -> NestedArrays.nest(outputs.get(wanted)));
  }

  /** An output as it is. */
  protected final HostTensor tensor(String name) {
    return outputs.get(name);
  }

  /** Such as {@code ArrayDataset(100 rows: digit f32[100, 10])}. */
  @Override
  public final String toString() {
    return outputs.toString();
  }
}
