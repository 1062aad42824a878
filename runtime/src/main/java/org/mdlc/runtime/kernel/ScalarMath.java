package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.MathConstants.*;

/**
 * Elementary functions of one float, the twin of {@link VectorMath}: the same operations in the
 * same order, so that a vector lane and a scalar give the same bits (any NaN counts as the same).
 *
 * <p>Errors are in units in the last place (ulp) of the correctly rounded result, over the whole
 * range unless said; infinities, NaN, -0.0, overflow and subnormal results are as in IEEE 754 and
 * {@link Math}. Nothing is ever flushed to zero.
 */
public final class ScalarMath {
  private ScalarMath() {}

  /** e^x, error at most 2 ulp. */
  public static float exp(float x) {
    float shifted = Math.fma(x, HALF_LOG2_E, EXPONENT_MAGIC);
    float n = shifted - EXPONENT_MAGIC;
    float r = Math.fma(n, -2 * LN2_LOW, Math.fma(n, -2 * LN2_HIGH, x));
    float p = Math.fma(W8, r, W7);
    p = Math.fma(p, r, W6);
    p = Math.fma(p, r, W5);
    p = Math.fma(p, r, W4);
    p = Math.fma(p, r, W3);
    p = Math.fma(p, r, W2);
    p = Math.fma(p, r, 1f);
    p = Math.fma(p, r, 1f);
    // e^x = 2^n p 2^n: 2^(2n) runs from 2^-150 to 2^128, no one float holds that
    float root = Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << EXPONENT_SHIFT);
    float result = p * root * root;
    result = x > EXP_MAX ? Float.POSITIVE_INFINITY : result;
    return x < EXP_MIN ? 0f : result;
  }

  /** e^x - 1, error at most 2 ulp. */
  public static float expm1(float x) {
    float shifted = Math.fma(x, LOG2_E, EXPONENT_MAGIC - 1f);
    float n = shifted - (EXPONENT_MAGIC - 1f);
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    float p = Math.fma(M5, r, M4);
    p = Math.fma(p, r, M3);
    p = Math.fma(p, r, M2);
    p = Math.fma(p, r, M1);
    p = Math.fma(p, r, M0);
    p = Math.fma(p, r * r, r);
    // at half scale, because 2^128 is no float
    float scale = Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << EXPONENT_SHIFT);
    float result = Math.fma(p, scale, scale - 0.5f);
    result = result + result;
    result = x > EXP_MAX ? Float.POSITIVE_INFINITY : result;
    result = x < EXPM1_MIN ? -1f : result;
    return Math.abs(x) < LINEAR_BELOW ? x : result;
  }

  /** The natural logarithm, error at most 1 ulp. */
  public static float log(float x) {
    boolean tiny = x < Float.MIN_NORMAL;
    float scaled = tiny ? x * INTEGER_FROM : x;
    int bits = Float.floatToRawIntBits(scaled);
    int exponent = (bits - TWO_THIRDS_BITS) & EXPONENT_MASK;
    float f = Float.intBitsToFloat(bits - exponent) - 1f;
    float k = (float) exponent + (tiny ? SCALED_UP : 0f);
    float result = logOfParts(f, k);
    result = x < Float.POSITIVE_INFINITY ? result : x;
    result = x == 0f ? Float.NEGATIVE_INFINITY : result;
    return x < 0f ? Float.NaN : result;
  }

  /** ln(1 + x), error at most 2 ulp. */
  public static float log1p(float x) {
    int exponent = (Float.floatToRawIntBits(x + 1f) - TWO_THIRDS_BITS) & EXPONENT_MASK;
    float shrunk = Float.intBitsToFloat(Float.floatToRawIntBits(x) - exponent);
    float scale = Float.intBitsToFloat(FOUR_BITS - exponent);
    float f = shrunk + Math.fma(scale, 0.25f, -1f);
    float result = logOfParts(f, (float) exponent);
    result = x < Float.POSITIVE_INFINITY ? result : x;
    result = x == -1f ? Float.NEGATIVE_INFINITY : result;
    result = x < -1f ? Float.NaN : result;
    return Math.abs(x) < LINEAR_BELOW ? x : result;
  }

  /** k 2^-23 ln 2 + ln(1 + f), f in [-1/3, 1/3]. */
  private static float logOfParts(float f, float k) {
    float p = Math.fma(L9, f, L8);
    p = Math.fma(p, f, L7);
    p = Math.fma(p, f, L6);
    p = Math.fma(p, f, L5);
    p = Math.fma(p, f, L4);
    p = Math.fma(p, f, L3);
    p = Math.fma(p, f, L2);
    p = Math.fma(p, f, L1);
    p = Math.fma(p, f, L0);
    p = Math.fma(p, f * f, f);
    return Math.fma(k, LN2_HIGH_OF_BITS, Math.fma(k, LN2_LOW_OF_BITS, p));
  }

  /** e^t for |t| at most 87: one scale is enough, and nothing can overflow. */
  private static float expOfModerate(float t) {
    float shifted = Math.fma(t, LOG2_E, EXPONENT_MAGIC);
    float n = shifted - EXPONENT_MAGIC;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, t));
    float p = Math.fma(E6, r, E5);
    p = Math.fma(p, r, E4);
    p = Math.fma(p, r, E3);
    p = Math.fma(p, r, E2);
    p = Math.fma(p, r, 1f);
    p = Math.fma(p, r, 1f);
    return p * Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << EXPONENT_SHIFT);
  }

  /** The hyperbolic tangent, error at most 3 ulp. */
  public static float tanh(float x) {
    float s = x * x;
    float p = Math.fma(T5, s, T4);
    p = Math.fma(p, s, T3);
    p = Math.fma(p, s, T2);
    p = Math.fma(p, s, T1);
    p = Math.fma(p, s, T0);
    float small = Math.fma(p, s, 1f) * x;
    float moderate = Math.min(Math.max(x, -TANH_ONE_FROM), TANH_ONE_FROM);
    float e = expOfModerate(moderate + moderate);
    float large = 1f - 2f / (e + 1f);
    return Math.abs(x) < TANH_SMALL ? small : large;
  }

  /** 1 / (1 + e^-x), error at most 2 ulp, also where the result is tiny. */
  public static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    return (x < 0f ? e : 1f) / (e + 1f);
  }

  /** The error function, error at most 2 ulp. */
  public static float erf(float x) {
    float a = Math.min(Math.abs(x), ERF_ONE_FROM);
    float s = x * x;
    float p = Math.fma(F6, s, F5);
    p = Math.fma(p, s, F4);
    p = Math.fma(p, s, F3);
    p = Math.fma(p, s, F2);
    p = Math.fma(p, s, F1);
    p = Math.fma(p, s, F0);
    float small = Math.fma(p, x, x);
    float q = Math.fma(G7, a, G6);
    q = Math.fma(q, a, G5);
    q = Math.fma(q, a, G4);
    q = Math.fma(q, a, G3);
    q = Math.fma(q, a, G2);
    q = Math.fma(q, a, G1);
    q = Math.fma(q, a, G0);
    float large = 1f - expOfModerate(q);
    large = x < 0f ? -large : large;
    return a < ERF_SMALL ? small : large;
  }

  /**
   * The inverse error function: NaN outside [-1, 1], infinite at the ends. Relative error at most
   * 8e-6 (toward the ends the rounding of x^2 weighs): operations and polynomial are XLA's, so that
   * normal random numbers follow Keras on JAX.
   */
  public static float erfinv(float x) {
    float z = -(x * x);
    int exponent = (Float.floatToRawIntBits(z + 1f) - TWO_THIRDS_BITS) & EXPONENT_MASK;
    float shrunk = Float.intBitsToFloat(Float.floatToRawIntBits(z) - exponent);
    float scale = Float.intBitsToFloat(FOUR_BITS - exponent);
    float f = shrunk + Math.fma(scale, 0.25f, -1f);
    float w = -logOfParts(f, (float) exponent);
    boolean central = w < 5f;
    float t = central ? w - 2.5f : (float) Math.sqrt(w) - 3f;
    float p = Math.fma(central ? P0 : Q0, t, central ? P1 : Q1);
    p = Math.fma(p, t, central ? P2 : Q2);
    p = Math.fma(p, t, central ? P3 : Q3);
    p = Math.fma(p, t, central ? P4 : Q4);
    p = Math.fma(p, t, central ? P5 : Q5);
    p = Math.fma(p, t, central ? P6 : Q6);
    p = Math.fma(p, t, central ? P7 : Q7);
    p = Math.fma(p, t, central ? P8 : Q8);
    float result = z == -1f ? x * Float.POSITIVE_INFINITY : p * x;
    return z < -1f ? Float.NaN : result;
  }

  /** The sine of x radians, error at most 2 ulp. */
  public static float sin(float x) {
    if (Math.abs(x) > TRIG_MAX) {
      return (float) Math.sin(x);
    }
    float shifted = Math.fma(x, TWO_OVER_PI, ROUND_MAGIC);
    float r = lessQuarters(x, shifted - ROUND_MAGIC);
    float s = r * r;
    int quadrant = Float.floatToRawIntBits(shifted);
    float value = (quadrant & 1) == 0 ? sinPolynomial(r, s) : cosPolynomial(s);
    float result = Float.intBitsToFloat(Float.floatToRawIntBits(value) ^ ((quadrant & 2) << 30));
    return x == 0f ? x : result;
  }

  /** The cosine of x radians, error at most 2 ulp. */
  public static float cos(float x) {
    if (Math.abs(x) > TRIG_MAX) {
      return (float) Math.cos(x);
    }
    float shifted = Math.fma(x, TWO_OVER_PI, ROUND_MAGIC);
    float r = lessQuarters(x, shifted - ROUND_MAGIC);
    float s = r * r;
    int quadrant = Float.floatToRawIntBits(shifted) + 1;
    float value = (quadrant & 1) == 0 ? sinPolynomial(r, s) : cosPolynomial(s);
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) ^ ((quadrant & 2) << 30));
  }

  /** x - n pi/2. */
  private static float lessQuarters(float x, float n) {
    float r = Math.fma(n, -HALF_PI_HIGH, x);
    r = Math.fma(n, -HALF_PI_MIDDLE, r);
    return Math.fma(n, -HALF_PI_LOW, r);
  }

  private static float sinPolynomial(float r, float s) {
    float p = Math.fma(S3, s, S2);
    p = Math.fma(p, s, S1);
    p = Math.fma(p, s, S0);
    return Math.fma(p, s, 1f) * r;
  }

  private static float cosPolynomial(float s) {
    float p = Math.fma(C3, s, C2);
    p = Math.fma(p, s, C1);
    p = Math.fma(p, s, C0);
    return Math.fma(p, s, 1f);
  }

  /** x to the power y, error at most 1 ulp; special cases as in {@link Math#pow}. */
  public static float pow(float x, float y) {
    float magnitude = (float) powMagnitude(Math.abs(x), y);
    boolean integral = roundHalfEven(y) == y;
    boolean odd = integral && roundHalfEven(y * 0.5f) != y * 0.5f;
    float result = odd ? copySign(magnitude, x) : magnitude;
    result = x < 0f && x > Float.NEGATIVE_INFINITY && !integral ? Float.NaN : result;
    return y == 0f ? 1f : result;
  }

  /** e^(y ln a), a not negative; a float value in a double is never subnormal. */
  private static double powMagnitude(double a, double y) {
    double t = y * logOfFloat(a);
    t = t > POW_LIMIT ? POW_LIMIT : t;
    t = t < -POW_LIMIT ? -POW_LIMIT : t;
    return expToFloat(t);
  }

  private static double logOfFloat(double a) {
    long bits = Double.doubleToRawLongBits(a);
    long exponent = (bits - SQRT_HALF_BITS) & EXPONENT_MASK_DOUBLE;
    double m = Double.longBitsToDouble(bits - exponent);
    double s = (m - 1.0) / (m + 1.0);
    double q = s * s;
    double p = Math.fma(1.0 / 17, q, 1.0 / 15);
    p = Math.fma(p, q, 1.0 / 13);
    p = Math.fma(p, q, 1.0 / 11);
    p = Math.fma(p, q, 1.0 / 9);
    p = Math.fma(p, q, 1.0 / 7);
    p = Math.fma(p, q, 1.0 / 5);
    p = Math.fma(p, q, 1.0 / 3);
    p = Math.fma(p, q, 1.0);
    // the exponent as a double without a conversion: it fits in the low bits of the rounding
    // constant
    double k =
        Double.longBitsToDouble((exponent >> 52) + ROUND_MAGIC_DOUBLE_BITS) - ROUND_MAGIC_DOUBLE;
    double result = Math.fma(k, LN2, (s + s) * p);
    result = a < Double.POSITIVE_INFINITY ? result : a;
    return a == 0.0 ? Double.NEGATIVE_INFINITY : result;
  }

  private static double expToFloat(double t) {
    double shifted = Math.fma(t, LOG2_E_DOUBLE, ROUND_MAGIC_DOUBLE);
    double n = shifted - ROUND_MAGIC_DOUBLE;
    double r = Math.fma(n, -LN2, t);
    double p = Math.fma(1.0 / 3628800, r, 1.0 / 362880);
    p = Math.fma(p, r, 1.0 / 40320);
    p = Math.fma(p, r, 1.0 / 5040);
    p = Math.fma(p, r, 1.0 / 720);
    p = Math.fma(p, r, 1.0 / 120);
    p = Math.fma(p, r, 1.0 / 24);
    p = Math.fma(p, r, 1.0 / 6);
    p = Math.fma(p, r, 0.5);
    p = Math.fma(p, r, 1.0);
    p = Math.fma(p, r, 1.0);
    return p * Double.longBitsToDouble((Double.doubleToRawLongBits(shifted) << 52) + (1023L << 52));
  }

  /** The square root, correctly rounded. */
  public static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  /** 1 / sqrt(x): a correctly rounded root, then a correctly rounded division. */
  public static float rsqrt(float x) {
    return 1f / (float) Math.sqrt(x);
  }

  /** The nearest integer, ties to the even one; keeps -0.0, infinities and NaN. */
  public static float roundHalfEven(float x) {
    float a = Math.abs(x);
    float rounded = (a + INTEGER_FROM) - INTEGER_FROM;
    return a < INTEGER_FROM ? copySign(rounded, x) : x;
  }

  /** The largest integer not above x; keeps -0.0, infinities and NaN. */
  public static float floor(float x) {
    float rounded = roundHalfEven(x);
    return rounded > x ? rounded - 1f : rounded;
  }

  /** The smallest integer not below x; keeps -0.0, infinities and NaN. */
  public static float ceil(float x) {
    return -floor(-x);
  }

  /** The nearest bf16, ties to even, as the float that it is; NaN stays. */
  public static float nearestBf16(float x) {
    int bits = Float.floatToRawIntBits(x);
    int rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
    return Float.isNaN(x) ? x : Float.intBitsToFloat(rounded);
  }

  /** The nearest f16, ties to even, as the float that it is; infinite from 65520 on, NaN stays. */
  public static float nearestF16(float x) {
    float a = Math.abs(x);
    int bits = Float.floatToRawIntBits(a);
    float rounded = Float.intBitsToFloat((bits + 0xfff + ((bits >>> 13) & 1)) & 0xffffe000);
    // Below 2^-14 f16 has multiples of 2^-24, as float has from 0.5 to 1.
    rounded = a < F16_NORMAL_FROM ? (a + 0.5f) - 0.5f : rounded;
    rounded = a < F16_INFINITE_FROM ? rounded : a + Float.POSITIVE_INFINITY;
    return copySign(rounded, x);
  }

  /** The magnitude of the first argument, which is not negative, with the sign of the second. */
  private static float copySign(float magnitude, float sign) {
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(magnitude) | (Float.floatToRawIntBits(sign) & 0x80000000));
  }
}
