package org.mdlc.compiler.expr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Values drawn with JAX 0.10.2, {@code jax_threefry_partitionable} on, from raw keys. */
final class ThreefryTest {
  @Test
  void bitsAreThoseOfJax() {
    assertArrayEquals(
        new int[] {0x3e2ba31b, 0x9a6f1f15, 0x251cfe13, 0x2cb4ff8f, 0x839c7c4c},
        IntStream.range(0, 5).map(i -> Threefry.bits(12345, 7, i)).toArray());
    assertArrayEquals(
        new int[] {0x578912e5, 0x6220fad0, 0x836a9c81},
        IntStream.range(0, 3).map(i -> Threefry.bits((int) 4_000_000_000L, -1, i)).toArray());
  }

  @Test
  void uniformNumbersAreThoseOfJax() {
    check(0, 1, 0x1.f15d1p-3f, 0x1.34de3cp-1f, 0x1.28e7fp-3f);
    check(-0.25f, 0.5f, -0x1.15f468p-4f, 0x1.9e9ab4p-3f, -0x1.21520cp-3f);
    check(Math.nextUp(-1f), 1, -0x1.075176p-1f, 0x1.a6f1e8p-3f, -0x1.6b8c06p-1f);
  }

  private static void check(float low, float high, float... wanted) {
    for (int i = 0; i < wanted.length; i++) {
      assertEquals(wanted[i], Threefry.uniform(12345, 7, i, low, high));
    }
  }
}
