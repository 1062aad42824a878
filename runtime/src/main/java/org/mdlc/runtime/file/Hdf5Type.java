package org.mdlc.runtime.file;

import java.util.Locale;
import org.mdlc.runtime.data.DataException;

/**
 * The type of the elements of an array or attribute in an HDF5 file.
 *
 * @param kind HDF5's class of types
 * @param bits what tells types of a class apart
 * @param size bytes of an element
 * @param exponentBits of a float
 */
record Hdf5Type(int kind, int bits, long size, int exponentBits) {
  private static final int INTEGER = 0;
  private static final int FLOAT = 1;
  private static final int STRING = 3;
  private static final int OPAQUE = 5;
  private static final int ENUMERATION = 8;
  private static final int VARIABLE = 9;

  static Hdf5Type read(Hdf5Bytes in, long at, long length) {
    in.require(length >= 8, at, "a type leaves its header");
    int kind = in.u8(at) & 0xF;
    int bits = in.u8(at + 1);
    long size = in.u32(at + 4);
    in.require(size > 0, at, "a type has no bytes");
    if (kind == FLOAT) {
      in.require(length >= 20, at, "a type leaves its header");
      return new Hdf5Type(kind, bits, size, in.u8(at + 13));
    }
    return new Hdf5Type(kind, bits, size, 0);
  }

  boolean isText() {
    return kind == STRING || isVariable();
  }

  boolean isVariable() {
    return kind == VARIABLE && (bits & 0xF) == 1 && size == 16;
  }

  boolean bigEndian() {
    return (kind == INTEGER || kind == FLOAT) && (bits & 1) != 0;
  }

  /**
   * How to read numbers of this type.
   *
   * @param narrow whether an attribute says that two bytes are a bfloat16, as Keras does
   * @throws DataException if they are no numbers
   */
  ElementType element(String place, boolean narrow) {
    boolean signed = (bits & 8) != 0;
    String key = kind + " " + size;
    return switch (key) {
      case INTEGER + " 1" -> signed ? ElementType.I8 : ElementType.U8;
      case INTEGER + " 2" -> signed ? ElementType.I16 : ElementType.U16;
      case INTEGER + " 4" -> signed ? ElementType.I32 : ElementType.U32;
      case INTEGER + " 8" -> signed ? ElementType.I64 : ElementType.U64;
      case FLOAT + " 2" -> exponentBits == 8 ? ElementType.BF16 : ElementType.F16;
      case FLOAT + " 4" -> ElementType.F32;
      case FLOAT + " 8" -> ElementType.F64;
      case ENUMERATION + " 1" -> ElementType.BOOL;
      case OPAQUE + " 2" -> {
        if (narrow) {
          yield ElementType.BF16;
        }
        throw unsupported(place);
      }
      default -> throw unsupported(place);
    };
  }

  private DataException unsupported(String place) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s: elements of %d bytes of HDF5 class %d are no numbers that can be read",
            place,
            size,
            kind));
  }
}
