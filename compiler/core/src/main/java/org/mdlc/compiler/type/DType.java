package org.mdlc.compiler.type;

import java.util.Locale;

/**
 * Element type of a tensor. Every type takes four bytes on the CPU; {@code BOOL} is stored as 0 or
 * 1, and the narrow floats as the float32 that they are: a result of such a type is rounded to what
 * it can hold.
 */
public enum DType {
  F32,
  I32,
  /** Unsigned 32-bit words: random bits and generator keys. */
  U32,
  BOOL,
  /** The upper half of a float32: its range, 8 bits of precision. */
  BF16,
  /** Half precision of IEEE 754: 11 bits, up to 65504. */
  F16;

  /** Bytes one element takes in memory. */
  public static final int BYTES = 4;

  public boolean isFloat() {
    return this == F32 || isNarrow();
  }

  /** True for floats of two bytes. */
  public boolean isNarrow() {
    return this == BF16 || this == F16;
  }

  /** The value of this type nearest to a number that is a float32, ties to even; others as is. */
  public double nearest(double value) {
    return switch (this) {
      case BF16 -> nearestBf16((float) value);
      case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
      case F32, I32, U32, BOOL -> value;
    };
  }

  private static float nearestBf16(float value) {
    if (Float.isNaN(value)) {
      return Float.NaN;
    }
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat((bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000);
  }

  /**
   * The spelling of the language and of the text form: {@code f32}, {@code i32}, {@code u32},
   * {@code bool}.
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the spelling of {@link #text()}.
   *
   * @throws IllegalArgumentException when there is no such type
   */
  public static DType parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
