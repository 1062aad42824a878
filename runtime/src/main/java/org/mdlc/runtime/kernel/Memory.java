package org.mdlc.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Memory by absolute address, four bytes an element: what generated code reads and writes. The
 * compiler proves that accesses lie within the planned buffers, so that there is no bounds check
 * per access and one segment serves every buffer.
 */
public final class Memory {
  /** The whole address space. */
  @SuppressWarnings("restricted") // the launchers enable native access, which oneDNN needs as well
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** The byte order of vectors in memory. */
  public static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /**
   * How many bytes must follow the last buffer: kernels read whole vectors from the ends of buffers
   * (and do not use what lies beyond), the widest of which have this size.
   */
  public static final int SLACK = 256;

  // What code asks for is aligned, so that it need not be tested every time: in a product of small
  // matrices that takes an eighth of the time.
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private Memory() {}

  /** The float at an address. */
  public static float f32(long address) {
    return ALL.get(FLOAT, address);
  }

  /** The whole number at an address. */
  public static int i32(long address) {
    return ALL.get(INT, address);
  }

  /** The truth value at an address. */
  public static boolean bool(long address) {
    return ALL.get(INT, address) != 0;
  }

  /** Writes a float. */
  public static void set(long address, float value) {
    ALL.set(FLOAT, address, value);
  }

  /** Writes a whole number. */
  public static void set(long address, int value) {
    ALL.set(INT, address, value);
  }

  /** Writes a truth value as 0 or 1. */
  public static void set(long address, boolean value) {
    ALL.set(INT, address, value ? 1 : 0);
  }

  /** Copies elements between buffers that do not overlap. */
  public static void copy(long from, long to, long elements) {
    MemorySegment.copy(ALL, from, ALL, to, elements * Float.BYTES);
  }
}
