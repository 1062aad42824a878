package org.mdlc.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;

/** Native memory filled with floats, and what tests of native operations check. */
final class Native {
  private Native() {}

  /** Values between -1 and 1. */
  static MemorySegment random(Arena arena, SplittableRandom random, long count) {
    MemorySegment segment = zeros(arena, count);
    for (long i = 0; i < count; i++) {
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
    }
    return segment;
  }

  static MemorySegment zeros(Arena arena, long count) {
    return arena.allocate(Math.max(1, count) * Float.BYTES, 64);
  }

  static MemorySegment bytes(Arena arena, long bytes) {
    return arena.allocate(Math.max(1, bytes), 64);
  }

  static float[] floats(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_FLOAT);
  }

  /**
   * Each value within {@code tolerance}, relative to the larger of 1 and the expected magnitude.
   */
  static void assertClose(String what, double[] expected, MemorySegment actual, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      float value = actual.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      double allowed = tolerance * Math.max(1, Math.abs(expected[i]));
      assertTrue(
          Math.abs(value - expected[i]) <= allowed,
          what + ": element " + i + " is " + value + ", should be " + expected[i]);
    }
  }

  /**
   * Fails if 100 runs allocate a single byte after warm-up. Compilers take thousands of runs, and
   * the virtual machine may allocate a few bytes on the thread when it replaces code, so one clean
   * round of 200 is enough: what allocates at every run has none.
   */
  static void assertAllocatesNothing(Runnable run) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = Long.MAX_VALUE;
    for (int round = 0; round < 200 && bytes > 0; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100; i++) {
        run.run();
      }
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
    }
    assertEquals(0, bytes, "bytes allocated by 100 runs");
  }
}
