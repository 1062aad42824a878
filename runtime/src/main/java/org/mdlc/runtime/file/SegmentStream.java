package org.mdlc.runtime.file;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The bytes of memory, one after the other. */
final class SegmentStream extends InputStream {
  private final MemorySegment bytes;
  private long next;

  SegmentStream(MemorySegment bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    return next < bytes.byteSize() ? bytes.get(ValueLayout.JAVA_BYTE, next++) & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    int count = (int) Math.min(length, bytes.byteSize() - next);
    if (count == 0) {
      return -1;
    }
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, next, into, offset, count);
    next += count;
    return count;
  }
}
