package org.mdlc.runtime.file;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * The IDX format of the MNIST files: two zero bytes, the element type, the number of axes, their
 * sizes, then the big-endian elements. Files that are compressed with gzip are recognised.
 */
public final class IdxFile {
  private static final int GZIP_MAGIC = 0x1F8B;
  // Deflate cannot do better than 1032 to 1.
  private static final long MAX_DEFLATE_RATIO = 1032;

  private IdxFile() {}

  /**
   * Reads a file, compressed or not.
   *
   * @throws DataException if the file is malformed or its header announces more than it holds
   */
  public static HostTensor read(Path file) throws IOException {
    try {
      return isCompressed(file) ? readCompressed(file) : readPlain(file);
    } catch (EOFException | ZipException e) {
      throw new DataException(file + ": the file is cut short or damaged", e);
    }
  }

  private static HostTensor readPlain(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(new DataInputStream(in), Files.size(file), file.toString());
    }
  }

  // gzip does not say reliably how long the content is, so it is unpacked first; the ratio bounds
  // it.
  private static HostTensor readCompressed(Path file) throws IOException {
    long limit = Math.min(Integer.MAX_VALUE - 8L, Files.size(file) * MAX_DEFLATE_RATIO);
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      byte[] content = in.readNBytes((int) limit);
      DataInputStream data = new DataInputStream(new ByteArrayInputStream(content));
      return read(data, content.length, file.toString());
    }
  }

  private static boolean isCompressed(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      return in.readUnsignedShort() == GZIP_MAGIC;
    }
  }

  private static HostTensor read(DataInputStream data, long bytes, String place)
      throws IOException {
    if (data.readUnsignedShort() != 0) {
      throw new DataException(place + ": not an IDX file: it does not start with two zero bytes");
    }
    ElementType type = elementType(data.readUnsignedByte(), place);
    int axes = data.readUnsignedByte();
    List<Long> shape = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      shape.add(Integer.toUnsignedLong(data.readInt()));
    }
    int[] checked = Header.checkedShape(place, shape, type.bytes, bytes - 4 - 4L * axes);
    return type.read(data, ByteOrder.BIG_ENDIAN, place, checked);
  }

  private static ElementType elementType(int code, String place) {
    return switch (code) {
      case 0x08 -> ElementType.U8;
      case 0x09 -> ElementType.I8;
      case 0x0B -> ElementType.I16;
      case 0x0C -> ElementType.I32;
      case 0x0D -> ElementType.F32;
      case 0x0E -> ElementType.F64;
      default -> throw new DataException(place + ": unknown IDX element type " + code);
    };
  }
}
