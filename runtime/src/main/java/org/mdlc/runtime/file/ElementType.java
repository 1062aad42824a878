package org.mdlc.runtime.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * How numbers are stored in a file, and which element type they become in memory. Floats of any
 * width become {@link DType#F32}; integers and truth values become {@link DType#I32}.
 */
enum ElementType {
  F16(2, DType.F32),
  BF16(2, DType.F32),
  F32(4, DType.F32),
  F64(8, DType.F32),
  BOOL(1, DType.I32),
  I8(1, DType.I32),
  U8(1, DType.I32),
  I16(2, DType.I32),
  U16(2, DType.I32),
  I32(4, DType.I32),
  U32(4, DType.I32),
  I64(8, DType.I32),
  U64(8, DType.I32);

  private static final int CHUNK_BYTES = 1 << 16;

  /** Bytes of one number in the file. */
  final int bytes;

  /** What one becomes. */
  final DType dtype;

  ElementType(int bytes, DType dtype) {
    this.bytes = bytes;
    this.dtype = dtype;
  }

  /**
   * Reads as many numbers as the shape has. The caller has checked that the file is long enough, so
   * nothing is allocated for a header that lies.
   *
   * @param place file and array, for messages
   * @throws DataException if a number does not fit 32 bits
   */
  HostTensor read(InputStream in, ByteOrder order, String place, int... shape) throws IOException {
    HostTensor tensor = HostTensor.zeros(dtype, shape);
    int chunkBytes = (int) Math.min(CHUNK_BYTES, (long) tensor.size() * bytes);
    ByteBuffer chunk = ByteBuffer.allocate(chunkBytes).order(order);
    int done = 0;
    while (done < tensor.size()) {
      int count = Math.min(CHUNK_BYTES / bytes, tensor.size() - done);
      if (in.readNBytes(chunk.array(), 0, count * bytes) < count * bytes) {
        throw new EOFException(place + ": the file ends after " + done + " numbers");
      }
      decode(chunk, tensor, done, count, place);
      done += count;
    }
    return tensor;
  }

  /**
   * Converts the bytes of a whole tensor.
   *
   * @param place for messages
   * @throws DataException if a number does not fit 32 bits
   */
  void decode(byte[] stored, ByteOrder order, HostTensor tensor, String place) {
    decode(ByteBuffer.wrap(stored).order(order), tensor, 0, tensor.size(), place);
  }

  private void decode(ByteBuffer chunk, HostTensor tensor, int first, int count, String place) {
    chunk.clear();
    switch (this) {
      case F32 -> chunk.asFloatBuffer().get(tensor.floats(), first, count);
      case I32 -> chunk.asIntBuffer().get(tensor.ints(), first, count);
      default -> {
        for (int i = 0; i < count; i++) {
          if (dtype == DType.F32) {
            tensor.floats()[first + i] = nextFloat(chunk);
          } else {
            tensor.ints()[first + i] = nextInt(chunk, first + i, place);
          }
        }
      }
    }
  }

  private float nextFloat(ByteBuffer chunk) {
    return switch (this) {
      case F16 -> Float.float16ToFloat(chunk.getShort());
      case BF16 -> Float.intBitsToFloat(chunk.getShort() << 16);
      case F32 -> chunk.getFloat();
      case F64 -> (float) chunk.getDouble();
      case BOOL, I8, U8, I16, U16, I32, U32, I64, U64 -> throw new AssertionError(this);
    };
  }

  private int nextInt(ByteBuffer chunk, int index, String place) {
    return switch (this) {
      case BOOL -> chunk.get() == 0 ? 0 : 1;
      case I8 -> chunk.get();
      case U8 -> chunk.get() & 0xFF;
      case I16 -> chunk.getShort();
      case U16 -> chunk.getShort() & 0xFFFF;
      case I32 -> chunk.getInt();
      case U32 -> narrow(chunk.getInt() & 0xFFFF_FFFFL, index, place);
      case I64 -> narrow(chunk.getLong(), index, place);
      case U64 -> {
        long value = chunk.getLong();
        yield narrow(value < 0 ? Long.MAX_VALUE : value, index, place);
      }
      case F16, BF16, F32, F64 -> throw new AssertionError(this);
    };
  }

  private static int narrow(long value, int index, String place) {
    if (value != (int) value) {
      throw new DataException(
          place + ": element " + index + " does not fit a 32-bit integer; convert the array first");
    }
    return (int) value;
  }
}
