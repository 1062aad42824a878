package org.mdlc.compiler.expr;

/**
 * The counter-based generator Threefry-2x32 (Salmon and others, SC11) with 20 rounds, in the
 * arrangement of JAX's partitionable form.
 */
public final class Threefry {
  private static final int PARITY = 0x1BD11BDA;
  private static final int[][] ROTATIONS = {{13, 15, 26, 6}, {17, 29, 16, 24}};

  private Threefry() {}

  /** Both words of the cipher, the first in the high half. */
  public static long block(int key0, int key1, int counter0, int counter1) {
    int[] key = {key0, key1, PARITY ^ key0 ^ key1};
    int x = counter0 + key0;
    int y = counter1 + key1;
    for (int group = 0; group < 5; group++) {
      for (int rotation : ROTATIONS[group % 2]) {
        x += y;
        y = Integer.rotateLeft(y, rotation) ^ x;
      }
      x += key[(group + 1) % 3];
      y += key[(group + 2) % 3] + group + 1;
    }
    return (long) x << 32 | Integer.toUnsignedLong(y);
  }

  /**
   * 32 random bits for element {@code index} of a tensor: the exclusive or of both words for the
   * counter {@code index}.
   */
  public static int bits(int key0, int key1, long index) {
    long block = block(key0, key1, (int) (index >>> 32), (int) index);
    return (int) (block >>> 32) ^ (int) block;
  }

  /**
   * Element {@code index} of uniform f32 numbers in {@code [low, high)}: 23 bits as a number in [0,
   * 1), scaled by one fused multiply-add.
   */
  public static float uniform(int key0, int key1, long index, float low, float high) {
    float unit = Float.intBitsToFloat(bits(key0, key1, index) >>> 9 | 0x3F800000) - 1;
    return Math.max(low, Math.fma(unit, high - low, low));
  }
}
