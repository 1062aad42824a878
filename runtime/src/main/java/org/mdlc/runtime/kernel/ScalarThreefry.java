package org.mdlc.runtime.kernel;

/**
 * Uniform random numbers by Threefry-2x32, one element at a time, with the bits of {@link
 * org.mdlc.runtime.random.Threefry}. Elements count below 2^32, so the high word of the counter is
 * 0. Apart from {@link VectorThreefry}, so that plain loops run in a JVM without the Vector API.
 */
public final class ScalarThreefry {
  static final int PARITY = 0x1BD11BDA;

  private ScalarThreefry() {}

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
