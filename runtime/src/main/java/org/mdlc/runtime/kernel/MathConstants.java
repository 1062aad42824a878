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
  private MathConstants() {}

  /** 1.5 * 2^23: adding and subtracting it rounds |x| &lt; 2^22 to an integer, ties to even. */
  static final float ROUND_MAGIC = 12582912f;

  /** The bits of {@link #ROUND_MAGIC}: what lies above them in the bits of n + ROUND_MAGIC is n. */
  static final int ROUND_MAGIC_BITS = 0x4b400000;

  /** 2^23: every float at least this large is an integer. */
  static final float INTEGER_FROM = 8388608f;

  static final float LOG2_E = 1.44269504f;

  /** ln 2 = LN2_HIGH + LN2_LOW; both are used with one fused multiply-add. */
  static final float LN2_HIGH = 0.693147182f;

  static final float LN2_LOW = -1.90465421e-9f;

  /** Above this, exp overflows to infinity; it is the largest float whose exponential is finite. */
  static final float EXP_MAX = 88.7228394f;

  /** Below this, exp rounds to zero: 150 ln 2. */
  static final float EXP_MIN = -103.972084f;

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

  // tanh(x) = x + x^3 (T0 + x^2 T1 + ...), |x| <= 0.625, 2^-32
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

  // erfc(x) = exp(-(G0 + x G1 + ...)), 0.92 <= x <= 3.95, 2^-34 of 1
  static final float ERF_ONE_FROM = 3.95f;
  static final float G0 = -0.000175878275f;
  static final float G1 = 1.12952089f;
  static final float G2 = 0.633334398f;
  static final float G3 = 0.10829436f;
  static final float G4 = -0.025128983f;
  static final float G5 = 0.00417481549f;
  static final float G6 = -0.000435262569f;
  static final float G7 = 2.11664701e-05f;

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

  // In double, for pow, sin and cos: Taylor terms to 2^-40, so that the result rounds once, to
  // float.

  /** 1.5 * 2^52: {@link #ROUND_MAGIC} for doubles. */
  static final double ROUND_MAGIC_DOUBLE = 6755399441055744.0;

  static final long ROUND_MAGIC_DOUBLE_BITS = 0x4338000000000000L;

  static final double LN2 = 0x1.62e42fefa39efp-1;
  static final double LOG2_E_DOUBLE = 0x1.71547652b82fep0;
  static final double TWO_OVER_PI = 0x1.45f306dc9c883p-1;

  /** pi/2 = HALF_PI_HIGH + HALF_PI_LOW to 106 bits. */
  static final double HALF_PI_HIGH = 0x1.921fb54442d18p0;

  static final double HALF_PI_LOW = 0x1.1a62633145c07p-54;

  /** Up to here the two-part reduction by pi/2 is exact enough; floats beyond are 64 apart. */
  static final float TRIG_MAX = 1073741824f;

  /** Bits of sqrt(1/2): the significand of pow's logarithm is taken in [sqrt(1/2), sqrt(2)). */
  static final long SQRT_HALF_BITS = 0x3fe6a09e667f3bcdL;

  static final long EXPONENT_MASK_DOUBLE = 0xfff0000000000000L;

  /** Any |y ln x| beyond this has overflowed or vanished in float. */
  static final double POW_LIMIT = 200;

  static final double S3 = -1.0 / 6;
  static final double S5 = 1.0 / 120;
  static final double S7 = -1.0 / 5040;
  static final double S9 = 1.0 / 362880;
  static final double S11 = -1.0 / 39916800;
  static final double S13 = 1.0 / 6227020800.0;
  static final double C2 = -0.5;
  static final double C4 = 1.0 / 24;
  static final double C6 = -1.0 / 720;
  static final double C8 = 1.0 / 40320;
  static final double C10 = -1.0 / 3628800;
  static final double C12 = 1.0 / 479001600;
  static final double C14 = -1.0 / 87178291200.0;
}
