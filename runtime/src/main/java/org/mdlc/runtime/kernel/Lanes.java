package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.Memory.ORDER;
import static org.mdlc.runtime.kernel.VectorMath.FLOATS;
import static org.mdlc.runtime.kernel.VectorMath.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Moves elements that do not lie side by side between memory and vectors, for generated kernels.
 * Addresses are in bytes, strides in elements. {@code scratch} is the address of {@link
 * #SCRATCH_BYTES} bytes that belong to the calling step.
 */
public final class Lanes {
  /** Elements of a vector on this machine. */
  public static final int COUNT = FLOATS.length();

  /** The numbers 0, 1, 2, ... */
  public static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

  /** Where in scratch memory the blocks of {@link VectorBlocks} begin: after room for two vectors. */
  public static final int BLOCKS = 512;

  /** How many elements all blocks of a kernel have together: they stay in the first-level cache. */
  public static final int BLOCK_ELEMENTS = 6144;

  /** Room for two vectors of the widest machine, and for blocks. */
  public static final int SCRATCH_BYTES = BLOCKS + 4 * BLOCK_ELEMENTS;

  private Lanes() {}

  /**
   * Elements that do not lie side by side: lane l comes from {@code address + 4 * stride * l};
   * lanes outside of the mask are 0.
   */
  public static FloatVector strided(
      long address, long stride, VectorMask<Float> mask, long scratch) {
    for (int lane = 0; lane < COUNT; lane++) {
      Memory.set(
          scratch + 4L * lane, mask.laneIsSet(lane) ? Memory.f32(address + 4 * stride * lane) : 0f);
    }
    return FloatVector.fromMemorySegment(FLOATS, ALL, scratch, ORDER);
  }

  /** As {@link #strided(long, long, VectorMask, long)} for whole numbers. */
  public static IntVector stridedInts(
      long address, long stride, VectorMask<Float> mask, long scratch) {
    for (int lane = 0; lane < COUNT; lane++) {
      Memory.set(
          scratch + 4L * lane, mask.laneIsSet(lane) ? Memory.i32(address + 4 * stride * lane) : 0);
    }
    return IntVector.fromMemorySegment(INTS, ALL, scratch, ORDER);
  }

  /** Lane l comes from {@code address + 4 * index[l]}; lanes outside of the mask are 0. */
  public static FloatVector gather(
      long address, IntVector index, VectorMask<Float> mask, long scratch) {
    index.intoMemorySegment(ALL, scratch, ORDER);
    for (int lane = 0; lane < COUNT; lane++) {
      int at = Memory.i32(scratch + 4L * lane);
      Memory.set(
          scratch + BLOCKS / 2 + 4L * lane,
          mask.laneIsSet(lane) ? Memory.f32(address + 4L * at) : 0f);
    }
    return FloatVector.fromMemorySegment(FLOATS, ALL, scratch + BLOCKS / 2, ORDER);
  }

  /** Writes lane l to {@code address + 4 * stride * l}. */
  public static void setStrided(
      long address, long stride, FloatVector value, VectorMask<Float> mask, long scratch) {
    value.intoMemorySegment(ALL, scratch, ORDER);
    for (int lane = 0; lane < COUNT; lane++) {
      if (mask.laneIsSet(lane)) {
        Memory.set(address + 4 * stride * lane, Memory.f32(scratch + 4L * lane));
      }
    }
  }
}
