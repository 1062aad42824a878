package org.mdlc.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The stated errors of {@link ScalarMath}, against double precision, over all of float. */
class ScalarMathTest {
  @Test
  void exp() {
    check("exp", 2, ScalarMath::exp, Math::exp);
    assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(88.72285f));
    assertEquals(Float.MIN_VALUE, ScalarMath.exp(-103.9f));
  }

  @Test
  void expm1() {
    check("expm1", 2, ScalarMath::expm1, Math::expm1);
  }

  @Test
  void log() {
    check("log", 1, ScalarMath::log, Math::log);
  }

  @Test
  void log1p() {
    check("log1p", 2, ScalarMath::log1p, Math::log1p);
  }

  @Test
  void tanh() {
    check("tanh", 3, ScalarMath::tanh, Math::tanh);
  }

  @Test
  void sigmoid() {
    check("sigmoid", 2, ScalarMath::sigmoid, x -> 1 / (1 + Math.exp(-x)));
  }

  @Test
  void erf() {
    check("erf", 2, ScalarMath::erf, ErrorFunction::erf);
  }

  @Test
  void sin() {
    check("sin", 2, ScalarMath::sin, Math::sin);
  }

  @Test
  void cos() {
    check("cos", 2, ScalarMath::cos, Math::cos);
  }

  @Test
  void rootsAndRounding() {
    check("sqrt", 0.5, ScalarMath::sqrt, Math::sqrt);
    check("rsqrt", 1.5, ScalarMath::rsqrt, x -> 1 / Math.sqrt(x));
    check("roundHalfEven", 0, ScalarMath::roundHalfEven, Math::rint);
    check("floor", 0, ScalarMath::floor, Math::floor);
    check("ceil", 0, ScalarMath::ceil, Math::ceil);
  }

  /** The platform knows half floats; a bf16 is a float whose lower half is zero. */
  @Test
  void narrowFloats() {
    for (long bits = 0; bits < 1L << 32; bits += 4099) {
      float x = Float.intBitsToFloat((int) bits);
      float half = Float.float16ToFloat(Float.floatToFloat16(x));
      assertEquals(half, ScalarMath.nearestF16(x), "f16 of " + x);
      float brain = ScalarMath.nearestBf16(x);
      if (Float.isNaN(x)) {
        assertTrue(Float.isNaN(brain));
        continue;
      }
      assertEquals(0, Float.floatToRawIntBits(brain) & 0xffff, "bf16 of " + x);
      int low = (int) bits & 0xffff0000;
      float toward = Float.intBitsToFloat(low);
      float beyond = Float.intBitsToFloat(low + 0x10000);
      double first = Math.abs((double) x - toward);
      double second = Math.abs((double) beyond - x);
      boolean firstIsEven = (low >>> 16 & 1) == 0;
      float wanted = first < second || first == second && firstIsEven ? toward : beyond;
      if (Float.isInfinite(beyond) && Float.isFinite(x)) { // as if the next power of two were there
        wanted = ((int) bits & 0xffff) < 0x8000 ? toward : beyond;
      }
      assertEquals(wanted, brain, "bf16 of " + x);
    }
    assertEquals(1f, ScalarMath.nearestBf16(1 + 0x1p-8f));
    assertEquals(1 + 0x1p-6f, ScalarMath.nearestBf16(1 + 0x3p-8f));
    assertEquals(0x1p-133f, ScalarMath.nearestBf16(0x1p-133f));
    assertEquals(0f, ScalarMath.nearestBf16(0x1p-134f));
    assertEquals(Float.POSITIVE_INFINITY, ScalarMath.nearestBf16(Float.MAX_VALUE));
    assertEquals(-0.0f, ScalarMath.nearestF16(-0x1p-25f));
    assertEquals(Float.NEGATIVE_INFINITY, ScalarMath.nearestF16(-65520f));
  }

  @Test
  void erfinvInvertsErf() {
    for (int i = -(1 << 24) + 1; i < 1 << 24; i += 1009) {
      float x = i / 16777216f;
      double y = ScalarMath.erfinv(x);
      double slope = 2 / Math.sqrt(Math.PI) * Math.exp(-y * y);
      double error = (ErrorFunction.erf(y) - x) / slope;
      assertTrue(
          Math.abs(error) <= 8e-6 * Math.abs(y), "erfinv(" + x + ") = " + y + ", off by " + error);
    }
    assertEquals(Float.POSITIVE_INFINITY, ScalarMath.erfinv(1f));
    assertEquals(Float.NEGATIVE_INFINITY, ScalarMath.erfinv(-1f));
    assertEquals(-0f, ScalarMath.erfinv(-0f));
    assertTrue(Float.isNaN(ScalarMath.erfinv(1.5f)));
    assertTrue(Float.isNaN(ScalarMath.erfinv(Float.NaN)));
  }

  @Test
  void pow() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1_000_000; i++) {
      float x = (float) Math.exp(random.nextDouble(-20, 20)) * (random.nextInt(8) == 0 ? -1 : 1);
      float y = (float) random.nextDouble(-12, 12);
      comparePow(x, random.nextInt(4) == 0 ? Math.round(y) : y);
    }
    for (float x : FloatSamples.AWKWARD) {
      for (float y : FloatSamples.AWKWARD) {
        comparePow(x, y);
      }
    }
  }

  private static void comparePow(float x, float y) {
    FloatSamples.assertUlps("pow(" + x + ", " + y + ")", 1, Math.pow(x, y), ScalarMath.pow(x, y));
  }

  private static void check(
      String name, double ulps, FloatSamples.FloatFunction function, DoubleUnaryOperator exact) {
    FloatSamples.forEach(
        x ->
            FloatSamples.assertUlps(
                name + "(" + x + ")", ulps, exact.applyAsDouble(x), function.apply(x)));
  }
}
