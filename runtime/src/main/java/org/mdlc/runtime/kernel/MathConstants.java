package org.mdlc.runtime.kernel;

/**
 * The constants of {@link ScalarMath} and {@link VectorMath}, in one place so that the twins cannot
 * drift apart.
 *
 * <p>The polynomials are minimax fits (reweighted least squares in double, coefficients rounded to
 * float from the lowest up, the rest fitted again); the figure beside each is the largest relative
 * error of the rounded polynomial.
 */
final class MathConstants {
  /** The smallest f16 that is not subnormal, and what is nearer to infinity than to 65504. */
  static final float F16_NORMAL_FROM = 0x1p-14f;

  static final float F16_INFINITE_FROM = 65520f;

  private MathConstants() {}

  /** 1.5 * 2^23: adding and subtracting it rounds |x| < 2^22 to an integer, ties to even. */
  static final float ROUND_MAGIC = 12582912f;

  /**
   * 1.5 * 2^23 + 127: the low bits of n + EXPONENT_MAGIC are n with the bias of a float's exponent,
   * so shifted left by 23 they are the bits of 2^n.
   */
  static final float EXPONENT_MAGIC = 12583039f;

  static final int EXPONENT_SHIFT = 23;

  /** 2^23: every float at least this large is an integer. */
  static final float INTEGER_FROM = 8388608f;

  static final float LOG2_E = 1.44269504f;
  static final float HALF_LOG2_E = 0.72134752f;

  /** ln 2 = LN2_HIGH + LN2_LOW; both are used with one fused multiply-add. */
  static final float LN2_HIGH = 0.693147182f;

  static final float LN2_LOW = -1.90465421e-9f;

  /** Above this, exp overflows to infinity; it is the largest float whose exponential is finite. */
  static final float EXP_MAX = 88.7228394f;

  /** Below this, exp rounds to zero: 150 ln 2. */
  static final float EXP_MIN = -103.972084f;

  // exp(r) = 1 + r + r^2 (W2 + r W3 + ...), |r| <= ln 2, 2^-30.2
  static final float W2 = 0.5f;
  static final float W3 = 0.166666716f;
  static final float W4 = 0.0416666046f;
  static final float W5 = 0.0083326539f;
  static final float W6 = 0.00138919672f;
  static final float W7 = 0.000200929251f;
  static final float W8 = 2.45522133e-05f;

  // exp(r) = 1 + r + r^2 (E2 + r E3 + ...), |r| <= ln(2)/2, 2^-28.2
  static final float E2 = 0.49999994f;
  static final float E3 = 0.166665211f;
  static final float E4 = 0.041668281f;
  static final float E5 = 0.0083686905f;
  static final float E6 = 0.00138195104f;

  // expm1(r) = r + r^2 (M0 + r M1 + ...), |r| <= ln(2)/2, 2^-31.1
  static final float M0 = 0.5f;
  static final float M1 = 0.166666657f;
  static final float M2 = 0.0416664928f;
  static final float M3 = 0.00833354332f;
  static final float M4 = 0.00139323471f;
  static final float M5 = 0.000197642599f;

  /** Below this, expm1 rounds to -1. */
  static final float EXPM1_MIN = -17.5f;

  /** Below this magnitude expm1(x), log1p(x) round to x. */
  static final float LINEAR_BELOW = 2.9802322e-8f;

  // log1p(f) = f + f^2 (L0 + f L1 + ...), -1/3 <= f <= 1/3, 2^-30
  static final float L0 = -0.5f;
  static final float L1 = 0.333333343f;
  static final float L2 = -0.249998257f;
  static final float L3 = 0.199996814f;
  static final float L4 = -0.166793585f;
  static final float L5 = 0.143027186f;
  static final float L6 = -0.121985972f;
  static final float L7 = 0.107695222f;
  static final float L8 = -0.128335327f;
  static final float L9 = 0.119586445f;

  /** Bits of 2/3: the significand of a logarithm's argument is taken in [2/3, 4/3). */
  static final int TWO_THIRDS_BITS = 0x3f2aaaab;

  static final int EXPONENT_MASK = 0xff800000;

  /** Bits of 4: 2^-k times 4 is a float where 2^-k is not. */
  static final int FOUR_BITS = 0x40800000;

  /**
   * ln 2 for an exponent that still stands in the upper bits of an integer: LN2_HIGH and LN2_LOW
   * times 2^-23.
   */
  static final float LN2_HIGH_OF_BITS = LN2_HIGH / INTEGER_FROM;

  static final float LN2_LOW_OF_BITS = LN2_LOW / INTEGER_FROM;

  /** -23 as {@link #LN2_HIGH_OF_BITS} counts, for an argument scaled up by 2^23. */
  static final float SCALED_UP = -23f * INTEGER_FROM;

  /** tanh beyond this rounds to 1; its exponential is still far from overflow. */
  static final float TANH_ONE_FROM = 10f;

  // tanh(x) = x (1 + x^2 (T0 + x^2 T1 + ...)), |x| <= 0.625, 2^-32
  static final float TANH_SMALL = 0.625f;
  static final float T0 = -0.333333313f;
  static final float T1 = 0.133332208f;
  static final float T2 = -0.0539481901f;
  static final float T3 = 0.0217070337f;
  static final float T4 = -0.00819056109f;
  static final float T5 = 0.00215336657f;

  // erf(x) = x + x (F0 + x^2 F1 + ...), |x| <= 0.92, 2^-30
  static final float ERF_SMALL = 0.92f;
  static final float F0 = 0.128379166f;
  static final float F1 = -0.376126289f;
  static final float F2 = 0.112836257f;
  static final float F3 = -0.0268557221f;
  static final float F4 = 0.00519234687f;
  static final float F5 = -0.000804864336f;
  static final float F6 = 7.98978799e-05f;

  // erfc(x) = exp(G0 + x G1 + ...), 0.92 <= x <= 4, 2^-34 of 1
  static final float ERF_ONE_FROM = 4f;
  static final float G0 = 0.00017587826f;
  static final float G1 = -1.12952089f;
  static final float G2 = -0.633334398f;
  static final float G3 = -0.10829436f;
  static final float G4 = 0.025128983f;
  static final float G5 = -0.00417481549f;
  static final float G6 = 0.000435262569f;
  static final float G7 = -2.11664701e-05f;

  // Inverse error function: M. Giles, "Approximating the erfinv function", GPU Computing Gems 2
  // (2011), single
  // precision, the polynomial XLA uses. P for w < 5 (central), Q for the tails; highest power
  // first.
  static final float P0 = 2.81022636e-08f;
  static final float P1 = 3.43273939e-07f;
  static final float P2 = -3.5233877e-06f;
  static final float P3 = -4.39150654e-06f;
  static final float P4 = 0.00021858087f;
  static final float P5 = -0.00125372503f;
  static final float P6 = -0.00417768164f;
  static final float P7 = 0.246640727f;
  static final float P8 = 1.50140941f;
  static final float Q0 = -0.000200214257f;
  static final float Q1 = 0.000100950558f;
  static final float Q2 = 0.00134934322f;
  static final float Q3 = -0.00367342844f;
  static final float Q4 = 0.00573950773f;
  static final float Q5 = -0.0076224613f;
  static final float Q6 = 0.00943887047f;
  static final float Q7 = 1.00167406f;
  static final float Q8 = 2.83297682f;

  // sin(r) = r (1 + r^2 (S0 + ...)) and cos(r) = 1 + r^2 (C0 + ...), |r| <= pi/4, 2^-32
  static final float S0 = -0.166666672f;
  static final float S1 = 0.0083333794f;
  static final float S2 = -0.000198530819f;
  static final float S3 = 2.8328659e-06f;
  static final float C0 = -0.5f;
  static final float C1 = 0.0416666456f;
  static final float C2 = -0.00138873106f;
  static final float C3 = 2.44325438e-05f;
  static final float TWO_OVER_PI = 0.636619772f;

  // pi/2 in three parts: n times the first is exact for n below 2^16, so the first subtraction
  // loses nothing
  static final float HALF_PI_HIGH = 1.57079637f;
  static final float HALF_PI_MIDDLE = -4.37113883e-08f;
  static final float HALF_PI_LOW = -1.71512451e-15f;

  /** Beyond this the reduction by pi/2 in floats is no longer exact enough. */
  static final float TRIG_MAX = 65536f;

  // In double, for pow: Taylor terms to 2^-40, so that the result rounds once, to float.

  /** 1.5 * 2^52: {@link #ROUND_MAGIC} for doubles. */
  static final double ROUND_MAGIC_DOUBLE = 6755399441055744.0;

  static final long ROUND_MAGIC_DOUBLE_BITS = 0x4338000000000000L;
  static final double LN2 = 0x1.62e42fefa39efp-1;
  static final double LOG2_E_DOUBLE = 0x1.71547652b82fep0;

  /** Bits of sqrt(1/2): the significand of pow's logarithm is taken in [sqrt(1/2), sqrt(2)). */
  static final long SQRT_HALF_BITS = 0x3fe6a09e667f3bcdL;

  static final long EXPONENT_MASK_DOUBLE = 0xfff0000000000000L;

  /** Any |y ln x| beyond this has overflowed or vanished in float. */
  static final double POW_LIMIT = 200;
}
