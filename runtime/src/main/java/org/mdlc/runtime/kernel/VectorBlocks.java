package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.Memory.ORDER;
import static org.mdlc.runtime.kernel.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The functions of {@link VectorMath}, and moves of elements that do not lie side by side, over
 * blocks of elements: for kernels with more of them than C2 inlines into one loop. Each is compiled
 * once and serves every kernel; the bits are those of {@link VectorMath} and {@link ScalarMath}.
 *
 * <p>{@code from} and {@code to} are addresses of blocks, which may be the same one. Blocks end at a
 * whole vector: elements from {@code count} up to there are computed as well and mean nothing.
 * Truth values are 0 or 1. Nothing here allocates but {@link #sin} and {@link #cos} beyond 65,536
 * and {@link #pow}.
 */
public final class VectorBlocks {
  private VectorBlocks() {}

  private static FloatVector load(long block, int at) {
    return FloatVector.fromMemorySegment(FLOATS, ALL, block + 4L * at, ORDER);
  }

  private static void store(FloatVector value, long block, int at) {
    value.intoMemorySegment(ALL, block + 4L * at, ORDER);
  }

  /** e^x. */
  public static void exp(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.exp(load(from, i)), to, i);
    }
  }

  /** e^x - 1. */
  public static void expm1(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.expm1(load(from, i)), to, i);
    }
  }

  /** The natural logarithm. */
  public static void log(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.log(load(from, i)), to, i);
    }
  }

  /** ln(1 + x). */
  public static void log1p(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.log1p(load(from, i)), to, i);
    }
  }

  /** The hyperbolic tangent. */
  public static void tanh(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.tanh(load(from, i)), to, i);
    }
  }

  /** 1 / (1 + e^-x). */
  public static void sigmoid(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.sigmoid(load(from, i)), to, i);
    }
  }

  /** The error function. */
  public static void erf(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.erf(load(from, i)), to, i);
    }
  }

  /** The inverse error function. */
  public static void erfinv(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.erfinv(load(from, i)), to, i);
    }
  }

  /** The sine of x radians. */
  public static void sin(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.sin(load(from, i)), to, i);
    }
  }

  /** The cosine of x radians. */
  public static void cos(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.cos(load(from, i)), to, i);
    }
  }

  /** The largest integer not above x. */
  public static void floor(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.floor(load(from, i)), to, i);
    }
  }

  /** The smallest integer not below x. */
  public static void ceil(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.ceil(load(from, i)), to, i);
    }
  }

  /** The nearest integer, ties to the even one. */
  public static void roundHalfEven(long from, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.roundHalfEven(load(from, i)), to, i);
    }
  }

  /** x to the power y. */
  public static void pow(long x, long y, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      store(VectorMath.pow(load(x, i), load(y, i)), to, i);
    }
  }

  /** The remainder of x / y with the sign of y. */
  public static void mod(long x, long y, long to, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      FloatVector divisor = load(y, i);
      FloatVector dividend = load(x, i);
      FloatVector quotient = VectorMath.floor(dividend.div(divisor));
      store(dividend.sub(quotient.mul(divisor)), to, i);
    }
  }

  /** The sum of one vector's elements, as {@link VectorMath#sum} adds them. */
  public static float sum(long vector) {
    return VectorMath.sum(load(vector, 0));
  }

  /** The product of one vector's elements, one after another. */
  public static float product(long vector) {
    float product = 1;
    for (int lane = 0; lane < Lanes.COUNT; lane++) {
      product *= Memory.f32(vector + 4L * lane);
    }
    return product;
  }

  /** Element i comes from {@code address + 4 * stride * i}; all are 0 unless {@code inside}. */
  public static void strided(long address, long stride, boolean inside, long to, int count) {
    for (int i = 0; i < count; i++) {
      Memory.set(to + 4L * i, inside ? Memory.i32(address + 4 * stride * i) : 0);
    }
  }

  /**
   * Element i comes from {@code address + 4 * stride * i} where the block {@code inside} says so,
   * and is 0 elsewhere.
   */
  public static void strided(long address, long stride, long inside, long to, int count) {
    for (int i = 0; i < count; i++) {
      Memory.set(
          to + 4L * i, Memory.bool(inside + 4L * i) ? Memory.i32(address + 4 * stride * i) : 0);
    }
  }

  /** Replaces each index by the element {@code address + 4 * index}, or by 0 unless {@code inside}. */
  public static void gather(long address, boolean inside, long indices, int count) {
    for (int i = 0; i < count; i++) {
      int index = Memory.i32(indices + 4L * i);
      Memory.set(indices + 4L * i, inside ? Memory.i32(address + 4L * index) : 0);
    }
  }

  /**
   * Replaces each index by the element {@code address + 4 * index} where the block {@code inside}
   * says so, and by 0 elsewhere.
   */
  public static void gather(long address, long inside, long indices, int count) {
    for (int i = 0; i < count; i++) {
      int index = Memory.i32(indices + 4L * i);
      Memory.set(
          indices + 4L * i, Memory.bool(inside + 4L * i) ? Memory.i32(address + 4L * index) : 0);
    }
  }

  /** Writes element i to {@code address + 4 * stride * i}. */
  public static void setStrided(long address, long stride, long from, int count) {
    for (int i = 0; i < count; i++) {
      Memory.set(address + 4 * stride * i, Memory.i32(from + 4L * i));
    }
  }

  /** Writes one value to all of {@code address + 4 * stride * i}. */
  public static void setStrided(long address, long stride, float value, int count) {
    for (int i = 0; i < count; i++) {
      Memory.set(address + 4 * stride * i, value);
    }
  }
}
