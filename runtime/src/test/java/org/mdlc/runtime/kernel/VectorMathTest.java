package org.mdlc.runtime.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * {@link VectorMath} gives the bits of {@link ScalarMath}, element by element, over all of float.
 */
class VectorMathTest {
  private static final int LANES = VectorMath.FLOATS.length();
  private static final int BLOCK = 512;

  /** A function over blocks. */
  private interface Function {
    void apply(long from, long to, int count);
  }

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment x = arena.allocate(4 * BLOCK, 64);
  private final MemorySegment y = arena.allocate(4 * BLOCK, 64);
  private final MemorySegment z = arena.allocate(4 * BLOCK, 64);

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void exponentials() {
    duel("exp", VectorMath::exp, ScalarMath::exp);
    duel("expm1", VectorMath::expm1, ScalarMath::expm1);
    duel("tanh", VectorMath::tanh, ScalarMath::tanh);
    duel("sigmoid", VectorMath::sigmoid, ScalarMath::sigmoid);
  }

  @Test
  void logarithms() {
    duel("log", VectorMath::log, ScalarMath::log);
    duel("log1p", VectorMath::log1p, ScalarMath::log1p);
  }

  @Test
  void errorFunctions() {
    duel("erf", VectorMath::erf, ScalarMath::erf);
    duel("erfinv", VectorMath::erfinv, ScalarMath::erfinv);
  }

  @Test
  void waves() {
    duel("sin", VectorMath::sin, ScalarMath::sin);
    duel("cos", VectorMath::cos, ScalarMath::cos);
  }

  @Test
  void rounding() {
    duel("roundHalfEven", VectorMath::roundHalfEven, ScalarMath::roundHalfEven);
    duel("floor", VectorMath::floor, ScalarMath::floor);
    duel("ceil", VectorMath::ceil, ScalarMath::ceil);
    duel("nearestBf16", VectorMath::nearestBf16, ScalarMath::nearestBf16);
    duel("nearestF16", VectorMath::nearestF16, ScalarMath::nearestF16);
  }

  @Test
  void powersAndRemainders() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 4_000; round++) {
      for (int i = 0; i < BLOCK; i++) {
        x.setAtIndex(JAVA_FLOAT, i, sample(random));
        y.setAtIndex(JAVA_FLOAT, i, sample(random));
      }
      VectorMath.pow(x.address(), y.address(), z.address(), BLOCK);
      for (int i = 0; i < BLOCK; i++) {
        float a = x.getAtIndex(JAVA_FLOAT, i);
        float b = y.getAtIndex(JAVA_FLOAT, i);
        assertSameBits(
            "pow(" + a + ", " + b + ")", ScalarMath.pow(a, b), z.getAtIndex(JAVA_FLOAT, i));
      }
      VectorMath.mod(x.address(), y.address(), z.address(), BLOCK);
      for (int i = 0; i < BLOCK; i++) {
        float a = x.getAtIndex(JAVA_FLOAT, i);
        float b = y.getAtIndex(JAVA_FLOAT, i);
        assertSameBits(
            a + " mod " + b, a - ScalarMath.floor(a / b) * b, z.getAtIndex(JAVA_FLOAT, i));
      }
    }
  }

  @Test
  void sumIsTheSameTreeBeforeAndAfterCompilation() {
    SplittableRandom random = new SplittableRandom(3);
    float[] lanes = new float[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = (float) random.nextDouble(-1, 1);
      x.setAtIndex(JAVA_FLOAT, lane, lanes[lane]);
    }
    float expected = treeSum(lanes);
    for (int round = 0; round < 100_000; round++) {
      assertSameBits("sum", expected, VectorMath.sum(x.address()));
    }
  }

  @Test
  void writesWholeVectorsAndNotMore() {
    int count = LANES + 1;
    for (int i = 0; i < BLOCK; i++) {
      x.setAtIndex(JAVA_FLOAT, i, 0f);
      z.setAtIndex(JAVA_FLOAT, i, 7f);
    }
    VectorMath.exp(x.address(), z.address(), count);
    assertEquals(1f, z.getAtIndex(JAVA_FLOAT, count - 1));
    assertEquals(7f, z.getAtIndex(JAVA_FLOAT, 2L * LANES));
  }

  @Test
  void movesElementsThatDoNotLieSideBySide() {
    for (int i = 0; i < BLOCK; i++) {
      x.setAtIndex(JAVA_FLOAT, i, i);
      y.setAtIndex(JAVA_INT, i, i % 3 == 0 ? 1 : 0);
      z.setAtIndex(JAVA_INT, i, BLOCK - 1 - i);
    }
    VectorMath.gather(x.address(), y.address(), z.address(), 10);
    assertEquals(BLOCK - 1f, z.getAtIndex(JAVA_FLOAT, 0));
    assertEquals(0f, z.getAtIndex(JAVA_FLOAT, 1));
    assertEquals(BLOCK - 4f, z.getAtIndex(JAVA_FLOAT, 3));
    VectorMath.strided(x.address() + 4, 3, true, z.address(), 5);
    assertEquals(13f, z.getAtIndex(JAVA_FLOAT, 4));
    VectorMath.strided(x.address(), 2, y.address(), z.address(), 5);
    assertEquals(6f, z.getAtIndex(JAVA_FLOAT, 3));
    assertEquals(0f, z.getAtIndex(JAVA_FLOAT, 4));
    VectorMath.setStrided(x.address(), 2, z.address(), 5);
    assertEquals(0f, x.getAtIndex(JAVA_FLOAT, 8));
    assertEquals(9f, x.getAtIndex(JAVA_FLOAT, 9));
    VectorMath.setStrided(x.address(), 2, 2.5f, 5);
    assertEquals(2.5f, x.getAtIndex(JAVA_FLOAT, 8));
    assertEquals(10f, x.getAtIndex(JAVA_FLOAT, 10));
  }

  @Test
  void allocatesNothing() {
    long from = x.address();
    long to = z.address();
    Native.assertAllocatesNothing(() -> VectorMath.exp(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.expm1(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.log(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.log1p(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.tanh(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.sigmoid(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.erf(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.erfinv(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.sin(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.floor(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.nearestBf16(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorMath.nearestF16(from, to, BLOCK));
    Native.assertAllocatesNothing(() -> VectorThreefry.uniform(1, 2, 3, 1, 0, 1, to, BLOCK));
  }

  private static float treeSum(float[] lanes) {
    float[] sums = lanes.clone();
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        sums[lane] += sums[lane + half];
      }
    }
    return sums[0];
  }

  private static float sample(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> FloatSamples.AWKWARD[random.nextInt(FloatSamples.AWKWARD.length)];
      case 1 -> Float.intBitsToFloat(random.nextInt());
      case 2 -> random.nextInt(-20, 21);
      default -> (float) random.nextDouble(-20, 20);
    };
  }

  private void duel(String name, Function vector, FloatSamples.FloatFunction scalar) {
    int[] filled = {0};
    FloatSamples.forEach(
        sample -> {
          x.setAtIndex(JAVA_FLOAT, filled[0]++, sample);
          if (filled[0] == BLOCK) {
            filled[0] = 0;
            vector.apply(x.address(), z.address(), BLOCK);
            for (int i = 0; i < BLOCK; i++) {
              float argument = x.getAtIndex(JAVA_FLOAT, i);
              assertSameBits(
                  name + "(" + argument + ")", scalar.apply(argument), z.getAtIndex(JAVA_FLOAT, i));
            }
          }
        });
  }

  private static void assertSameBits(String what, float expected, float actual) {
    if (Float.floatToIntBits(expected) != Float.floatToIntBits(actual)) {
      assertEquals(
          Float.toHexString(expected),
          Float.toHexString(actual),
          () -> what + " in scalar and vector");
    }
  }
}
