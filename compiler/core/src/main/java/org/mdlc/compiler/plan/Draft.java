package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.plan.Buffer.Storage;
import org.mdlc.compiler.type.TensorType;

/** The buffers of a program in the making, and the names taken. */
final class Draft {
  private final List<Buffer> buffers = new ArrayList<>();
  private final Map<Storage, Operand> shared = new HashMap<>();
  private final Set<String> bufferNames = new HashSet<>();
  private final Set<String> stepNames = new HashSet<>();
  private int loops;

  /** A new buffer within the step's own memory. */
  Operand temporary(String name, TensorType type) {
    return buffer(name, type, Buffer.Planned.open(type.shape().elements()));
  }

  private Operand buffer(String name, TensorType type, Storage storage) {
    int id = buffers.size();
    buffers.add(
        new Buffer(
            id,
            Names.unique(Names.word(name), bufferNames),
            type.dtype(),
            type.shape().elements(),
            storage));
    return Operand.of(id);
  }

  /** The one buffer of a variable, input or result. */
  Operand shared(String name, TensorType type, Storage storage) {
    var known = shared.get(storage);
    if (known == null) {
      known = buffer(name, type, storage);
      shared.put(storage, known);
    }
    return known;
  }

  String stepName(String wanted) {
    return Names.unique(Names.word(wanted), stepNames);
  }

  int newLoop() {
    return loops++;
  }

  Buffer of(Operand operand) {
    return buffers.get(operand.buffer());
  }

  List<Buffer> buffers() {
    return List.copyOf(buffers);
  }
}
