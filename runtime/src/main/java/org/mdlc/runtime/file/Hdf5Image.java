package org.mdlc.runtime.file;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Bytes that grow, little-endian; already written ones can be written again. */
final class Hdf5Image {
  private byte[] bytes = new byte[64];
  private int size;
  private int at;

  long size() {
    return size;
  }

  /** Goes on writing at an earlier place. */
  void at(long place) {
    at = Math.toIntExact(place);
  }

  void atEnd() {
    at = size;
  }

  Hdf5Image bytes(int... values) {
    for (int value : values) {
      number(value, 1);
    }
    return this;
  }

  Hdf5Image bytes(byte[] values) {
    for (byte value : values) {
      number(value, 1);
    }
    return this;
  }

  Hdf5Image zeros(int count) {
    for (int i = 0; i < count; i++) {
      number(0, 1);
    }
    return this;
  }

  Hdf5Image u16(int value) {
    return number(value, 2);
  }

  Hdf5Image u32(int value) {
    return number(value, 4);
  }

  Hdf5Image u64(long value) {
    return number(value, 8);
  }

  /** Zeros up to a multiple. */
  Hdf5Image pad(int multiple) {
    return zeros(Math.floorMod(-at, multiple));
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
  }

  private Hdf5Image number(long value, int count) {
    if (at + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + count));
    }
    for (int i = 0; i < count; i++) {
      bytes[at++] = (byte) (value >>> 8 * i);
    }
    size = Math.max(size, at);
    return this;
  }
}
