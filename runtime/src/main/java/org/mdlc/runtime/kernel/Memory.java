package org.mdlc.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory by absolute address, four bytes an element: what generated code reads and writes. The
 * compiler proves that accesses lie within the planned buffers, so that there is no bounds check
 * per access and one segment serves every buffer.
 */
public final class Memory {
  /** The whole address space. */
  @SuppressWarnings("restricted") // the launchers enable native access, which oneDNN needs as well
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private Memory() {}

  /** The float at an address. */
  public static float f32(long address) {
    return ALL.get(ValueLayout.JAVA_FLOAT, address);
  }

  /** The whole number at an address. */
  public static int i32(long address) {
    return ALL.get(ValueLayout.JAVA_INT, address);
  }

  /** The truth value at an address. */
  public static boolean bool(long address) {
    return ALL.get(ValueLayout.JAVA_INT, address) != 0;
  }

  /** Writes a float. */
  public static void set(long address, float value) {
    ALL.set(ValueLayout.JAVA_FLOAT, address, value);
  }

  /** Writes a whole number. */
  public static void set(long address, int value) {
    ALL.set(ValueLayout.JAVA_INT, address, value);
  }

  /** Writes a truth value as 0 or 1. */
  public static void set(long address, boolean value) {
    ALL.set(ValueLayout.JAVA_INT, address, value ? 1 : 0);
  }

  /** Copies elements between buffers that do not overlap. */
  public static void copy(long from, long to, long elements) {
    MemorySegment.copy(ALL, from, ALL, to, elements * Float.BYTES);
  }
}
