package org.mdlc.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * {@link MathConstants} and small numbers as vectors: C2 makes fewer nodes for one of these than
 * for a broadcast.
 */
final class VectorConstants {
  static final FloatVector ZERO = floats(0f);
  static final FloatVector ONE = floats(1f);
  static final FloatVector MINUS_ONE = floats(-1f);
  static final FloatVector TWO = floats(2f);
  static final FloatVector HALF = floats(0.5f);
  static final FloatVector QUARTER = floats(0.25f);
  static final FloatVector TWO_AND_A_HALF = floats(2.5f);
  static final FloatVector THREE = floats(3f);
  static final FloatVector FIVE = floats(5f);
  static final FloatVector INFINITY = floats(Float.POSITIVE_INFINITY);
  static final FloatVector MINUS_INFINITY = floats(Float.NEGATIVE_INFINITY);
  static final FloatVector NAN = floats(Float.NaN);
  static final FloatVector MIN_NORMAL = floats(Float.MIN_NORMAL);
  static final FloatVector MINUS_2_LN2_HIGH = floats(-2 * MathConstants.LN2_HIGH);
  static final FloatVector MINUS_2_LN2_LOW = floats(-2 * MathConstants.LN2_LOW);
  static final FloatVector MINUS_LN2_HIGH = floats(-MathConstants.LN2_HIGH);
  static final FloatVector MINUS_LN2_LOW = floats(-MathConstants.LN2_LOW);
  static final FloatVector EXPONENT_MAGIC_LESS_1 = floats(MathConstants.EXPONENT_MAGIC - 1f);
  static final FloatVector MINUS_TANH_ONE_FROM = floats(-MathConstants.TANH_ONE_FROM);
  static final FloatVector MINUS_HALF_PI_HIGH = floats(-MathConstants.HALF_PI_HIGH);
  static final FloatVector MINUS_HALF_PI_MIDDLE = floats(-MathConstants.HALF_PI_MIDDLE);
  static final FloatVector MINUS_HALF_PI_LOW = floats(-MathConstants.HALF_PI_LOW);

  static final FloatVector ROUND_MAGIC = floats(MathConstants.ROUND_MAGIC);
  static final FloatVector EXPONENT_MAGIC = floats(MathConstants.EXPONENT_MAGIC);
  static final FloatVector INTEGER_FROM = floats(MathConstants.INTEGER_FROM);
  static final FloatVector LOG2_E = floats(MathConstants.LOG2_E);
  static final FloatVector HALF_LOG2_E = floats(MathConstants.HALF_LOG2_E);
  static final FloatVector EXP_MAX = floats(MathConstants.EXP_MAX);
  static final FloatVector EXP_MIN = floats(MathConstants.EXP_MIN);
  static final FloatVector W2 = floats(MathConstants.W2);
  static final FloatVector W3 = floats(MathConstants.W3);
  static final FloatVector W4 = floats(MathConstants.W4);
  static final FloatVector W5 = floats(MathConstants.W5);
  static final FloatVector W6 = floats(MathConstants.W6);
  static final FloatVector W7 = floats(MathConstants.W7);
  static final FloatVector W8 = floats(MathConstants.W8);
  static final FloatVector E2 = floats(MathConstants.E2);
  static final FloatVector E3 = floats(MathConstants.E3);
  static final FloatVector E4 = floats(MathConstants.E4);
  static final FloatVector E5 = floats(MathConstants.E5);
  static final FloatVector E6 = floats(MathConstants.E6);
  static final FloatVector M0 = floats(MathConstants.M0);
  static final FloatVector M1 = floats(MathConstants.M1);
  static final FloatVector M2 = floats(MathConstants.M2);
  static final FloatVector M3 = floats(MathConstants.M3);
  static final FloatVector M4 = floats(MathConstants.M4);
  static final FloatVector M5 = floats(MathConstants.M5);
  static final FloatVector EXPM1_MIN = floats(MathConstants.EXPM1_MIN);
  static final FloatVector LINEAR_BELOW = floats(MathConstants.LINEAR_BELOW);
  static final FloatVector L0 = floats(MathConstants.L0);
  static final FloatVector L1 = floats(MathConstants.L1);
  static final FloatVector L2 = floats(MathConstants.L2);
  static final FloatVector L3 = floats(MathConstants.L3);
  static final FloatVector L4 = floats(MathConstants.L4);
  static final FloatVector L5 = floats(MathConstants.L5);
  static final FloatVector L6 = floats(MathConstants.L6);
  static final FloatVector L7 = floats(MathConstants.L7);
  static final FloatVector L8 = floats(MathConstants.L8);
  static final FloatVector L9 = floats(MathConstants.L9);
  static final FloatVector LN2_HIGH_OF_BITS = floats(MathConstants.LN2_HIGH_OF_BITS);
  static final FloatVector LN2_LOW_OF_BITS = floats(MathConstants.LN2_LOW_OF_BITS);
  static final FloatVector SCALED_UP = floats(MathConstants.SCALED_UP);
  static final FloatVector TANH_ONE_FROM = floats(MathConstants.TANH_ONE_FROM);
  static final FloatVector TANH_SMALL = floats(MathConstants.TANH_SMALL);
  static final FloatVector T0 = floats(MathConstants.T0);
  static final FloatVector T1 = floats(MathConstants.T1);
  static final FloatVector T2 = floats(MathConstants.T2);
  static final FloatVector T3 = floats(MathConstants.T3);
  static final FloatVector T4 = floats(MathConstants.T4);
  static final FloatVector T5 = floats(MathConstants.T5);
  static final FloatVector ERF_SMALL = floats(MathConstants.ERF_SMALL);
  static final FloatVector F0 = floats(MathConstants.F0);
  static final FloatVector F1 = floats(MathConstants.F1);
  static final FloatVector F2 = floats(MathConstants.F2);
  static final FloatVector F3 = floats(MathConstants.F3);
  static final FloatVector F4 = floats(MathConstants.F4);
  static final FloatVector F5 = floats(MathConstants.F5);
  static final FloatVector F6 = floats(MathConstants.F6);
  static final FloatVector ERF_ONE_FROM = floats(MathConstants.ERF_ONE_FROM);
  static final FloatVector G0 = floats(MathConstants.G0);
  static final FloatVector G1 = floats(MathConstants.G1);
  static final FloatVector G2 = floats(MathConstants.G2);
  static final FloatVector G3 = floats(MathConstants.G3);
  static final FloatVector G4 = floats(MathConstants.G4);
  static final FloatVector G5 = floats(MathConstants.G5);
  static final FloatVector G6 = floats(MathConstants.G6);
  static final FloatVector G7 = floats(MathConstants.G7);
  static final FloatVector P0 = floats(MathConstants.P0);
  static final FloatVector P1 = floats(MathConstants.P1);
  static final FloatVector P2 = floats(MathConstants.P2);
  static final FloatVector P3 = floats(MathConstants.P3);
  static final FloatVector P4 = floats(MathConstants.P4);
  static final FloatVector P5 = floats(MathConstants.P5);
  static final FloatVector P6 = floats(MathConstants.P6);
  static final FloatVector P7 = floats(MathConstants.P7);
  static final FloatVector P8 = floats(MathConstants.P8);
  static final FloatVector Q0 = floats(MathConstants.Q0);
  static final FloatVector Q1 = floats(MathConstants.Q1);
  static final FloatVector Q2 = floats(MathConstants.Q2);
  static final FloatVector Q3 = floats(MathConstants.Q3);
  static final FloatVector Q4 = floats(MathConstants.Q4);
  static final FloatVector Q5 = floats(MathConstants.Q5);
  static final FloatVector Q6 = floats(MathConstants.Q6);
  static final FloatVector Q7 = floats(MathConstants.Q7);
  static final FloatVector Q8 = floats(MathConstants.Q8);
  static final FloatVector S0 = floats(MathConstants.S0);
  static final FloatVector S1 = floats(MathConstants.S1);
  static final FloatVector S2 = floats(MathConstants.S2);
  static final FloatVector S3 = floats(MathConstants.S3);
  static final FloatVector C0 = floats(MathConstants.C0);
  static final FloatVector C1 = floats(MathConstants.C1);
  static final FloatVector C2 = floats(MathConstants.C2);
  static final FloatVector C3 = floats(MathConstants.C3);
  static final FloatVector TWO_OVER_PI = floats(MathConstants.TWO_OVER_PI);
  static final FloatVector TRIG_MAX = floats(MathConstants.TRIG_MAX);

  static final FloatVector F16_NORMAL_FROM = floats(MathConstants.F16_NORMAL_FROM);
  static final FloatVector F16_INFINITE_FROM = floats(MathConstants.F16_INFINITE_FROM);

  static final IntVector BF16_BELOW_HALF = ints(0x7fff);
  static final IntVector BF16_MASK = ints(0xffff0000);
  static final IntVector F16_BELOW_HALF = ints(0xfff);
  static final IntVector F16_MASK = ints(0xffffe000);
  static final IntVector INT_1 = ints(1);
  static final IntVector INT_2 = ints(2);
  static final IntVector SIGN_BIT = ints(0x80000000);
  static final IntVector TWO_THIRDS_BITS = ints(MathConstants.TWO_THIRDS_BITS);
  static final IntVector EXPONENT_MASK = ints(MathConstants.EXPONENT_MASK);
  static final IntVector FOUR_BITS = ints(MathConstants.FOUR_BITS);

  private VectorConstants() {}

  private static FloatVector floats(float value) {
    return FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, value);
  }

  private static IntVector ints(int value) {
    return IntVector.broadcast(IntVector.SPECIES_PREFERRED, value);
  }
}
