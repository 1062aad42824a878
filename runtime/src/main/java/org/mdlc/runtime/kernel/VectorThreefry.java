package org.mdlc.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Uniform random numbers by Threefry-2x32 (Salmon et al., "Parallel random numbers: as easy as 1,
 * 2, 3", 2011), for kernels: a vector of elements and its scalar twin, with the bits of {@link
 * org.mdlc.runtime.random.Threefry}. Elements count below 2^32, so the high word of the counter is
 * 0.
 */
public final class VectorThreefry {
  private static final int PARITY = 0x1BD11BDA;

  private VectorThreefry() {}

  /** Floats in [low, high) for elements of the tensor drawn with the key (seed, counter). */
  public static FloatVector uniform(
      int seed, int counter, IntVector element, float low, float high) {
    int third = seed ^ counter ^ PARITY;
    IntVector x = IntVector.broadcast(VectorMath.INTS, seed);
    IntVector y = element.add(counter);
    // rounds by fours, after each four the next two key words and the number of the group
    x = x.add(y);
    y = y.lanewise(ROL, 13).lanewise(XOR, x);
    x = x.add(y);
    y = mix(y, 15, x);
    x = x.add(y);
    y = mix(y, 26, x);
    x = x.add(y);
    y = mix(y, 6, x);
    x = x.add(counter);
    y = y.add(third + 1);
    x = x.add(y);
    y = mix(y, 17, x);
    x = x.add(y);
    y = mix(y, 29, x);
    x = x.add(y);
    y = mix(y, 16, x);
    x = x.add(y);
    y = mix(y, 24, x);
    x = x.add(third);
    y = y.add(seed + 2);
    x = x.add(y);
    y = mix(y, 13, x);
    x = x.add(y);
    y = mix(y, 15, x);
    x = x.add(y);
    y = mix(y, 26, x);
    x = x.add(y);
    y = mix(y, 6, x);
    x = x.add(seed);
    y = y.add(counter + 3);
    return scaled(last(x, y, counter, third), low, high);
  }

  /** The rest of the rounds, in a method of its own so that each is small enough to be inlined. */
  private static IntVector last(IntVector halfX, IntVector halfY, int counter, int third) {
    IntVector x = halfX.add(halfY);
    IntVector y = mix(halfY, 17, x);
    x = x.add(y);
    y = mix(y, 29, x);
    x = x.add(y);
    y = mix(y, 16, x);
    x = x.add(y);
    y = mix(y, 24, x);
    x = x.add(counter);
    y = y.add(third + 4);
    x = x.add(y);
    y = mix(y, 13, x);
    x = x.add(y);
    y = mix(y, 15, x);
    x = x.add(y);
    y = mix(y, 26, x);
    x = x.add(y);
    y = mix(y, 6, x);
    return x.add(third).lanewise(XOR, y.add(seedPlusFive(counter, third)));
  }

  // the third key word is seed ^ counter ^ PARITY, so the seed comes back from the other two
  private static int seedPlusFive(int counter, int third) {
    return (third ^ counter ^ PARITY) + 5;
  }

  private static IntVector mix(IntVector y, int bits, IntVector x) {
    return y.lanewise(ROL, bits).lanewise(XOR, x);
  }

  /** 23 random bits as a float in [1, 2), less 1, stretched by one fused multiply-add. */
  private static FloatVector scaled(IntVector bits, float low, float high) {
    FloatVector unit = bits.lanewise(LSHR, 9).or(0x3F800000).reinterpretAsFloats().sub(1f);
    FloatVector lowest = FloatVector.broadcast(VectorMath.FLOATS, low);
    return unit.fma(FloatVector.broadcast(VectorMath.FLOATS, high - low), lowest).max(lowest);
  }

  /** The float in [low, high) for one element of the tensor drawn with the key (seed, counter). */
  public static float uniform(int seed, int counter, long element, float low, float high) {
    int third = seed ^ counter ^ PARITY;
    int x = seed;
    int y = (int) element + counter;
    for (int group = 1; group <= 5; group++) {
      boolean odd = (group & 1) == 1;
      x += y;
      y = Integer.rotateLeft(y, odd ? 13 : 17) ^ x;
      x += y;
      y = Integer.rotateLeft(y, odd ? 15 : 29) ^ x;
      x += y;
      y = Integer.rotateLeft(y, odd ? 26 : 16) ^ x;
      x += y;
      y = Integer.rotateLeft(y, odd ? 6 : 24) ^ x;
      x += key(group, seed, counter, third);
      y += key(group + 1, seed, counter, third) + group;
    }
    float unit = Float.intBitsToFloat((x ^ y) >>> 9 | 0x3F800000) - 1f;
    return Math.max(low, Math.fma(unit, high - low, low));
  }

  private static int key(int index, int seed, int counter, int third) {
    return switch (index % 3) {
      case 0 -> seed;
      case 1 -> counter;
      default -> third;
    };
  }
}
