package org.mdlc.compiler.type;

import java.util.Locale;

/**
 * Element type of a tensor. Every type takes four bytes on the CPU; {@code BOOL} is stored as 0 or
 * 1.
 */
public enum DType {
  F32,
  I32,
  /** Unsigned 32-bit words: random bits and generator keys. */
  U32,
  BOOL;

  /** Bytes one element takes in memory. */
  public static final int BYTES = 4;

  public boolean isFloat() {
    return this == F32;
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
