package org.mdlc.runtime.kernel;

import static java.nio.ByteOrder.nativeOrder;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.VectorMath.FLOATS;
import static org.mdlc.runtime.kernel.VectorMath.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Moves vectors between memory and registers, for generated kernels. Addresses are in bytes,
 * strides in elements. Truth values are masks in registers and 0 or 1 in memory. {@code scratch} is
 * the address of {@link #SCRATCH_BYTES} bytes that belong to the calling step.
 */
public final class Lanes {
  /** Elements of a vector on this machine. */
  public static final int COUNT = FLOATS.length();

  /** Room for two vectors of the widest machine. */
  public static final int SCRATCH_BYTES = 512;

  private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

  private Lanes() {}

  /** The lanes before {@code limit} when lane 0 is element {@code start}. */
  public static VectorMask<Float> before(int start, int limit) {
    return FLOATS.indexInRange(start, limit);
  }

  public static FloatVector f32(long address) {
    return FloatVector.fromMemorySegment(FLOATS, ALL, address, nativeOrder());
  }

  /** Lanes outside of the mask are 0 and their memory is not touched. */
  public static FloatVector f32(long address, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(FLOATS, ALL, address, nativeOrder(), mask);
  }

  public static IntVector i32(long address) {
    return IntVector.fromMemorySegment(INTS, ALL, address, nativeOrder());
  }

  public static IntVector i32(long address, VectorMask<Float> mask) {
    return IntVector.fromMemorySegment(INTS, ALL, address, nativeOrder(), mask.cast(INTS));
  }

  public static VectorMask<Float> bool(long address) {
    return i32(address).compare(NE, 0).cast(FLOATS);
  }

  public static VectorMask<Float> bool(long address, VectorMask<Float> mask) {
    return i32(address, mask).compare(NE, 0).cast(FLOATS);
  }

  public static void set(long address, FloatVector value) {
    value.intoMemorySegment(ALL, address, nativeOrder());
  }

  public static void set(long address, FloatVector value, VectorMask<Float> mask) {
    value.intoMemorySegment(ALL, address, nativeOrder(), mask);
  }

  public static void set(long address, IntVector value) {
    value.intoMemorySegment(ALL, address, nativeOrder());
  }

  public static void set(long address, IntVector value, VectorMask<Float> mask) {
    value.intoMemorySegment(ALL, address, nativeOrder(), mask.cast(INTS));
  }

  public static void set(long address, VectorMask<Float> value) {
    set(address, toInts(value));
  }

  public static void set(long address, VectorMask<Float> value, VectorMask<Float> mask) {
    set(address, toInts(value), mask);
  }

  /** The numbers {@code start, start + stride, ..}. */
  public static IntVector index(int start, int stride) {
    return IOTA.mul(stride).add(start);
  }

  /** True lanes as 1, others as 0. */
  public static IntVector toInts(VectorMask<Float> mask) {
    return IntVector.zero(INTS).blend(1, mask.cast(INTS));
  }

  /** True lanes as 1, others as 0. */
  public static FloatVector toFloats(VectorMask<Float> mask) {
    return FloatVector.zero(FLOATS).blend(1f, mask);
  }

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
    return f32(scratch);
  }

  /** As {@link #strided(long, long, VectorMask, long)} for whole numbers. */
  public static IntVector stridedInts(
      long address, long stride, VectorMask<Float> mask, long scratch) {
    for (int lane = 0; lane < COUNT; lane++) {
      Memory.set(
          scratch + 4L * lane, mask.laneIsSet(lane) ? Memory.i32(address + 4 * stride * lane) : 0);
    }
    return i32(scratch);
  }

  /** Lane l comes from {@code address + 4 * index[l]}; lanes outside of the mask are 0. */
  public static FloatVector gather(
      long address, IntVector index, VectorMask<Float> mask, long scratch) {
    set(scratch, index);
    for (int lane = 0; lane < COUNT; lane++) {
      int at = Memory.i32(scratch + 4L * lane);
      Memory.set(
          scratch + SCRATCH_BYTES / 2 + 4L * lane,
          mask.laneIsSet(lane) ? Memory.f32(address + 4L * at) : 0f);
    }
    return f32(scratch + SCRATCH_BYTES / 2);
  }

  /** Writes lane l to {@code address + 4 * stride * l}. */
  public static void setStrided(
      long address, long stride, FloatVector value, VectorMask<Float> mask, long scratch) {
    set(scratch, value);
    for (int lane = 0; lane < COUNT; lane++) {
      if (mask.laneIsSet(lane)) {
        Memory.set(address + 4 * stride * lane, Memory.f32(scratch + 4L * lane));
      }
    }
  }

  /** -1, 0 or 1 with the sign; zeros keep their sign, NaN stays NaN. */
  public static FloatVector sign(FloatVector x) {
    return x.blend(1f, x.compare(GT, 0f)).blend(-1f, x.compare(LT, 0f));
  }

  /** The product of the lanes, always in the same order. */
  public static float product(FloatVector value, long scratch) {
    set(scratch, value);
    float product = 1;
    for (int lane = 0; lane < COUNT; lane++) {
      product *= Memory.f32(scratch + 4L * lane);
    }
    return product;
  }
}
