package org.mdlc.runtime.data;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of elements, little-endian: eight bytes {@link #MAGIC}, the elements, an entry for each
 * (i64 offset, i32 length, i32 CRC-32C), the columns as UTF-8 text, and a tail: i64 where the
 * entries start, i64 their number, i32 rows of a batch (-1 for single rows), i32 length of the
 * text, i32 CRC-32C of entries, text and the tail up to here, MAGIC.
 *
 * <p>An element is its number of rows as i32, then column after column: four bytes for each number,
 * or for each string the i32 number of its UTF-8 bytes and these.
 */
final class CacheFile {
  private static final byte[] MAGIC = "mdlcrow1".getBytes(StandardCharsets.US_ASCII);
  private static final int ENTRY_BYTES = 16;
  private static final int CHECKED_TAIL_BYTES = 24;
  private static final int TAIL_BYTES = CHECKED_TAIL_BYTES + 4 + MAGIC.length;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment bytes;
  private final DataSpec spec;
  private final long entries;
  private final long count;

  private CacheFile(Path file, MemorySegment bytes, DataSpec spec, long entries, long count) {
    this.file = file;
    this.bytes = bytes;
    this.spec = spec;
    this.entries = entries;
    this.count = count;
  }

  /**
   * Maps a file.
   *
   * @throws DataException if it is damaged, or what it holds is not what {@code source} has
   */
  static CacheFile open(Path file, Dataset source) throws IOException {
    MemorySegment bytes;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }
    long tail = bytes.byteSize() - TAIL_BYTES;
    if (tail < MAGIC.length
        || !isMagic(bytes, 0)
        || !isMagic(bytes, bytes.byteSize() - MAGIC.length)) {
      throw damaged(file, "it is not a complete cache of mdlc");
    }
    long entries = bytes.get(LONG, tail);
    long count = bytes.get(LONG, tail + 8);
    int batchSize = bytes.get(INT, tail + 16);
    int textLength = bytes.get(INT, tail + 20);
    if (entries < MAGIC.length
        || count < 0
        || textLength < 0
        || count > tail / ENTRY_BYTES
        || entries > tail
        || entries + count * ENTRY_BYTES + textLength != tail) {
      throw damaged(file, "its list of elements is not where its end says");
    }
    int found = checksum(bytes.asSlice(entries, tail + CHECKED_TAIL_BYTES - entries));
    if (found != bytes.get(INT, tail + CHECKED_TAIL_BYTES)) {
      throw damaged(file, "the checksum of its list of elements is wrong");
    }
    byte[] text = bytes.asSlice(tail - textLength, textLength).toArray(ValueLayout.JAVA_BYTE);
    requireSame(file, source, new String(text, StandardCharsets.UTF_8), batchSize);
    return new CacheFile(file, bytes, source.spec(), entries, count);
  }

  private static void requireSame(Path file, Dataset source, String columns, int batchSize) {
    if (!columns.equals(source.spec().toString()) || batchSize != batchSize(source)) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "cache file %s holds %s of %s, the data set has %s of %s: delete the file, or name"
                  + " another one",
              file,
              elements(batchSize),
              columns,
              elements(batchSize(source)),
              source.spec()));
    }
  }

  private static int batchSize(Dataset source) {
    return source.batchSize().orElse(-1);
  }

  private static String elements(int batchSize) {
    return batchSize < 0 ? "rows" : "batches of " + batchSize + " rows";
  }

  long count() {
    return count;
  }

  /**
   * Reads an element; any number of threads may.
   *
   * @throws DataException if its checksum is wrong
   */
  ArrayDataset read(long index) {
    long entry = entries + Objects.checkIndex(index, count) * ENTRY_BYTES;
    long offset = bytes.get(LONG, entry);
    int length = bytes.get(INT, entry + 8);
    if (offset < MAGIC.length || length < 0 || offset > entries - length) {
      throw damaged(file, "element " + index + " lies outside");
    }
    MemorySegment element = bytes.asSlice(offset, length);
    if (checksum(element) != bytes.get(INT, entry + 12)) {
      throw damaged(file, "the checksum of element " + index + " is wrong");
    }
    try {
      return new Reader(element).read(spec);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      DataException damaged = damaged(file, "element " + index + " ends too early");
      damaged.initCause(e);
      throw damaged;
    }
  }

  private static DataException damaged(Path file, String why) {
    return new DataException("cache file " + file + " is damaged: " + why + "; delete it");
  }

  private static boolean isMagic(MemorySegment bytes, long offset) {
    return Arrays.equals(bytes.asSlice(offset, MAGIC.length).toArray(ValueLayout.JAVA_BYTE), MAGIC);
  }

  /** By pieces, as a buffer ends at 2 GiB. */
  private static int checksum(MemorySegment bytes) {
    CRC32C crc = new CRC32C();
    long step = 1 << 30;
    for (long from = 0; from < bytes.byteSize(); from += step) {
      crc.update(bytes.asSlice(from, Math.min(step, bytes.byteSize() - from)).asByteBuffer());
    }
    return (int) crc.getValue();
  }

  // ---- reading an element

  private static final class Reader {
    private final MemorySegment bytes;
    private long next;

    Reader(MemorySegment bytes) {
      this.bytes = bytes;
    }

    /**
     * All columns.
     *
     * @throws IndexOutOfBoundsException if the number of rows or the length of a text leads out of
     *     the element
     * @throws ArithmeticException if there are more numbers than an array holds
     */
    ArrayDataset read(DataSpec spec) {
      int rows = Objects.checkIndex(nextInt(), Integer.MAX_VALUE);
      Map<String, HostTensor> columns = new LinkedHashMap<>();
      Map<String, StringTensor> texts = new LinkedHashMap<>();
      for (DataSpec.Column column : spec.columns()) {
        int[] shape =
            IntStream.concat(
                    IntStream.of(rows), column.rowShape().stream().mapToInt(Integer::intValue))
                .toArray();
        int size = Math.toIntExact(HostTensor.elementCount(shape));
        // Before an array is made for them; a string takes four bytes or more.
        Objects.checkFromIndexSize(next, (long) size * DType.BYTES, bytes.byteSize());
        switch (column.kind()) {
          case F32 -> columns.put(column.name(), floats(size, shape));
          case I32 -> columns.put(column.name(), ints(size, shape));
          case TEXT -> texts.put(column.name(), strings(size, shape));
        }
      }
      return ArrayDataset.of(columns, texts);
    }

    private int nextInt() {
      int value = bytes.get(INT, next);
      next += DType.BYTES;
      return value;
    }

    private HostTensor floats(int size, int... shape) {
      float[] values = new float[size];
      ValueLayout.OfFloat layout =
          ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
      MemorySegment.copy(bytes, layout, next, values, 0, size);
      next += (long) size * DType.BYTES;
      return HostTensor.of(values, shape);
    }

    private HostTensor ints(int size, int... shape) {
      int[] values = new int[size];
      MemorySegment.copy(bytes, INT, next, values, 0, size);
      next += (long) size * DType.BYTES;
      return HostTensor.of(values, shape);
    }

    private StringTensor strings(int size, int... shape) {
      String[] values = new String[size];
      for (int i = 0; i < size; i++) {
        int length = nextInt();
        byte[] text = bytes.asSlice(next, length).toArray(ValueLayout.JAVA_BYTE);
        values[i] = new String(text, StandardCharsets.UTF_8);
        next += length;
      }
      return StringTensor.of(List.of(values), shape);
    }
  }

  // ---- writing

  /** Writes the elements of epoch 0. */
  static final class Writer {
    private final OutputStream out;
    private final Dataset source;
    private long position;

    Writer(OutputStream out, Dataset source) {
      this.out = out;
      this.source = source;
    }

    void write() throws IOException {
      write(MAGIC);
      EntryList list = new EntryList();
      try (Elements elements = source.elements(0)) {
        @Nullable Element element;
        while ((element = elements.next()) != null) {
          ArrayDataset made = element.make();
          source.spec().require(made, "element " + list.size());
          byte[] encoded = encode(made);
          list.add(position, encoded);
          write(encoded);
        }
      }
      writeEnd(list);
    }

    private void writeEnd(EntryList list) throws IOException {
      byte[] text = source.spec().toString().getBytes(StandardCharsets.UTF_8);
      byte[] tail =
          littleEndian(CHECKED_TAIL_BYTES)
              .putLong(position)
              .putLong(list.size())
              .putInt(batchSize(source))
              .putInt(text.length)
              .array();
      CRC32C crc = new CRC32C();
      for (byte[] entry : list.entries) {
        crc.update(entry);
        write(entry);
      }
      crc.update(text);
      crc.update(tail);
      write(text);
      write(tail);
      write(littleEndian(4).putInt((int) crc.getValue()).array());
      write(MAGIC);
    }

    private void write(byte[] bytes) throws IOException {
      out.write(bytes);
      position += bytes.length;
    }

    private byte[] encode(ArrayDataset made) {
      List<String> names = source.spec().names();
      Map<String, List<byte[]>> texts = new LinkedHashMap<>();
      long length = DType.BYTES;
      for (String name : names) {
        if (made.has(name)) {
          length += (long) made.get(name).size() * DType.BYTES;
        } else {
          List<byte[]> strings =
              made.text(name).toList().stream()
                  .map(text -> text.getBytes(StandardCharsets.UTF_8))
                  .toList();
          texts.put(name, strings);
          length += strings.stream().mapToLong(text -> DType.BYTES + text.length).sum();
        }
      }
      if (length > Integer.MAX_VALUE - 8) {
        throw new DataException("an element of " + length + " bytes is too large for a cache file");
      }
      byte[] encoded = new byte[(int) length];
      ByteBuffer buffer = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
      buffer.putInt(made.rows());
      for (String name : names) {
        List<byte[]> strings = texts.get(name);
        if (strings == null) {
          put(buffer, made.get(name));
        } else {
          strings.forEach(text -> buffer.putInt(text.length).put(text));
        }
      }
      return encoded;
    }

    private static void put(ByteBuffer buffer, HostTensor values) {
      int bytes = values.size() * DType.BYTES;
      switch (values.dtype()) {
        case F32 -> buffer.asFloatBuffer().put(values.floats());
        case I32 -> buffer.asIntBuffer().put(values.ints());
      }
      buffer.position(buffer.position() + bytes);
    }
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Entries of the elements written so far. */
  private static final class EntryList {
    private final List<byte[]> entries = new ArrayList<>();

    long size() {
      return entries.size();
    }

    void add(long offset, byte[] encoded) {
      CRC32C crc = new CRC32C();
      crc.update(encoded);
      entries.add(
          littleEndian(ENTRY_BYTES)
              .putLong(offset)
              .putInt(encoded.length)
              .putInt((int) crc.getValue())
              .array());
    }
  }
}
