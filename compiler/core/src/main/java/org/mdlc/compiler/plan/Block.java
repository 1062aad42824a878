package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.type.DType;

/** Buffers that share one place, alive from step {@code first} to step {@code last}. */
final class Block {
  final List<Buffer> buffers = new ArrayList<>();
  final Arena arena;

  /** In units of the scale of the arena. */
  final long size;

  int first;
  int last;

  Block(Buffer buffer, int first, int last) {
    buffers.add(buffer);
    arena = Arena.of(buffer.elements());
    size = arena.size(buffer.elements(), DType.BYTES);
    this.first = first;
    this.last = last;
  }

  boolean meets(Block other) {
    return first <= other.last && other.first <= last;
  }
}
