package org.mdlc.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** Floats worth trying, and the measure of their errors. */
final class FloatSamples {
  static final float[] AWKWARD = {
    0f,
    -0f,
    1f,
    -1f,
    0.5f,
    -0.5f,
    1.5f,
    2f,
    -2f,
    2.5f,
    3f,
    -3f,
    4f,
    7f,
    13f,
    -13f,
    0.1f,
    1e-20f,
    -1e-20f,
    1e20f,
    -1e20f,
    8388607f,
    8388608f,
    -8388609f,
    16777215f,
    16777216f,
    3e9f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    0.99999994f,
    -0.99999994f,
    1.0000001f,
    -1.0000001f,
    88.72284f,
    88.72283f,
    88.72285f,
    -87.3f,
    -87.4f,
    -103.97f,
    -103.98f,
    -104f,
    -150f,
    17.4f,
    -17.4f,
    0.625f,
    -0.92f,
    3.95f,
    -3.95f,
    3.1415927f,
    -1.5707964f,
    1e9f,
    1073741824f,
    1.0737419e9f
  };

  /**
   * Coprime to 2^32, so that the walk meets every exponent and all kinds of significands: 1,046,000
   * floats.
   */
  private static final int STRIDE = 4105;

  interface FloatFunction {
    float apply(float x);
  }

  interface FloatConsumer {
    void accept(float x);
  }

  private FloatSamples() {}

  static void forEach(FloatConsumer consumer) {
    for (float x : AWKWARD) {
      consumer.accept(x);
    }
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      consumer.accept(Float.intBitsToFloat((int) bits));
    }
  }

  /**
   * Fails unless {@code actual} is within {@code ulps} units in the last place of {@code exact}
   * rounded to float.
   */
  static void assertUlps(String what, double ulps, double exact, float actual) {
    float rounded = (float) exact;
    if (Float.isNaN(rounded) || Float.isInfinite(rounded) || exact == 0) {
      assertEquals(rounded, actual, what);
    } else if (Float.isNaN(actual) || Float.isInfinite(actual)) {
      fail(what + " is " + actual + ", should be " + rounded);
    } else if (Math.abs(actual - exact) > ulps * Math.ulp(rounded) && actual != rounded) {
      fail(
          what
              + " is "
              + actual
              + ", should be "
              + rounded
              + ": "
              + Math.abs(actual - exact) / Math.ulp(rounded)
              + " ulp");
    }
  }
}
