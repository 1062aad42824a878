package org.mdlc.runtime.data;

/**
 * The type of the elements of an array that goes into or comes out of a model. Every element takes
 * four bytes; truth values and unsigned words travel as {@link #I32}.
 */
public enum DType {
  /** 32-bit float, Keras's {@code float32}. */
  F32,
  /**
   * 32-bit integer, Keras's {@code int32}; also carries {@code bool} (0 or 1) and {@code uint32}.
   */
  I32;

  /** Bytes of one element of any type. */
  public static final int BYTES = 4;
}
