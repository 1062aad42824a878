package org.mdlc.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/**
 * What a backup and the training that goes on from it must have in common, in words. The number of
 * epochs is not among it: a training may go on for longer than was planned.
 */
final class BackupSettings {
  private static final int CHUNK = 1 << 13;

  private BackupSettings() {}

  static Map<String, String> of(
      Model model, Fit options, Dataset trained, @Nullable Dataset validated) {
    ModelSpec spec = model.spec();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("model", spec.name());
    settings.put("seed of the model", Long.toString(model.seed()));
    for (VariableSpec variable : spec.variables()) {
      if (variable.role() == Role.HYPER) {
        settings.put(variable.name(), Double.toString(variable.initial().value()));
      }
    }
    settings.put("variables of the model", digest(spec.variables().toString()));
    settings.put("layers, their arguments and the optimizer", "checksum " + spec.program());
    settings.put("loss and metrics", spec.loss() + " " + spec.metrics());
    settings.put("training data", describe(trained));
    settings.put("validation data", validated == null ? "none" : describe(validated));
    settings.putAll(options.describe());
    return settings;
  }

  /**
   * Columns, number of rows and a checksum of arrays; of other data what can be known unread, with
   * what decides which row comes when.
   */
  private static String describe(Dataset data) {
    String rows =
        data.size().isPresent() ? data.size().getAsLong() + " elements" : "elements unknown";
    String columns = rows + " of " + data.spec();
    if (!(data instanceof ArrayDataset arrays)) {
      return data.order().isEmpty() ? columns : columns + ", " + data.order();
    }
    CRC32C sum = new CRC32C();
    arrays.columns().values().forEach(array -> add(sum, array));
    arrays.texts().values().forEach(text -> add(sum, text));
    return columns + String.format(Locale.ROOT, ", checksum %08x", sum.getValue());
  }

  private static void add(CRC32C sum, HostTensor array) {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Integer.BYTES);
    for (int first = 0; first < array.size(); first += CHUNK) {
      int count = Math.min(CHUNK, array.size() - first);
      switch (array.dtype()) {
        case F32 -> bytes.asFloatBuffer().put(array.floats(), first, count);
        case I32 -> bytes.asIntBuffer().put(array.ints(), first, count);
      }
      sum.update(bytes.array(), 0, count * Integer.BYTES);
    }
  }

  private static void add(CRC32C sum, StringTensor text) {
    for (int i = 0; i < text.size(); i++) {
      sum.update(text.get(i).getBytes(StandardCharsets.UTF_8));
      sum.update(0);
    }
  }

  private static String digest(String text) {
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format(Locale.ROOT, "checksum %08x", sum.getValue());
  }
}
