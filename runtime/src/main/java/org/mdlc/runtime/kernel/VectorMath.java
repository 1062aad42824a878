package org.mdlc.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.*;
import static org.mdlc.runtime.kernel.MathConstants.*;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of a vector of floats of the preferred species, the twin of {@link
 * ScalarMath}, where the errors are stated: the same operations in the same order, so the same bits
 * (any NaN counts as the same).
 *
 * <p>Every method is small enough to be inlined into a hot loop, where it allocates nothing. All
 * arguments must have the species {@link #FLOATS}.
 */
public final class VectorMath {
  /** The species of every vector here: the widest the processor likes. */
  public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** The species of integer lanes, as wide as {@link #FLOATS}. */
  public static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

  private static final int LANES = FLOATS.length();

  // rotations by 8, 4, 2 and 1 lanes for sums in a fixed order
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private VectorMath() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % LANES);
  }

  /**
   * The sum of all lanes, always added in the same tree. ({@code reduceLanes(ADD)} may change its
   * order, and so its bits, when the method around it gets compiled.)
   */
  public static float sum(FloatVector v) {
    if (LANES > 16) {
      return sumOfWide(v);
    }
    FloatVector s = LANES > 8 ? v.add(v.rearrange(BY_8)) : v;
    s = LANES > 4 ? s.add(s.rearrange(BY_4)) : s;
    s = LANES > 2 ? s.add(s.rearrange(BY_2)) : s;
    s = LANES > 1 ? s.add(s.rearrange(BY_1)) : s;
    return s.lane(0);
  }

  /** Vectors above 512 bits: one lane after another. */
  private static float sumOfWide(FloatVector v) {
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++) {
      sum += v.lane(lane);
    }
    return sum;
  }

  /** e^x. */
  public static FloatVector exp(FloatVector x) {
    FloatVector shifted = x.fma(constant(LOG2_E), constant(ROUND_MAGIC));
    FloatVector n = shifted.sub(ROUND_MAGIC);
    FloatVector r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), x));
    FloatVector p = constant(E6).fma(r, constant(E5));
    p = p.fma(r, constant(E4));
    p = p.fma(r, constant(E3));
    p = p.fma(r, constant(E2));
    p = p.fma(r, constant(1f));
    p = p.fma(r, constant(1f));
    IntVector power = shifted.reinterpretAsInts().sub(ROUND_MAGIC_BITS);
    IntVector half = power.lanewise(ASHR, 1);
    FloatVector result = p.mul(powerOfTwo(half)).mul(powerOfTwo(power.sub(half)));
    result = result.blend(Float.POSITIVE_INFINITY, x.compare(GT, EXP_MAX));
    return result.blend(0f, x.compare(LT, EXP_MIN));
  }

  /** e^x - 1. */
  public static FloatVector expm1(FloatVector x) {
    FloatVector shifted = x.fma(constant(LOG2_E), constant(ROUND_MAGIC));
    FloatVector n = shifted.sub(ROUND_MAGIC);
    FloatVector r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), x));
    FloatVector p = constant(M5).fma(r, constant(M4));
    p = p.fma(r, constant(M3));
    p = p.fma(r, constant(M2));
    p = p.fma(r, constant(M1));
    p = p.fma(r, constant(M0));
    p = p.fma(r.mul(r), r);
    FloatVector scale = powerOfTwo(shifted.reinterpretAsInts().sub(ROUND_MAGIC_BITS + 1));
    FloatVector result = p.fma(scale, scale.sub(0.5f));
    result = result.add(result);
    result = result.blend(Float.POSITIVE_INFINITY, x.compare(GT, EXP_MAX));
    result = result.blend(-1f, x.compare(LT, EXPM1_MIN));
    return result.blend(x, x.abs().compare(LT, LINEAR_BELOW));
  }

  /** The natural logarithm. */
  public static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
    FloatVector scaled = x.blend(x.mul(INTEGER_FROM), tiny);
    FloatVector bias = constant(0f).blend(-23f, tiny);
    IntVector bits = scaled.reinterpretAsInts();
    IntVector exponent = bits.sub(TWO_THIRDS_BITS).and(EXPONENT_MASK);
    FloatVector m = bits.sub(exponent).reinterpretAsFloats();
    FloatVector k = smallIntToFloat(exponent.lanewise(ASHR, 23)).add(bias);
    FloatVector result = logOfParts(m.sub(1f), k);
    result = x.blend(result, x.compare(LT, Float.POSITIVE_INFINITY));
    result = result.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f));
    return result.blend(Float.NaN, x.compare(LT, 0f));
  }

  /** ln(1 + x). */
  public static FloatVector log1p(FloatVector x) {
    FloatVector u = x.add(1f);
    IntVector exponent = u.reinterpretAsInts().sub(TWO_THIRDS_BITS).and(EXPONENT_MASK);
    FloatVector shrunk = x.reinterpretAsInts().sub(exponent).reinterpretAsFloats();
    FloatVector scale = IntVector.broadcast(INTS, 0x40800000).sub(exponent).reinterpretAsFloats();
    FloatVector f = shrunk.add(scale.fma(constant(0.25f), constant(-1f)));
    FloatVector result = logOfParts(f, smallIntToFloat(exponent.lanewise(ASHR, 23)));
    result = x.blend(result, x.compare(LT, Float.POSITIVE_INFINITY));
    result = result.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, -1f));
    result = result.blend(Float.NaN, x.compare(LT, -1f));
    return result.blend(x, x.abs().compare(LT, LINEAR_BELOW));
  }

  private static FloatVector logOfParts(FloatVector f, FloatVector k) {
    FloatVector p = constant(L9).fma(f, constant(L8));
    p = p.fma(f, constant(L7));
    p = p.fma(f, constant(L6));
    p = p.fma(f, constant(L5));
    p = p.fma(f, constant(L4));
    p = p.fma(f, constant(L3));
    p = p.fma(f, constant(L2));
    p = p.fma(f, constant(L1));
    p = p.fma(f, constant(L0));
    p = p.fma(f.mul(f), f);
    return k.fma(constant(LN2_HIGH), k.fma(constant(LN2_LOW), p));
  }

  /** The hyperbolic tangent. */
  public static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector s = x.mul(x);
    FloatVector p = constant(T5).fma(s, constant(T4));
    p = p.fma(s, constant(T3));
    p = p.fma(s, constant(T2));
    p = p.fma(s, constant(T1));
    p = p.fma(s, constant(T0));
    FloatVector small = p.mul(s).fma(a, a);
    FloatVector large = constant(1f).sub(constant(2f).div(exp(a.add(a)).add(1f)));
    return copySign(large.blend(small, a.compare(LT, TANH_SMALL)), x);
  }

  /** 1 / (1 + e^-x). */
  public static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    return constant(1f).blend(e, x.compare(LT, 0f)).div(e.add(1f));
  }

  /** The error function. */
  public static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector s = x.mul(x);
    FloatVector p = constant(F6).fma(s, constant(F5));
    p = p.fma(s, constant(F4));
    p = p.fma(s, constant(F3));
    p = p.fma(s, constant(F2));
    p = p.fma(s, constant(F1));
    p = p.fma(s, constant(F0));
    FloatVector small = p.fma(x, x);
    FloatVector large = constant(1f).sub(exp(erfcExponent(a).neg()));
    large = large.blend(1f, a.compare(GT, ERF_ONE_FROM));
    return copySign(large, x).blend(small, a.compare(LT, ERF_SMALL));
  }

  private static FloatVector erfcExponent(FloatVector a) {
    FloatVector q = constant(G7).fma(a, constant(G6));
    q = q.fma(a, constant(G5));
    q = q.fma(a, constant(G4));
    q = q.fma(a, constant(G3));
    q = q.fma(a, constant(G2));
    q = q.fma(a, constant(G1));
    return q.fma(a, constant(G0));
  }

  /** The inverse error function. */
  public static FloatVector erfinv(FloatVector x) {
    FloatVector w = log1p(x.mul(x).neg()).neg();
    VectorMask<Float> central = w.compare(LT, 5f);
    FloatVector t = w.sqrt().sub(3f).blend(w.sub(2.5f), central);
    FloatVector p = either(P0, Q0, central).fma(t, either(P1, Q1, central));
    p = p.fma(t, either(P2, Q2, central));
    p = p.fma(t, either(P3, Q3, central));
    p = p.fma(t, either(P4, Q4, central));
    p = p.fma(t, either(P5, Q5, central));
    p = p.fma(t, either(P6, Q6, central));
    p = p.fma(t, either(P7, Q7, central));
    p = p.fma(t, either(P8, Q8, central));
    return p.mul(x).blend(x.mul(Float.POSITIVE_INFINITY), x.abs().compare(EQ, 1f));
  }

  /** The sine of x radians. Arguments beyond 2^30 take a slow path, which allocates. */
  public static FloatVector sin(FloatVector x) {
    if (x.abs().compare(GT, TRIG_MAX).anyTrue()) {
      return laneByLane(x, true);
    }
    FloatVector result = join(sinCosReduced(doubles(x, 0), 0), sinCosReduced(doubles(x, 1), 0));
    return result.blend(x, x.compare(EQ, 0f));
  }

  /** The cosine of x radians. Arguments beyond 2^30 take a slow path, which allocates. */
  public static FloatVector cos(FloatVector x) {
    if (x.abs().compare(GT, TRIG_MAX).anyTrue()) {
      return laneByLane(x, false);
    }
    return join(sinCosReduced(doubles(x, 0), 1), sinCosReduced(doubles(x, 1), 1));
  }

  private static FloatVector laneByLane(FloatVector x, boolean sine) {
    float[] lanes = x.toArray();
    for (int lane = 0; lane < lanes.length; lane++) {
      lanes[lane] = sine ? ScalarMath.sin(lanes[lane]) : ScalarMath.cos(lanes[lane]);
    }
    return FloatVector.fromArray(FLOATS, lanes, 0);
  }

  private static DoubleVector sinCosReduced(DoubleVector x, long quarterTurns) {
    DoubleVector shifted = x.fma(constant(TWO_OVER_PI), constant(ROUND_MAGIC_DOUBLE));
    DoubleVector n = shifted.sub(ROUND_MAGIC_DOUBLE);
    DoubleVector r = n.fma(constant(-HALF_PI_LOW), n.fma(constant(-HALF_PI_HIGH), x));
    DoubleVector s = r.mul(r);
    LongVector quadrant = shifted.reinterpretAsLongs().add(quarterTurns);
    VectorMask<Double> even = quadrant.and(1).compare(EQ, 0).cast(DOUBLES);
    DoubleVector value = cosPolynomial(s).blend(sinPolynomial(r, s), even);
    LongVector sign = quadrant.and(2).lanewise(LSHL, 62);
    return value.reinterpretAsLongs().lanewise(XOR, sign).reinterpretAsDoubles();
  }

  private static DoubleVector sinPolynomial(DoubleVector r, DoubleVector s) {
    DoubleVector p = constant(S13).fma(s, constant(S11));
    p = p.fma(s, constant(S9));
    p = p.fma(s, constant(S7));
    p = p.fma(s, constant(S5));
    p = p.fma(s, constant(S3));
    return p.mul(s).fma(r, r);
  }

  private static DoubleVector cosPolynomial(DoubleVector s) {
    DoubleVector p = constant(C14).fma(s, constant(C12));
    p = p.fma(s, constant(C10));
    p = p.fma(s, constant(C8));
    p = p.fma(s, constant(C6));
    p = p.fma(s, constant(C4));
    p = p.fma(s, constant(C2));
    return p.fma(s, constant(1.0));
  }

  /** x to the power y, lane by lane. */
  public static FloatVector pow(FloatVector x, FloatVector y) {
    FloatVector a = x.abs();
    FloatVector magnitude =
        join(
            powMagnitude(doubles(a, 0), doubles(y, 0)), powMagnitude(doubles(a, 1), doubles(y, 1)));
    VectorMask<Float> integral = roundHalfEven(y).compare(EQ, y);
    FloatVector halfOfY = y.mul(0.5f);
    VectorMask<Float> odd = integral.andNot(roundHalfEven(halfOfY).compare(EQ, halfOfY));
    FloatVector result = magnitude.blend(copySign(magnitude, x), odd);
    VectorMask<Float> finiteNegative =
        x.compare(LT, 0f).and(x.compare(GT, Float.NEGATIVE_INFINITY));
    result = result.blend(Float.NaN, finiteNegative.andNot(integral));
    return result.blend(1f, y.compare(EQ, 0f));
  }

  private static DoubleVector powMagnitude(DoubleVector a, DoubleVector y) {
    DoubleVector t = y.mul(logOfFloat(a));
    t = t.blend(POW_LIMIT, t.compare(GT, POW_LIMIT));
    t = t.blend(-POW_LIMIT, t.compare(LT, -POW_LIMIT));
    return expToFloat(t);
  }

  private static DoubleVector logOfFloat(DoubleVector a) {
    LongVector bits = a.reinterpretAsLongs();
    LongVector exponent = bits.sub(SQRT_HALF_BITS).and(EXPONENT_MASK_DOUBLE);
    DoubleVector m = bits.sub(exponent).reinterpretAsDoubles();
    DoubleVector s = m.sub(1.0).div(m.add(1.0));
    DoubleVector q = s.mul(s);
    DoubleVector p = constant(1.0 / 17).fma(q, constant(1.0 / 15));
    p = p.fma(q, constant(1.0 / 13));
    p = p.fma(q, constant(1.0 / 11));
    p = p.fma(q, constant(1.0 / 9));
    p = p.fma(q, constant(1.0 / 7));
    p = p.fma(q, constant(1.0 / 5));
    p = p.fma(q, constant(1.0 / 3));
    p = p.fma(q, constant(1.0));
    LongVector shiftedExponent = exponent.lanewise(ASHR, 52).add(ROUND_MAGIC_DOUBLE_BITS);
    DoubleVector k = shiftedExponent.reinterpretAsDoubles().sub(ROUND_MAGIC_DOUBLE);
    DoubleVector result = k.fma(constant(LN2), s.add(s).mul(p));
    result = a.blend(result, a.compare(LT, Double.POSITIVE_INFINITY));
    return result.blend(Double.NEGATIVE_INFINITY, a.compare(EQ, 0.0));
  }

  private static DoubleVector expToFloat(DoubleVector t) {
    DoubleVector shifted = t.fma(constant(LOG2_E_DOUBLE), constant(ROUND_MAGIC_DOUBLE));
    DoubleVector n = shifted.sub(ROUND_MAGIC_DOUBLE);
    DoubleVector r = n.fma(constant(-LN2), t);
    DoubleVector p = constant(1.0 / 3628800).fma(r, constant(1.0 / 362880));
    p = p.fma(r, constant(1.0 / 40320));
    p = p.fma(r, constant(1.0 / 5040));
    p = p.fma(r, constant(1.0 / 720));
    p = p.fma(r, constant(1.0 / 120));
    p = p.fma(r, constant(1.0 / 24));
    p = p.fma(r, constant(1.0 / 6));
    p = p.fma(r, constant(0.5));
    p = p.fma(r, constant(1.0));
    p = p.fma(r, constant(1.0));
    LongVector power = shifted.reinterpretAsLongs().lanewise(LSHL, 52).add(1023L << 52);
    return p.mul(power.reinterpretAsDoubles());
  }

  /** The square root, correctly rounded. */
  public static FloatVector sqrt(FloatVector x) {
    return x.sqrt();
  }

  /** 1 / sqrt(x), both steps correctly rounded. */
  public static FloatVector rsqrt(FloatVector x) {
    return constant(1f).div(x.sqrt());
  }

  /** The nearest integer, ties to the even one. */
  public static FloatVector roundHalfEven(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector rounded = a.add(INTEGER_FROM).sub(INTEGER_FROM);
    return x.blend(copySign(rounded, x), a.compare(LT, INTEGER_FROM));
  }

  /** The largest integer not above x. */
  public static FloatVector floor(FloatVector x) {
    FloatVector rounded = roundHalfEven(x);
    return rounded.blend(rounded.sub(1f), rounded.compare(GT, x));
  }

  /** The smallest integer not below x. */
  public static FloatVector ceil(FloatVector x) {
    return floor(x.neg()).neg();
  }

  private static FloatVector copySign(FloatVector magnitude, FloatVector sign) {
    IntVector signBit = sign.reinterpretAsInts().and(0x80000000);
    return magnitude.reinterpretAsInts().or(signBit).reinterpretAsFloats();
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.lanewise(LSHL, 23).add(0x3f800000).reinterpretAsFloats();
  }

  /** Exact for |n| below 2^22. */
  private static FloatVector smallIntToFloat(IntVector n) {
    return n.add(ROUND_MAGIC_BITS).reinterpretAsFloats().sub(ROUND_MAGIC);
  }

  private static FloatVector either(float central, float tail, VectorMask<Float> isCentral) {
    return constant(tail).blend(central, isCentral);
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  private static DoubleVector constant(double value) {
    return DoubleVector.broadcast(DOUBLES, value);
  }

  /** Half 0 or 1 of the lanes, as doubles. */
  private static DoubleVector doubles(FloatVector x, int half) {
    return (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, half);
  }

  /**
   * The inverse of {@link #doubles}: both halves rounded to float. Zeros fill what each conversion
   * leaves empty.
   */
  private static FloatVector join(DoubleVector low, DoubleVector high) {
    FloatVector first = (FloatVector) low.convertShape(VectorOperators.D2F, FLOATS, 0);
    FloatVector second = (FloatVector) high.convertShape(VectorOperators.D2F, FLOATS, -1);
    return first.reinterpretAsInts().or(second.reinterpretAsInts()).reinterpretAsFloats();
  }
}
