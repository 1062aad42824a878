package org.mdlc.runtime.file;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.mdlc.runtime.data.DataException;

/**
 * The bytes of an HDF5 file, little-endian, every access checked. It also keeps account: the parts
 * of a sound file do not overlap, so what is read of one never adds up to much more than its size.
 * A file in which links go in circles, or in which many names share one array, runs out of its
 * account long before it runs the reader out of memory.
 */
final class Hdf5Bytes {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long SPARE = 4096;

  private final MemorySegment bytes;
  private final String file;
  private final Set<Long> visited = new HashSet<>();
  private long account;

  Hdf5Bytes(MemorySegment bytes, String file) {
    this.bytes = bytes;
    this.file = file;
    // Twice: what is counted for an object is rounded up.
    this.account = 2 * bytes.byteSize() + SPARE;
  }

  long size() {
    return bytes.byteSize();
  }

  int u8(long at) {
    return bytes.get(ValueLayout.JAVA_BYTE, check(at, 1)) & 0xFF;
  }

  int u16(long at) {
    return bytes.get(SHORT, check(at, 2)) & 0xFFFF;
  }

  long u32(long at) {
    return bytes.get(INT, check(at, 4)) & 0xFFFF_FFFFL;
  }

  /** Eight bytes; a negative number stands for one above 2^63, which is beyond any file. */
  long u64(long at) {
    return bytes.get(LONG, check(at, 8));
  }

  boolean has(long at, String signature) {
    check(at, signature.length());
    for (int i = 0; i < signature.length(); i++) {
      if (u8(at + i) != signature.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** UTF-8 text up to a zero byte, or of {@code most} bytes if there is none. */
  String text(long at, long most) {
    long length = 0;
    while (length < most && u8(at + length) != 0) {
      length++;
    }
    spend(length, at);
    byte[] text = bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(text, StandardCharsets.UTF_8);
  }

  InputStream stream(long at, long length) {
    return new Slice(bytes.asSlice(check(at, length), length));
  }

  /** The position, if so many bytes from it lie in the file. */
  long check(long at, long length) {
    if (at < 0 || length < 0 || at > size() - length) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: damaged or cut short: it refers to %s bytes at byte %s, and it has %d",
              file,
              Long.toUnsignedString(length),
              Long.toUnsignedString(at),
              size()));
    }
    return at;
  }

  /** Takes so many bytes off the account. */
  void spend(long count, long at) {
    account -= count;
    if (account < 0) {
      throw damaged(at, "its parts overlap");
    }
  }

  /** Notes that a structure is read. No structure of a sound file is met twice. */
  void visit(long at) {
    if (!visited.add(at)) {
      throw damaged(at, "what lies here is linked twice");
    }
  }

  void require(boolean holds, long at, String complaint) {
    if (!holds) {
      throw damaged(at, complaint);
    }
  }

  DataException damaged(long at, String complaint) {
    return new DataException(
        file + ": not an HDF5 file that can be read, at byte " + at + ": " + complaint);
  }

  private static final class Slice extends InputStream {
    private final MemorySegment source;
    private long at;

    Slice(MemorySegment source) {
      this.source = source;
    }

    @Override
    public int read() {
      return at == source.byteSize() ? -1 : source.get(ValueLayout.JAVA_BYTE, at++) & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      int count = (int) Math.min(length, source.byteSize() - at);
      if (count == 0 && length > 0) {
        return -1;
      }
      MemorySegment.copy(source, ValueLayout.JAVA_BYTE, at, into, offset, count);
      at += count;
      return count;
    }
  }
}
