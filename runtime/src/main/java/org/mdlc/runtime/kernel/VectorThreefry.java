package org.mdlc.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.Memory.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Uniform random numbers by Threefry-2x32 (Salmon et al., "Parallel random numbers: as easy as 1,
 * 2, 3", 2011), for kernels: a block of elements, with the bits of {@link ScalarThreefry}.
 */
public final class VectorThreefry {
  private VectorThreefry() {}

  /**
   * Floats in [low, high) for the elements {@code first, first + stride, ..} of the tensor drawn
   * with the key (seed, counter), into the block {@code to}, up to the end of the vector with
   * element {@code count - 1}. A loop of its own: inlined into a kernel, the twenty rounds would
   * use up what C2 inlines (see {@link VectorMath}).
   */
  public static void uniform(
      int seed, int counter, int first, int stride, float low, float high, long to, int count) {
    int third = seed ^ counter ^ ScalarThreefry.PARITY;
    IntVector steps = Lanes.IOTA.mul(stride);
    FloatVector lowest = FloatVector.broadcast(VectorMath.FLOATS, low);
    FloatVector range = FloatVector.broadcast(VectorMath.FLOATS, high - low);
    for (int i = 0; i < count; i += Lanes.COUNT) {
      IntVector x = IntVector.broadcast(VectorMath.INTS, seed);
      IntVector y = steps.add(first + i * stride + counter);
      // rounds 1 to 4, then the next two key words and the number of the group
      x = x.add(y);
      y = y.lanewise(ROL, 13).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 15).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 26).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 6).lanewise(XOR, x);
      x = x.add(counter);
      y = y.add(third + 1);
      // rounds 5 to 8, then the next two key words and the number of the group
      x = x.add(y);
      y = y.lanewise(ROL, 17).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 29).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 16).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 24).lanewise(XOR, x);
      x = x.add(third);
      y = y.add(seed + 2);
      // rounds 9 to 12, then the next two key words and the number of the group
      x = x.add(y);
      y = y.lanewise(ROL, 13).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 15).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 26).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 6).lanewise(XOR, x);
      x = x.add(seed);
      y = y.add(counter + 3);
      // rounds 13 to 16, then the next two key words and the number of the group
      x = x.add(y);
      y = y.lanewise(ROL, 17).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 29).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 16).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 24).lanewise(XOR, x);
      x = x.add(counter);
      y = y.add(third + 4);
      // rounds 17 to 20, then the next two key words and the number of the group
      x = x.add(y);
      y = y.lanewise(ROL, 13).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 15).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 26).lanewise(XOR, x);
      x = x.add(y);
      y = y.lanewise(ROL, 6).lanewise(XOR, x);
      x = x.add(third);
      y = y.add(seed + 5);
      // 23 random bits as a float in [1, 2), less 1, stretched by one fused multiply-add
      IntVector bits = x.lanewise(XOR, y).lanewise(LSHR, 9).or(0x3F800000);
      FloatVector unit = bits.reinterpretAsFloats().sub(1f);
      unit.fma(range, lowest).max(lowest).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }
}
