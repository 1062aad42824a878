package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.Memory.ORDER;
import static org.mdlc.runtime.kernel.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;

/** Work on single rows, with vectors. */
final class VectorRows {
  private VectorRows() {}

  /** {@code to[k] += from[k]} for {@code count} floats. */
  static void add(long to, long from, int count) {
    int k = 0;
    for (; k < FLOATS.loopBound(count); k += FLOATS.length()) {
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, to + 4L * k, ORDER);
      sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * k, ORDER))
          .intoMemorySegment(ALL, to + 4L * k, ORDER);
    }
    for (; k < count; k++) {
      Memory.set(to + 4L * k, Memory.f32(to + 4L * k) + Memory.f32(from + 4L * k));
    }
  }

  /** {@code to[k] = 0} for {@code count} floats. */
  static void clear(long to, int count) {
    int k = 0;
    for (; k < FLOATS.loopBound(count); k += FLOATS.length()) {
      FloatVector.zero(FLOATS).intoMemorySegment(ALL, to + 4L * k, ORDER);
    }
    for (; k < count; k++) {
      Memory.set(to + 4L * k, 0f);
    }
  }
}
