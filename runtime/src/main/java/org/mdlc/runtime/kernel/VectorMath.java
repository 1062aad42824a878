package org.mdlc.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.*;
import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.Memory.ORDER;
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
 * Elementary functions over blocks of floats in memory, the twin of {@link ScalarMath}, where the
 * errors are stated: the same operations in the same order, so the same bits (any NaN counts as the
 * same). Also moves of elements that do not lie side by side.
 *
 * <p>Arguments and results are blocks at addresses, which may be the same one, and not vectors,
 * because HotSpot's C2 inlines only so much into one method (it stops after 18,000 nodes; one
 * {@code exp} makes 8,000, one {@code erf} 14,500) and only what is called often, and a function of
 * vectors that it does not inline allocates its argument and its result. So each function has a
 * loop of its own over calls of the Vector API alone, which is always inlined; it is compiled once
 * and serves every kernel. A kernel keeps its blocks in the first-level cache: exp costs 0.6 ns an
 * element with AVX-512, of which the way through memory is less than a tenth.
 *
 * <p>Blocks end at a whole vector: elements from {@code count} up to there are computed as well and
 * mean nothing. Truth values are 0 or 1. Nothing here allocates, except {@link #pow} until it is
 * compiled.
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
   * The sum of one vector's elements, always added in the same tree. ({@code reduceLanes(ADD)} may
   * change its order, and so its bits, when the method around it gets compiled.)
   */
  public static float sum(long vector) {
    FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, vector, ORDER);
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
  public static void exp(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
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
      result.blend(ZERO, x.compare(LT, EXP_MIN)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** e^x - 1. */
  public static void expm1(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
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
      result.blend(x, x.abs().compare(LT, LINEAR_BELOW)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The natural logarithm. */
  public static void log(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
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
      result.blend(NAN, x.compare(LT, ZERO)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** ln(1 + x). */
  public static void log1p(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
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
      result.blend(x, x.abs().compare(LT, LINEAR_BELOW)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The hyperbolic tangent. */
  public static void tanh(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
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
      large
          .blend(small, x.abs().compare(LT, TANH_SMALL))
          .intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** 1 / (1 + e^-x). */
  public static void sigmoid(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
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
      ONE.blend(e, x.compare(LT, ZERO)).div(e.add(ONE)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The error function. */
  public static void erf(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
      FloatVector a = x.abs().min(ERF_ONE_FROM);
      FloatVector s = x.mul(x);
      FloatVector p = F6.fma(s, F5).fma(s, F4).fma(s, F3).fma(s, F2).fma(s, F1).fma(s, F0);
      FloatVector small = p.fma(x, x);
      FloatVector q =
          G7.fma(a, G6).fma(a, G5).fma(a, G4).fma(a, G3).fma(a, G2).fma(a, G1).fma(a, G0);
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
      large.blend(small, a.compare(LT, ERF_SMALL)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The inverse error function. */
  public static void erfinv(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
      FloatVector z = x.mul(x).neg();
      IntVector exponent = z.add(ONE).reinterpretAsInts().sub(TWO_THIRDS_BITS).and(EXPONENT_MASK);
      FloatVector shrunk = z.reinterpretAsInts().sub(exponent).reinterpretAsFloats();
      FloatVector scale = FOUR_BITS.sub(exponent).reinterpretAsFloats();
      FloatVector f = shrunk.add(scale.fma(QUARTER, MINUS_ONE));
      FloatVector k = (FloatVector) exponent.convert(I2F, 0);
      FloatVector l =
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
      // w = -ln(1 + z)
      FloatVector w = k.fma(LN2_HIGH_OF_BITS, k.fma(LN2_LOW_OF_BITS, l)).neg();
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
      result.blend(NAN, z.compare(LT, MINUS_ONE)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The sine of x radians. */
  public static void sin(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
      if (x.abs().compare(GT, TRIG_MAX).anyTrue()) {
        for (int lane = i; lane < i + LANES; lane++) {
          Memory.set(to + 4L * lane, ScalarMath.sin(Memory.f32(from + 4L * lane)));
        }
        continue;
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
      result.blend(x, x.compare(EQ, ZERO)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The cosine of x radians. */
  public static void cos(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
      if (x.abs().compare(GT, TRIG_MAX).anyTrue()) {
        for (int lane = i; lane < i + LANES; lane++) {
          Memory.set(to + 4L * lane, ScalarMath.cos(Memory.f32(from + 4L * lane)));
        }
        continue;
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
      value.lanewise(XOR, sign).reinterpretAsFloats().intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The nearest integer, ties to the even one. */
  public static void roundHalfEven(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
      FloatVector a = x.abs();
      IntVector rounded = a.add(INTEGER_FROM).sub(INTEGER_FROM).reinterpretAsInts();
      IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
      x.blend(rounded.or(sign).reinterpretAsFloats(), a.compare(LT, INTEGER_FROM))
          .intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The nearest bf16, ties to even. */
  public static void nearestBf16(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
      IntVector bits = x.reinterpretAsInts();
      IntVector odd = bits.lanewise(LSHR, 16).and(INT_1);
      FloatVector rounded = bits.add(BF16_BELOW_HALF).add(odd).and(BF16_MASK).reinterpretAsFloats();
      x.blend(rounded, x.compare(EQ, x)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The nearest f16, ties to even. */
  public static void nearestF16(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
      FloatVector a = x.abs();
      IntVector bits = a.reinterpretAsInts();
      IntVector odd = bits.lanewise(LSHR, 13).and(INT_1);
      FloatVector rounded = bits.add(F16_BELOW_HALF).add(odd).and(F16_MASK).reinterpretAsFloats();
      rounded = rounded.blend(a.add(HALF).sub(HALF), a.compare(LT, F16_NORMAL_FROM));
      rounded = a.add(INFINITY).blend(rounded, a.compare(LT, F16_INFINITE_FROM));
      copySign(rounded, x).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The largest integer not above x. */
  public static void floor(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
      FloatVector a = x.abs();
      IntVector rounded = a.add(INTEGER_FROM).sub(INTEGER_FROM).reinterpretAsInts();
      IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
      FloatVector nearest =
          x.blend(rounded.or(sign).reinterpretAsFloats(), a.compare(LT, INTEGER_FROM));
      nearest
          .blend(nearest.sub(ONE), nearest.compare(GT, x))
          .intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The smallest integer not below x. */
  public static void ceil(long from, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER);
      FloatVector a = x.abs();
      IntVector rounded = a.add(INTEGER_FROM).sub(INTEGER_FROM).reinterpretAsInts();
      IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
      FloatVector nearest =
          x.blend(rounded.or(sign).reinterpretAsFloats(), a.compare(LT, INTEGER_FROM));
      // -(-x - 1), so that ceil(-0.3) is -0.0
      nearest
          .blend(nearest.neg().sub(ONE).neg(), nearest.compare(LT, x))
          .intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** x to the power y. Computes in double, two vectors to one. */
  public static void pow(long bases, long exponents, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, bases + 4L * i, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(FLOATS, ALL, exponents + 4L * i, ORDER);
      FloatVector a = x.abs();
      FloatVector magnitude =
          join(
              powMagnitude(doubles(a, 0), doubles(y, 0)),
              powMagnitude(doubles(a, 1), doubles(y, 1)));
      VectorMask<Float> integral = roundHalfEven(y).compare(EQ, y);
      FloatVector halfOfY = y.mul(HALF);
      VectorMask<Float> odd = integral.andNot(roundHalfEven(halfOfY).compare(EQ, halfOfY));
      FloatVector result = magnitude.blend(copySign(magnitude, x), odd);
      VectorMask<Float> finiteNegative = x.compare(LT, ZERO).and(x.compare(GT, MINUS_INFINITY));
      result = result.blend(NAN, finiteNegative.andNot(integral));
      result.blend(ONE, y.compare(EQ, ZERO)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
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

  private static FloatVector roundHalfEven(FloatVector x) {
    FloatVector a = x.abs();
    IntVector rounded = a.add(INTEGER_FROM).sub(INTEGER_FROM).reinterpretAsInts();
    IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
    return x.blend(rounded.or(sign).reinterpretAsFloats(), a.compare(LT, INTEGER_FROM));
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

  /** The remainder of x / y with the sign of y: x - floor(x / y) y. */
  public static void mod(long dividends, long divisors, long to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, dividends + 4L * i, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(FLOATS, ALL, divisors + 4L * i, ORDER);
      FloatVector quotient = x.div(y);
      FloatVector a = quotient.abs();
      IntVector rounded = a.add(INTEGER_FROM).sub(INTEGER_FROM).reinterpretAsInts();
      IntVector sign = quotient.reinterpretAsInts().and(SIGN_BIT);
      FloatVector nearest =
          quotient.blend(rounded.or(sign).reinterpretAsFloats(), a.compare(LT, INTEGER_FROM));
      FloatVector floor = nearest.blend(nearest.sub(ONE), nearest.compare(GT, quotient));
      x.sub(floor.mul(y)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** The product of one vector's elements, one after another. */
  public static float product(long vector) {
    float product = 1;
    for (int lane = 0; lane < Lanes.COUNT; lane++) {
      product *= Memory.f32(vector + 4L * lane);
    }
    return product;
  }

  /** Element i comes from {@code address + 4 * stride * i}; all are 0 unless {@code inside}. */
  public static void strided(long address, long stride, boolean inside, long to, int count) {
    for (int i = 0; i < count; i++) {
      Memory.set(to + 4L * i, inside ? Memory.i32(address + 4 * stride * i) : 0);
    }
  }

  /**
   * Element i comes from {@code address + 4 * stride * i} where the block {@code inside} says so,
   * and is 0 elsewhere.
   */
  public static void strided(long address, long stride, long inside, long to, int count) {
    for (int i = 0; i < count; i++) {
      Memory.set(
          to + 4L * i, Memory.bool(inside + 4L * i) ? Memory.i32(address + 4 * stride * i) : 0);
    }
  }

  /**
   * Replaces each index by the element {@code address + 4 * index}, or by 0 unless {@code inside}.
   */
  public static void gather(long address, boolean inside, long indices, int count) {
    for (int i = 0; i < count; i++) {
      int index = Memory.i32(indices + 4L * i);
      Memory.set(indices + 4L * i, inside ? Memory.i32(address + 4L * index) : 0);
    }
  }

  /**
   * Replaces each index by the element {@code address + 4 * index} where the block {@code inside}
   * says so, and by 0 elsewhere.
   */
  public static void gather(long address, long inside, long indices, int count) {
    for (int i = 0; i < count; i++) {
      int index = Memory.i32(indices + 4L * i);
      Memory.set(
          indices + 4L * i, Memory.bool(inside + 4L * i) ? Memory.i32(address + 4L * index) : 0);
    }
  }

  /** Writes element i to {@code address + 4 * stride * i}. */
  public static void setStrided(long address, long stride, long from, int count) {
    for (int i = 0; i < count; i++) {
      Memory.set(address + 4 * stride * i, Memory.i32(from + 4L * i));
    }
  }

  /** Writes one value to all of {@code address + 4 * stride * i}. */
  public static void setStrided(long address, long stride, float value, int count) {
    for (int i = 0; i < count; i++) {
      Memory.set(address + 4 * stride * i, value);
    }
  }
}
