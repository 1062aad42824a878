package org.mdlc.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** {@link VectorMath} gives the bits of {@link ScalarMath}, lane by lane, over all of float. */
class VectorMathTest {
  private static final int LANES = VectorMath.FLOATS.length();

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
  void rootsAndRounding() {
    duel("sqrt", VectorMath::sqrt, ScalarMath::sqrt);
    duel("rsqrt", VectorMath::rsqrt, ScalarMath::rsqrt);
    duel("roundHalfEven", VectorMath::roundHalfEven, ScalarMath::roundHalfEven);
    duel("floor", VectorMath::floor, ScalarMath::floor);
    duel("ceil", VectorMath::ceil, ScalarMath::ceil);
  }

  @Test
  void pow() {
    SplittableRandom random = new SplittableRandom(11);
    float[] x = new float[LANES];
    float[] y = new float[LANES];
    for (int round = 0; round < 100_000; round++) {
      for (int lane = 0; lane < LANES; lane++) {
        x[lane] = sample(random);
        y[lane] = sample(random);
      }
      float[] result = apply(VectorMath::pow, x, y);
      for (int lane = 0; lane < LANES; lane++) {
        float expected = ScalarMath.pow(x[lane], y[lane]);
        assertSameBits("pow(" + x[lane] + ", " + y[lane] + ")", expected, result[lane]);
      }
    }
  }

  @Test
  void sumIsTheSameTreeBeforeAndAfterCompilation() {
    SplittableRandom random = new SplittableRandom(3);
    float[] x = new float[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      x[lane] = (float) random.nextDouble(-1, 1);
    }
    float expected = treeSum(x);
    for (int round = 0; round < 100_000; round++) {
      assertSameBits(
          "sum", expected, VectorMath.sum(FloatVector.fromArray(VectorMath.FLOATS, x, 0)));
    }
  }

  @Test
  void loopsAllocateNothing() {
    float[] x = new float[1024];
    Native.assertAllocatesNothing(
        () -> {
          for (int i = 0; i < x.length; i += LANES) {
            VectorMath.exp(FloatVector.fromArray(VectorMath.FLOATS, x, i)).intoArray(x, i);
          }
        });
    Native.assertAllocatesNothing(
        () -> {
          for (int i = 0; i < x.length; i += LANES) {
            VectorMath.log(FloatVector.fromArray(VectorMath.FLOATS, x, i)).intoArray(x, i);
          }
        });
    Native.assertAllocatesNothing(
        () -> {
          for (int i = 0; i < x.length; i += LANES) {
            VectorMath.tanh(FloatVector.fromArray(VectorMath.FLOATS, x, i)).intoArray(x, i);
          }
        });
    Native.assertAllocatesNothing(
        () -> {
          for (int i = 0; i < x.length; i += LANES) {
            VectorMath.erf(FloatVector.fromArray(VectorMath.FLOATS, x, i)).intoArray(x, i);
          }
        });
    Native.assertAllocatesNothing(
        () -> {
          for (int i = 0; i < x.length; i += LANES) {
            VectorMath.erfinv(FloatVector.fromArray(VectorMath.FLOATS, x, i)).intoArray(x, i);
          }
        });
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

  private static float[] apply(BinaryOperator<FloatVector> function, float[] x, float[] y) {
    return function
        .apply(
            FloatVector.fromArray(VectorMath.FLOATS, x, 0),
            FloatVector.fromArray(VectorMath.FLOATS, y, 0))
        .toArray();
  }

  private static void duel(
      String name, UnaryOperator<FloatVector> vector, FloatSamples.FloatFunction scalar) {
    float[] x = new float[LANES];
    int[] filled = {0};
    FloatSamples.forEach(
        sample -> {
          x[filled[0]++] = sample;
          if (filled[0] == LANES) {
            filled[0] = 0;
            float[] result = vector.apply(FloatVector.fromArray(VectorMath.FLOATS, x, 0)).toArray();
            for (int lane = 0; lane < LANES; lane++) {
              assertSameBits(name + "(" + x[lane] + ")", scalar.apply(x[lane]), result[lane]);
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
