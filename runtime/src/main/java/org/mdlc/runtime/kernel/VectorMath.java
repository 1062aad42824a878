package org.mdlc.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.*;
import static org.mdlc.runtime.kernel.VectorConstants.*;

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
 * (any NaN counts as the same). All arguments must have the species {@link #FLOATS}.
 *
 * <p>Inlined into a hot loop, every function but {@link #pow} allocates nothing. HotSpot's C2 stops
 * inlining ordinary methods once it has made 18,000 nodes for the method it compiles ({@code
 * NodeCountInliningCutoff}); from there on a call here would box its argument and result. That is
 * why each function is one flat method that calls only the Vector API (which is always inlined),
 * why its constants are ready-made vectors, and why a loop may call only so many functions: the
 * last call must <em>begin</em> before the 18,000th node. Measured on JDK 25, in nodes:
 *
 * <pre>
 *   operation, load or store 420   comparison with blend 520   reinterpretation 390   sum 2,400   floor 4,500
 *   exp 8,000   expm1 8,800   sigmoid 9,600   sin, cos 11,100   log 11,400   tanh 12,400   log1p 12,700
 *   erf 14,500   erfinv 22,300
 * </pre>
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
    FloatVector shifted = x.fma(HALF_LOG2_E, EXPONENT_MAGIC);
    FloatVector n = shifted.sub(EXPONENT_MAGIC);
    FloatVector r = n.fma(MINUS_2_LN2_LOW, n.fma(MINUS_2_LN2_HIGH, x));
    FloatVector p =
        W8.fma(r, W7)
            .fma(r, W6)
            .fma(r, W5)
            .fma(r, W4)
            .fma(r, W3)
            .fma(r, W2)
            .fma(r, ONE)
            .fma(r, ONE);
    FloatVector root =
        shifted
            .reinterpretAsInts()
            .lanewise(LSHL, MathConstants.EXPONENT_SHIFT)
            .reinterpretAsFloats();
    FloatVector result = p.mul(root).mul(root);
    result = result.blend(INFINITY, x.compare(GT, EXP_MAX));
    return result.blend(ZERO, x.compare(LT, EXP_MIN));
  }

  /** e^x - 1. */
  public static FloatVector expm1(FloatVector x) {
    FloatVector shifted = x.fma(LOG2_E, EXPONENT_MAGIC_LESS_1);
    FloatVector n = shifted.sub(EXPONENT_MAGIC_LESS_1);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
    FloatVector p = M5.fma(r, M4).fma(r, M3).fma(r, M2).fma(r, M1).fma(r, M0).fma(r.mul(r), r);
    FloatVector scale =
        shifted
            .reinterpretAsInts()
            .lanewise(LSHL, MathConstants.EXPONENT_SHIFT)
            .reinterpretAsFloats();
    FloatVector result = p.fma(scale, scale.sub(HALF));
    result = result.add(result);
    result = result.blend(INFINITY, x.compare(GT, EXP_MAX));
    result = result.blend(MINUS_ONE, x.compare(LT, EXPM1_MIN));
    return result.blend(x, x.abs().compare(LT, LINEAR_BELOW));
  }

  /** The natural logarithm. */
  public static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(LT, MIN_NORMAL);
    FloatVector scaled = x.blend(x.mul(INTEGER_FROM), tiny);
    IntVector bits = scaled.reinterpretAsInts();
    IntVector exponent = bits.sub(TWO_THIRDS_BITS).and(EXPONENT_MASK);
    FloatVector f = bits.sub(exponent).reinterpretAsFloats().sub(ONE);
    FloatVector k = (FloatVector) exponent.convert(I2F, 0);
    k = k.add(ZERO.blend(SCALED_UP, tiny));
    FloatVector p =
        L9.fma(f, L8)
            .fma(f, L7)
            .fma(f, L6)
            .fma(f, L5)
            .fma(f, L4)
            .fma(f, L3)
            .fma(f, L2)
            .fma(f, L1)
            .fma(f, L0)
            .fma(f.mul(f), f);
    FloatVector result = k.fma(LN2_HIGH_OF_BITS, k.fma(LN2_LOW_OF_BITS, p));
    result = x.blend(result, x.compare(LT, INFINITY));
    result = result.blend(MINUS_INFINITY, x.compare(EQ, ZERO));
    return result.blend(NAN, x.compare(LT, ZERO));
  }

  /** ln(1 + x). */
  public static FloatVector log1p(FloatVector x) {
    IntVector exponent = x.add(ONE).reinterpretAsInts().sub(TWO_THIRDS_BITS).and(EXPONENT_MASK);
    FloatVector shrunk = x.reinterpretAsInts().sub(exponent).reinterpretAsFloats();
    FloatVector scale = FOUR_BITS.sub(exponent).reinterpretAsFloats();
    FloatVector f = shrunk.add(scale.fma(QUARTER, MINUS_ONE));
    FloatVector k = (FloatVector) exponent.convert(I2F, 0);
    FloatVector p =
        L9.fma(f, L8)
            .fma(f, L7)
            .fma(f, L6)
            .fma(f, L5)
            .fma(f, L4)
            .fma(f, L3)
            .fma(f, L2)
            .fma(f, L1)
            .fma(f, L0)
            .fma(f.mul(f), f);
    FloatVector result = k.fma(LN2_HIGH_OF_BITS, k.fma(LN2_LOW_OF_BITS, p));
    result = x.blend(result, x.compare(LT, INFINITY));
    result = result.blend(MINUS_INFINITY, x.compare(EQ, MINUS_ONE));
    result = result.blend(NAN, x.compare(LT, MINUS_ONE));
    return result.blend(x, x.abs().compare(LT, LINEAR_BELOW));
  }

  /** The hyperbolic tangent. */
  public static FloatVector tanh(FloatVector x) {
    FloatVector s = x.mul(x);
    FloatVector p = T5.fma(s, T4).fma(s, T3).fma(s, T2).fma(s, T1).fma(s, T0);
    FloatVector small = p.fma(s, ONE).mul(x);
    FloatVector moderate = x.max(MINUS_TANH_ONE_FROM).min(TANH_ONE_FROM);
    FloatVector t = moderate.add(moderate);
    FloatVector shifted = t.fma(LOG2_E, EXPONENT_MAGIC);
    FloatVector n = shifted.sub(EXPONENT_MAGIC);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, t));
    FloatVector e = E6.fma(r, E5).fma(r, E4).fma(r, E3).fma(r, E2).fma(r, ONE).fma(r, ONE);
    FloatVector scale =
        shifted
            .reinterpretAsInts()
            .lanewise(LSHL, MathConstants.EXPONENT_SHIFT)
            .reinterpretAsFloats();
    FloatVector large = ONE.sub(TWO.div(e.mul(scale).add(ONE)));
    return large.blend(small, x.abs().compare(LT, TANH_SMALL));
  }

  /** 1 / (1 + e^-x). */
  public static FloatVector sigmoid(FloatVector x) {
    FloatVector t = x.abs().neg();
    FloatVector shifted = t.fma(HALF_LOG2_E, EXPONENT_MAGIC);
    FloatVector n = shifted.sub(EXPONENT_MAGIC);
    FloatVector r = n.fma(MINUS_2_LN2_LOW, n.fma(MINUS_2_LN2_HIGH, t));
    FloatVector p =
        W8.fma(r, W7)
            .fma(r, W6)
            .fma(r, W5)
            .fma(r, W4)
            .fma(r, W3)
            .fma(r, W2)
            .fma(r, ONE)
            .fma(r, ONE);
    FloatVector root =
        shifted
            .reinterpretAsInts()
            .lanewise(LSHL, MathConstants.EXPONENT_SHIFT)
            .reinterpretAsFloats();
    FloatVector e = p.mul(root).mul(root).blend(ZERO, t.compare(LT, EXP_MIN));
    return ONE.blend(e, x.compare(LT, ZERO)).div(e.add(ONE));
  }

  /** The error function. */
  public static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs().min(ERF_ONE_FROM);
    FloatVector s = x.mul(x);
    FloatVector p = F6.fma(s, F5).fma(s, F4).fma(s, F3).fma(s, F2).fma(s, F1).fma(s, F0);
    FloatVector small = p.fma(x, x);
    FloatVector q = G7.fma(a, G6).fma(a, G5).fma(a, G4).fma(a, G3).fma(a, G2).fma(a, G1).fma(a, G0);
    FloatVector shifted = q.fma(LOG2_E, EXPONENT_MAGIC);
    FloatVector n = shifted.sub(EXPONENT_MAGIC);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, q));
    FloatVector e = E6.fma(r, E5).fma(r, E4).fma(r, E3).fma(r, E2).fma(r, ONE).fma(r, ONE);
    FloatVector scale =
        shifted
            .reinterpretAsInts()
            .lanewise(LSHL, MathConstants.EXPONENT_SHIFT)
            .reinterpretAsFloats();
    FloatVector large = ONE.sub(e.mul(scale));
    large = large.blend(large.neg(), x.compare(LT, ZERO));
    return large.blend(small, a.compare(LT, ERF_SMALL));
  }

  /** The inverse error function. */
  public static FloatVector erfinv(FloatVector x) {
    FloatVector z = x.mul(x).neg();
    FloatVector w = logOfRest(z).neg();
    VectorMask<Float> central = w.compare(LT, FIVE);
    FloatVector t = w.sqrt().sub(THREE).blend(w.sub(TWO_AND_A_HALF), central);
    FloatVector p =
        Q0.blend(P0, central)
            .fma(t, Q1.blend(P1, central))
            .fma(t, Q2.blend(P2, central))
            .fma(t, Q3.blend(P3, central))
            .fma(t, Q4.blend(P4, central))
            .fma(t, Q5.blend(P5, central))
            .fma(t, Q6.blend(P6, central))
            .fma(t, Q7.blend(P7, central))
            .fma(t, Q8.blend(P8, central));
    FloatVector result = p.mul(x).blend(x.mul(INFINITY), z.compare(EQ, MINUS_ONE));
    return result.blend(NAN, z.compare(LT, MINUS_ONE));
  }

  /** ln(1 + z) for z in (-1, 0]; one method with erfinv would be too large to inline. */
  private static FloatVector logOfRest(FloatVector z) {
    IntVector exponent = z.add(ONE).reinterpretAsInts().sub(TWO_THIRDS_BITS).and(EXPONENT_MASK);
    FloatVector shrunk = z.reinterpretAsInts().sub(exponent).reinterpretAsFloats();
    FloatVector scale = FOUR_BITS.sub(exponent).reinterpretAsFloats();
    FloatVector f = shrunk.add(scale.fma(QUARTER, MINUS_ONE));
    FloatVector k = (FloatVector) exponent.convert(I2F, 0);
    FloatVector p =
        L9.fma(f, L8)
            .fma(f, L7)
            .fma(f, L6)
            .fma(f, L5)
            .fma(f, L4)
            .fma(f, L3)
            .fma(f, L2)
            .fma(f, L1)
            .fma(f, L0)
            .fma(f.mul(f), f);
    return k.fma(LN2_HIGH_OF_BITS, k.fma(LN2_LOW_OF_BITS, p));
  }

  /** The sine of x radians. Arguments beyond 65,536 take a slow path, which allocates. */
  public static FloatVector sin(FloatVector x) {
    if (x.abs().compare(GT, TRIG_MAX).anyTrue()) {
      return laneByLane(x, true);
    }
    FloatVector shifted = x.fma(TWO_OVER_PI, ROUND_MAGIC);
    FloatVector n = shifted.sub(ROUND_MAGIC);
    FloatVector r = n.fma(MINUS_HALF_PI_HIGH, x);
    r = n.fma(MINUS_HALF_PI_MIDDLE, r);
    r = n.fma(MINUS_HALF_PI_LOW, r);
    FloatVector s = r.mul(r);
    FloatVector sine = S3.fma(s, S2).fma(s, S1).fma(s, S0).fma(s, ONE).mul(r);
    FloatVector cosine = C3.fma(s, C2).fma(s, C1).fma(s, C0).fma(s, ONE);
    IntVector quadrant = shifted.reinterpretAsInts();
    VectorMask<Float> odd = quadrant.and(INT_1).compare(EQ, INT_1).cast(FLOATS);
    IntVector value = sine.blend(cosine, odd).reinterpretAsInts();
    IntVector sign = quadrant.and(INT_2).lanewise(LSHL, 30);
    FloatVector result = value.lanewise(XOR, sign).reinterpretAsFloats();
    return result.blend(x, x.compare(EQ, ZERO));
  }

  /** The cosine of x radians. Arguments beyond 65,536 take a slow path, which allocates. */
  public static FloatVector cos(FloatVector x) {
    if (x.abs().compare(GT, TRIG_MAX).anyTrue()) {
      return laneByLane(x, false);
    }
    FloatVector shifted = x.fma(TWO_OVER_PI, ROUND_MAGIC);
    FloatVector n = shifted.sub(ROUND_MAGIC);
    FloatVector r = n.fma(MINUS_HALF_PI_HIGH, x);
    r = n.fma(MINUS_HALF_PI_MIDDLE, r);
    r = n.fma(MINUS_HALF_PI_LOW, r);
    FloatVector s = r.mul(r);
    FloatVector sine = S3.fma(s, S2).fma(s, S1).fma(s, S0).fma(s, ONE).mul(r);
    FloatVector cosine = C3.fma(s, C2).fma(s, C1).fma(s, C0).fma(s, ONE);
    IntVector quadrant = shifted.reinterpretAsInts().add(INT_1);
    VectorMask<Float> odd = quadrant.and(INT_1).compare(EQ, INT_1).cast(FLOATS);
    IntVector value = sine.blend(cosine, odd).reinterpretAsInts();
    IntVector sign = quadrant.and(INT_2).lanewise(LSHL, 30);
    return value.lanewise(XOR, sign).reinterpretAsFloats();
  }

  private static FloatVector laneByLane(FloatVector x, boolean sine) {
    float[] lanes = x.toArray();
    for (int lane = 0; lane < lanes.length; lane++) {
      lanes[lane] = sine ? ScalarMath.sin(lanes[lane]) : ScalarMath.cos(lanes[lane]);
    }
    return FloatVector.fromArray(FLOATS, lanes, 0);
  }

  /** x to the power y, lane by lane. Computes in double, two vectors to one, and may allocate. */
  public static FloatVector pow(FloatVector x, FloatVector y) {
    FloatVector a = x.abs();
    FloatVector magnitude =
        join(
            powMagnitude(doubles(a, 0), doubles(y, 0)), powMagnitude(doubles(a, 1), doubles(y, 1)));
    VectorMask<Float> integral = roundHalfEven(y).compare(EQ, y);
    FloatVector halfOfY = y.mul(HALF);
    VectorMask<Float> odd = integral.andNot(roundHalfEven(halfOfY).compare(EQ, halfOfY));
    FloatVector result = magnitude.blend(copySign(magnitude, x), odd);
    VectorMask<Float> finiteNegative = x.compare(LT, ZERO).and(x.compare(GT, MINUS_INFINITY));
    result = result.blend(NAN, finiteNegative.andNot(integral));
    return result.blend(ONE, y.compare(EQ, ZERO));
  }

  private static DoubleVector powMagnitude(DoubleVector a, DoubleVector y) {
    DoubleVector t = y.mul(logOfFloat(a));
    t = t.blend(MathConstants.POW_LIMIT, t.compare(GT, MathConstants.POW_LIMIT));
    t = t.blend(-MathConstants.POW_LIMIT, t.compare(LT, -MathConstants.POW_LIMIT));
    return expToFloat(t);
  }

  private static DoubleVector logOfFloat(DoubleVector a) {
    LongVector bits = a.reinterpretAsLongs();
    LongVector exponent =
        bits.sub(MathConstants.SQRT_HALF_BITS).and(MathConstants.EXPONENT_MASK_DOUBLE);
    DoubleVector m = bits.sub(exponent).reinterpretAsDoubles();
    DoubleVector s = m.sub(1.0).div(m.add(1.0));
    DoubleVector q = s.mul(s);
    DoubleVector p =
        constant(1.0 / 17)
            .fma(q, constant(1.0 / 15))
            .fma(q, constant(1.0 / 13))
            .fma(q, constant(1.0 / 11))
            .fma(q, constant(1.0 / 9))
            .fma(q, constant(1.0 / 7))
            .fma(q, constant(1.0 / 5))
            .fma(q, constant(1.0 / 3))
            .fma(q, constant(1.0));
    LongVector shiftedExponent =
        exponent.lanewise(ASHR, 52).add(MathConstants.ROUND_MAGIC_DOUBLE_BITS);
    DoubleVector k = shiftedExponent.reinterpretAsDoubles().sub(MathConstants.ROUND_MAGIC_DOUBLE);
    DoubleVector result = k.fma(constant(MathConstants.LN2), s.add(s).mul(p));
    result = a.blend(result, a.compare(LT, Double.POSITIVE_INFINITY));
    return result.blend(Double.NEGATIVE_INFINITY, a.compare(EQ, 0.0));
  }

  private static DoubleVector expToFloat(DoubleVector t) {
    DoubleVector shifted =
        t.fma(constant(MathConstants.LOG2_E_DOUBLE), constant(MathConstants.ROUND_MAGIC_DOUBLE));
    DoubleVector n = shifted.sub(MathConstants.ROUND_MAGIC_DOUBLE);
    DoubleVector r = n.fma(constant(-MathConstants.LN2), t);
    DoubleVector p =
        constant(1.0 / 3628800)
            .fma(r, constant(1.0 / 362880))
            .fma(r, constant(1.0 / 40320))
            .fma(r, constant(1.0 / 5040))
            .fma(r, constant(1.0 / 720))
            .fma(r, constant(1.0 / 120))
            .fma(r, constant(1.0 / 24))
            .fma(r, constant(1.0 / 6))
            .fma(r, constant(0.5))
            .fma(r, constant(1.0))
            .fma(r, constant(1.0));
    LongVector power = shifted.reinterpretAsLongs().lanewise(LSHL, 52).add(1023L << 52);
    return p.mul(power.reinterpretAsDoubles());
  }

  /** The square root, correctly rounded. */
  public static FloatVector sqrt(FloatVector x) {
    return x.sqrt();
  }

  /** 1 / sqrt(x), both steps correctly rounded. */
  public static FloatVector rsqrt(FloatVector x) {
    return ONE.div(x.sqrt());
  }

  /** The nearest integer, ties to the even one. */
  public static FloatVector roundHalfEven(FloatVector x) {
    FloatVector a = x.abs();
    IntVector rounded = a.add(INTEGER_FROM).sub(INTEGER_FROM).reinterpretAsInts();
    IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
    return x.blend(rounded.or(sign).reinterpretAsFloats(), a.compare(LT, INTEGER_FROM));
  }

  /** The largest integer not above x. */
  public static FloatVector floor(FloatVector x) {
    FloatVector a = x.abs();
    IntVector rounded = a.add(INTEGER_FROM).sub(INTEGER_FROM).reinterpretAsInts();
    IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
    FloatVector nearest =
        x.blend(rounded.or(sign).reinterpretAsFloats(), a.compare(LT, INTEGER_FROM));
    return nearest.blend(nearest.sub(ONE), nearest.compare(GT, x));
  }

  /** The smallest integer not below x. */
  public static FloatVector ceil(FloatVector x) {
    FloatVector a = x.abs();
    IntVector rounded = a.add(INTEGER_FROM).sub(INTEGER_FROM).reinterpretAsInts();
    IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
    FloatVector nearest =
        x.blend(rounded.or(sign).reinterpretAsFloats(), a.compare(LT, INTEGER_FROM));
    // -(-x - 1), so that ceil(-0.3) is -0.0
    return nearest.blend(nearest.neg().sub(ONE).neg(), nearest.compare(LT, x));
  }

  private static FloatVector copySign(FloatVector magnitude, FloatVector sign) {
    IntVector signBit = sign.reinterpretAsInts().and(SIGN_BIT);
    return magnitude.reinterpretAsInts().or(signBit).reinterpretAsFloats();
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
