package org.mdlc.compiler.expr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Values drawn with JAX 0.10.2, {@code jax_threefry_partitionable} on, from the key (12345, 7). */
final class DrawsTest {
  @Test
  void wholeNumbersAreThoseOfJax() {
    assertArrayEquals(new int[] {5, 4, 9, 4, 5, 0, 0, 5}, integers(8, 0, 11));
    assertArrayEquals(new int[] {391265, 335859, 889996, 709569}, integers(4, -5, 1_000_003));
  }

  private static int[] integers(int count, int low, int high) {
    return IntStream.range(0, count).map(i -> Draws.integer(12345, 7, i, low, high)).toArray();
  }

  @Test
  void ordersAreThoseOfJax() {
    assertArrayEquals(new int[] {1, 2, 5, 7, 0, 8, 6, 3, 4}, Draws.order(12345, 7, 9));
    assertArrayEquals(new int[] {0}, Draws.order(12345, 7, 1));
    var twice = Draws.order(12345, 7, 3000); // sorted in two rounds
    assertArrayEquals(new int[] {1851, 2797, 2981, 1749, 1916}, Arrays.copyOf(twice, 5));
    long sum = IntStream.range(0, 3000).mapToLong(i -> (long) i * twice[i]).sum();
    assertEquals(532997, sum % 1_000_003);
  }

  /** JAX computes in float32: a share near 1 keeps seven digits, one near 0 a few less. */
  @Test
  void betaNumbersAreThoseOfJax() {
    beta(0.2, 0.2, 0.9986311793327332, 0.9999990463256836, 0.9999905824661255);
    beta(1, 1, 0.301085889339447, 0.7107523679733276, 0.19313815236091614);
    beta(3.5, 3.5, 0.3905995786190033, 0.6011677384376526, 0.35103678703308105);
    beta(2, 5, 0.2142152190208435, 0.3577196002006531, 0.14158982038497925);
    beta(1e-6, 1e-6, 1, 1, 1, 0, 0, 1);
  }

  private static void beta(double a, double b, double... wanted) {
    for (int i = 0; i < wanted.length; i++) {
      assertEquals(wanted[i], Draws.beta(12345, 7, i, a, b), 1e-6);
    }
  }
}
