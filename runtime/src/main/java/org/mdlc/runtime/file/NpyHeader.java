package org.mdlc.runtime.file;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mdlc.runtime.data.DataException;

/**
 * The Python dictionary at the start of an {@code .npy} file, such as {@code {'descr': '<f4',
 * 'fortran_order': False, 'shape': (3, 4), }}.
 */
record NpyHeader(
    ElementType type, ByteOrder order, boolean fortranOrder, List<Long> shape, long dataOffset) {
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_BYTES = 1 << 20;

  private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*(['\"])(.*?)\\1");
  private static final Pattern FORTRAN =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L,\\s]*)\\)");

  /**
   * Reads the header at the start of an array.
   *
   * @param bytes how many the array has, header included
   * @param place file and array, for messages
   */
  static NpyHeader read(DataInputStream data, long bytes, String place) throws IOException {
    if (!Arrays.equals(data.readNBytes(MAGIC.length), MAGIC)) {
      throw new DataException(place + ": not an .npy file: it does not start with \\x93NUMPY");
    }
    int major = data.readUnsignedByte();
    int minor = data.readUnsignedByte();
    if (major < 1 || major > 3) {
      throw new DataException(place + ": unknown .npy version " + major + "." + minor);
    }
    long headerBytes =
        major == 1
            ? Short.toUnsignedInt(Short.reverseBytes(data.readShort()))
            : Integer.toUnsignedLong(Integer.reverseBytes(data.readInt()));
    long start = MAGIC.length + (major == 1 ? 4L : 6L) + headerBytes;
    if (headerBytes > MAX_BYTES || start > bytes) {
      throw new DataException(place + ": impossible header of " + headerBytes + " bytes");
    }
    String text = new String(data.readNBytes((int) headerBytes), StandardCharsets.UTF_8);
    return parse(text, start, place);
  }

  /** The array in mapped memory; a copy of one in Fortran order. */
  static MappedArray map(MemorySegment bytes, String place) {
    NpyHeader header;
    try {
      DataInputStream data = new DataInputStream(new SegmentStream(bytes));
      header = read(data, bytes.byteSize(), place);
    } catch (IOException e) {
      throw new DataException(place + ": the file is cut short", e);
    }
    return header.fortranOrder() && header.shape().size() > 1
        ? MappedArray.of(place, NumpyFiles.read(bytes, place))
        : new MappedArray(
            place,
            bytes.asSlice(header.dataOffset()),
            header.type(),
            header.order(),
            header.shape());
  }

  private static NpyHeader parse(String text, long dataOffset, String place) {
    Matcher descr = DESCR.matcher(text);
    if (!descr.find()) {
      throw new DataException(
          place + ": the array holds records, not numbers; its header is " + text.strip());
    }
    boolean fortranOrder = "True".equals(find(FORTRAN, text, place));
    List<Long> shape = new ArrayList<>();
    for (String size : find(SHAPE, text, place).replace("L", "").split(",", -1)) {
      if (!size.isBlank()) {
        shape.add(parseSize(size.strip(), place));
      }
    }
    String type = descr.group(2);
    ByteOrder order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new NpyHeader(elementType(type, place), order, fortranOrder, shape, dataOffset);
  }

  private static String find(Pattern pattern, String text, String place) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new DataException(place + ": malformed header " + text.strip());
    }
    return matcher.group(1);
  }

  private static long parseSize(String digits, String place) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new DataException(place + ": impossible size " + digits, e);
    }
  }

  private static ElementType elementType(String descr, String place) {
    return switch (descr.isEmpty() ? descr : descr.substring(1)) {
      case "f2" -> ElementType.F16;
      case "f4" -> ElementType.F32;
      case "f8" -> ElementType.F64;
      case "b1" -> ElementType.BOOL;
      case "i1" -> ElementType.I8;
      case "u1" -> ElementType.U8;
      case "i2" -> ElementType.I16;
      case "u2" -> ElementType.U16;
      case "i4" -> ElementType.I32;
      case "u4" -> ElementType.U32;
      case "i8" -> ElementType.I64;
      case "u8" -> ElementType.U64;
      default ->
          throw new DataException(
              place + ": elements of type " + descr + " are not numbers this program reads");
    };
  }
}
