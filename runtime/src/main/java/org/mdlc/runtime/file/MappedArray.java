package org.mdlc.runtime.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * An array outside the Java heap whose rows are converted when they are asked for: a mapped {@code
 * .npy} or IDX file, or a buffer of the program. Elements may be 8, 16, 32 or 64 bits wide; see
 * {@link #row}. Rows may be read by several threads at the same time.
 */
public final class MappedArray {
  private final String place;
  private final MemorySegment memory;
  private final ElementType type;
  private final ByteOrder order;
  private final long rows;
  private final int[] rowShape;
  private final int rowSize;

  /**
   * Checks that the memory holds just the array.
   *
   * @param place file and array, for messages
   */
  MappedArray(
      String place, MemorySegment memory, ElementType type, ByteOrder order, List<Long> shape) {
    if (shape.isEmpty()) {
      throw new DataException(place + ": a scalar; a data set needs rows");
    }
    this.rowShape = rowShape(place, shape);
    this.rowSize = Math.toIntExact(HostTensor.elementCount(rowShape));
    long bytes = bytes(place, shape, (long) rowSize * type.bytes);
    if (bytes != memory.byteSize()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: shape %s needs %d bytes, the file has %d",
              place,
              shape,
              bytes,
              memory.byteSize()));
    }
    this.place = place;
    this.memory = memory;
    this.type = type;
    this.order = order;
    this.rows = shape.getFirst();
  }

  private static int[] rowShape(String place, List<Long> shape) {
    List<Long> row = shape.subList(1, shape.size());
    Header.bytes(place, row, 1); // at most 2^31 elements in a row
    return row.stream().mapToInt(Math::toIntExact).toArray();
  }

  private static long bytes(String place, List<Long> shape, long rowBytes) {
    long count = shape.getFirst();
    if (count < 0 || rowBytes > 0 && count > Long.MAX_VALUE / rowBytes) {
      throw new DataException(place + ": impossible size " + count + " in shape " + shape);
    }
    return count * rowBytes;
  }

  /**
   * Maps an {@code .npy} file. One in Fortran order, whose rows are not together, is read into
   * memory instead.
   *
   * @throws DataException if the file is malformed, holds no numbers, or not as many as it says
   */
  public static MappedArray npy(Path file) {
    MemorySegment bytes = map(file);
    return NpyHeader.map(bytes, file.toString());
  }

  /**
   * Maps an IDX file; one that is compressed with gzip is read into memory instead.
   *
   * @throws DataException if the file is malformed, or does not hold as much as it says
   */
  public static MappedArray idx(Path file) {
    return IdxFile.map(file, map(file));
  }

  /** Rows of a tensor. */
  public static MappedArray of(String name, HostTensor tensor) {
    MemorySegment memory =
        tensor.dtype() == DType.F32
            ? MemorySegment.ofArray(tensor.floats())
            : MemorySegment.ofArray(tensor.ints());
    ElementType type = tensor.dtype() == DType.F32 ? ElementType.F32 : ElementType.I32;
    return of(name, memory, type, ByteOrder.nativeOrder(), tensor.shape());
  }

  /**
   * The floats that remain in a buffer, which is shared.
   *
   * @param name for messages
   * @throws DataException if they are not as many as the shape has
   */
  public static MappedArray of(String name, FloatBuffer buffer, int... shape) {
    return of(name, MemorySegment.ofBuffer(buffer), ElementType.F32, buffer.order(), shape);
  }

  /** The integers that remain in a buffer, which is shared. */
  public static MappedArray of(String name, IntBuffer buffer, int... shape) {
    return of(name, MemorySegment.ofBuffer(buffer), ElementType.I32, buffer.order(), shape);
  }

  /** The bytes that remain in a buffer, which is shared, as numbers from 0 to 255. */
  public static MappedArray of(String name, ByteBuffer buffer, int... shape) {
    return of(name, MemorySegment.ofBuffer(buffer), ElementType.U8, buffer.order(), shape);
  }

  /** The elements of native memory, which is shared, in the byte order of this machine. */
  public static MappedArray of(String name, MemorySegment memory, DType dtype, int... shape) {
    ElementType type = dtype == DType.F32 ? ElementType.F32 : ElementType.I32;
    return of(name, memory, type, ByteOrder.nativeOrder(), shape);
  }

  private static MappedArray of(
      String name, MemorySegment memory, ElementType type, ByteOrder order, int... shape) {
    return new MappedArray(
        name, memory, type, order, Arrays.stream(shape).mapToObj(Long::valueOf).toList());
  }

  // Not closed by hand: rows may be read by other threads until nobody has the array any more.
  static MemorySegment map(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be mapped: " + e.getMessage(), e);
    }
  }

  /** Number of rows. */
  public long rows() {
    return rows;
  }

  /** The type that the elements become: f32 for floats of any width, else i32. */
  public DType dtype() {
    return type.dtype;
  }

  /** A copy of the sizes of the axes of one row. */
  public int[] rowShape() {
    return rowShape.clone();
  }

  /**
   * One row, [1, ..].
   *
   * @throws DataException if it has an integer beyond 32 bits, or the file has become shorter
   */
  public HostTensor row(long index) {
    int[] shape = new int[rowShape.length + 1];
    shape[0] = 1;
    System.arraycopy(rowShape, 0, shape, 1, rowShape.length);
    HostTensor row = HostTensor.zeros(type.dtype, shape);
    long bytes = (long) rowSize * type.bytes;
    try {
      MemorySegment part = memory.asSlice(index * bytes, bytes);
      if (type == ElementType.F32) {
        MemorySegment.copy(
            part, ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order), 0, row.floats(), 0, rowSize);
      } else if (type == ElementType.I32) {
        MemorySegment.copy(
            part, ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), 0, row.ints(), 0, rowSize);
      } else {
        type.decode(part.toArray(ValueLayout.JAVA_BYTE), order, row, place + ", row " + index);
      }
    } catch (InternalError e) { // how Java tells that mapped memory is gone
      throw new DataException(
          place + ", row " + index + ": the file became shorter while it was read", e);
    }
    return row;
  }
}
