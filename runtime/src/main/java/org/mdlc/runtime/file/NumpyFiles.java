package org.mdlc.runtime.file;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * NumPy's {@code .npy} (one array) and {@code .npz} (a ZIP archive of them), format versions 1 to
 * 3: numbers and truth values of any width and byte order, in C or Fortran order. Not: text,
 * complex numbers, records, and Python objects (which are programs and would have to be run).
 */
public final class NumpyFiles {
  private static final int HEADER_ALIGNMENT = 64;
  // Deflate cannot do better than 1032 to 1, so a greater announced size is a lie.
  private static final long MAX_DEFLATE_RATIO = 1032;

  private NumpyFiles() {}

  /**
   * Reads an {@code .npy} file.
   *
   * @throws DataException if the file is malformed, holds something other than numbers, or integers
   *     beyond 32 bits
   */
  public static HostTensor readNpy(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(in, Files.size(file), file.toString());
    }
  }

  /**
   * Reads all arrays of an {@code .npz} file, by name, in the order of the file.
   *
   * @throws DataException as {@link #readNpy}, or if the file is not a ZIP archive of arrays
   */
  public static Map<String, HostTensor> readNpz(Path file) throws IOException {
    Map<String, HostTensor> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        String place = file + ", array " + entry.getName();
        if (!entry.getName().endsWith(".npy")) {
          throw new DataException(place + ": expected only .npy files in an .npz");
        }
        String name = entry.getName().substring(0, entry.getName().length() - ".npy".length());
        arrays.put(name, read(zip, entry, file));
      }
    } catch (ZipException | EOFException e) {
      throw new DataException(file + ": not a readable .npz archive: " + e.getMessage(), e);
    }
    return Collections.unmodifiableMap(arrays);
  }

  /** Reads one array of an {@code .npz} file, by the name of its entry. */
  static HostTensor readNpz(Path file, String entryName) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = zip.getEntry(entryName);
      if (entry == null) {
        throw new DataException(file + ": the archive lists " + entryName + " and lacks it");
      }
      return read(zip, entry, file);
    }
  }

  private static HostTensor read(ZipFile zip, ZipEntry entry, Path file) throws IOException {
    String place = file + ", array " + entry.getName();
    requireSize(zip, entry, Files.size(file), place);
    try (InputStream in = new BufferedInputStream(zip.getInputStream(entry))) {
      return read(in, entry.getSize(), place);
    }
  }

  // An array larger than the file is unpacked twice: first to see that the archive tells the truth
  // about its size, keeping nothing.
  private static void requireSize(ZipFile zip, ZipEntry entry, long fileBytes, String place)
      throws IOException {
    long announced = entry.getSize();
    if (announced < 0
        || announced / MAX_DEFLATE_RATIO > Math.min(entry.getCompressedSize(), fileBytes)) {
      throw new DataException(place + ": the archive announces an impossible size");
    }
    if (announced > fileBytes) {
      long present;
      try (InputStream in = zip.getInputStream(entry)) {
        present = in.transferTo(OutputStream.nullOutputStream());
      }
      if (present != announced) {
        throw new DataException(
            place + ": the archive announces " + announced + " bytes and has " + present);
      }
    }
  }

  /** Writes an {@code .npy} file that NumPy reads as {@code float32} or {@code int32}. */
  public static void writeNpy(Path file, HostTensor array) throws IOException {
    AtomicFile.write(file, out -> write(out, array));
  }

  /** Writes an {@code .npz} file, stored without compression, in the order of the map. */
  public static void writeNpz(Path file, Map<String, HostTensor> arrays) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          for (Map.Entry<String, HostTensor> array : arrays.entrySet()) {
            KerasArchive.store(zip, array.getKey() + ".npy", to -> write(to, array.getValue()));
          }
          zip.finish();
        });
  }

  private static HostTensor read(InputStream in, long bytes, String place) throws IOException {
    try {
      DataInputStream data = new DataInputStream(in);
      NpyHeader header = NpyHeader.read(data, bytes, place);
      int[] shape =
          Header.checkedShape(
              place, header.shape(), header.type().bytes, bytes - header.dataOffset());
      return header.fortranOrder()
          ? fromFortran(header.type().read(data, header.order(), place, reversed(shape)), shape)
          : header.type().read(data, header.order(), place, shape);
    } catch (EOFException e) {
      throw new DataException(place + ": the file is cut short", e);
    }
  }

  /** Reads an array from memory. */
  static HostTensor read(MemorySegment bytes, String place) {
    try {
      return read(new SegmentStream(bytes), bytes.byteSize(), place);
    } catch (IOException e) {
      throw new DataException(place + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static void write(OutputStream out, HostTensor array) throws IOException {
    List<String> sizes = new ArrayList<>();
    for (int size : array.shape()) {
      sizes.add(size + ",");
    }
    // NumPy writes (3,) for one axis and (3, 4) for more.
    String shape = String.join(" ", sizes);
    if (sizes.size() > 1) {
      shape = shape.substring(0, shape.length() - 1);
    }
    String header =
        "{'descr': '"
            + (array.dtype() == DType.F32 ? "<f4" : "<i4")
            + "', 'fortran_order': False, 'shape': ("
            + shape
            + "), }";
    int unpadded = NpyHeader.MAGIC.length + 4 + header.length() + 1;
    int padding = Math.floorMod(-unpadded, HEADER_ALIGNMENT);
    byte[] text = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    out.write(NpyHeader.MAGIC);
    out.write(new byte[] {1, 0, (byte) text.length, (byte) (text.length >>> 8)});
    out.write(text);
    writeElements(out, array);
  }

  /** Writes the elements as little-endian words of four bytes. */
  static void writeElements(OutputStream out, HostTensor array) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    int capacity = chunk.capacity() / DType.BYTES;
    for (int done = 0; done < array.size(); done += capacity) {
      int count = Math.min(capacity, array.size() - done);
      switch (array.dtype()) {
        case F32 -> chunk.asFloatBuffer().put(array.floats(), done, count);
        case I32 -> chunk.asIntBuffer().put(array.ints(), done, count);
      }
      out.write(chunk.array(), 0, count * DType.BYTES);
    }
  }

  private static int[] reversed(int[] shape) {
    int[] reversed = new int[shape.length];
    for (int axis = 0; axis < shape.length; axis++) {
      reversed[axis] = shape[shape.length - 1 - axis];
    }
    return reversed;
  }

  // In Fortran order the first axis varies fastest: element (i, j, ..) lies at i + j * rows + ...
  private static HostTensor fromFortran(HostTensor stored, int[] shape) {
    HostTensor array = HostTensor.zeros(stored.dtype(), shape);
    int[] index = new int[shape.length];
    for (int i = 0; i < array.size(); i++) {
      int from = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        from = from * shape[axis] + index[axis];
      }
      if (array.dtype() == DType.F32) {
        array.floats()[i] = stored.floats()[from];
      } else {
        array.ints()[i] = stored.ints()[from];
      }
      for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return array;
  }
}
