package org.mdlc.runtime.file;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
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

  /** The array in the mapped bytes of a file; a copy of one that is compressed. */
  static MappedArray map(Path file, MemorySegment bytes) {
    try {
      if (isCompressed(file)) {
        return MappedArray.of(file.toString(), read(file));
      }
      DataInputStream data = new DataInputStream(new SegmentStream(bytes));
      Announced array = Announced.read(data, file.toString());
      return new MappedArray(
          file.toString(),
          bytes.asSlice(array.headerBytes()),
          array.type,
          ByteOrder.BIG_ENDIAN,
          array.shape);
    } catch (EOFException e) {
      throw new DataException(file + ": the file is cut short or damaged", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static HostTensor readPlain(Path file) throws IOException {
    try (DataInputStream in = open(file)) {
      Announced array = Announced.read(in, file.toString());
      return array.read(in, Files.size(file) - array.headerBytes());
    }
  }

  // gzip does not say reliably how long the content is, so it is unpacked twice: first to see that
  // the header tells the truth, keeping nothing.
  private static HostTensor readCompressed(Path file) throws IOException {
    long present;
    try (DataInputStream in = unpacked(file)) {
      Announced.read(in, file.toString()).bytes();
      present = in.transferTo(OutputStream.nullOutputStream());
    }
    try (DataInputStream in = unpacked(file)) {
      return Announced.read(in, file.toString()).read(in, present);
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    return new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
  }

  private static DataInputStream unpacked(Path file) throws IOException {
    InputStream packed = open(file);
    return new DataInputStream(new BufferedInputStream(new GZIPInputStream(packed), 1 << 16));
  }

  private static boolean isCompressed(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      return in.readUnsignedShort() == GZIP_MAGIC;
    }
  }

  /** What the header says. */
  private record Announced(ElementType type, List<Long> shape, String place) {
    static Announced read(DataInputStream data, String place) throws IOException {
      if (data.readUnsignedShort() != 0) {
        throw new DataException(place + ": not an IDX file: it does not start with two zero bytes");
      }
      ElementType type = elementType(data.readUnsignedByte(), place);
      int axes = data.readUnsignedByte();
      List<Long> shape = new ArrayList<>();
      for (int axis = 0; axis < axes; axis++) {
        shape.add(Integer.toUnsignedLong(data.readInt()));
      }
      return new Announced(type, shape, place);
    }

    long headerBytes() {
      return 4 + 4L * shape.size();
    }

    /** Bytes of the elements; fails if there cannot be so many. */
    long bytes() {
      return Header.bytes(place, shape, type.bytes);
    }

    HostTensor read(DataInputStream data, long presentBytes) throws IOException {
      int[] checked = Header.checkedShape(place, shape, type.bytes, presentBytes);
      return type.read(data, ByteOrder.BIG_ENDIAN, place, checked);
    }
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
