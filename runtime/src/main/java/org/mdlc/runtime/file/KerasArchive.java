package org.mdlc.runtime.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.mdlc.runtime.data.DataException;

/**
 * Keras 3's {@code .keras}: a ZIP archive, without compression, of {@code metadata.json} (the
 * version of Keras), {@code config.json} (the model) and {@code model.weights.h5}; {@code assets}
 * beside them are left alone. The archive is read as it is, never extracted.
 */
public final class KerasArchive {
  private static final String METADATA = "metadata.json";
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.weights.h5";
  // The version whose layout this is. A date would make every file another one.
  private static final String METADATA_TEXT =
      "{\"keras_version\": \"3.15.1\", \"date_saved\": \"1980-01-01@00:00:00\"}";
  // Weights do not compress; Keras does not try.
  private static final int MAX_RATIO = 8;
  private static final int CHUNK = 1 << 16;

  private KerasArchive() {}

  /**
   * The weights.
   *
   * @throws DataException if the file is no such archive, or what is in it is malformed
   */
  public static Hdf5Group readWeights(Path file) throws IOException {
    return member(file, WEIGHTS, bytes -> Hdf5File.read(bytes, file + ", " + WEIGHTS));
  }

  /**
   * The text of {@code config.json}, which describes the model.
   *
   * @throws DataException if the file is no such archive
   */
  public static String readConfig(Path file) throws IOException {
    return member(
        file,
        CONFIG,
        bytes -> new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
  }

  /** Writes or replaces a file. The same content gives the same bytes. */
  public static void write(Path file, String config, Hdf5Group weights) throws IOException {
    Map<String, AtomicFile.Content> members = new LinkedHashMap<>();
    members.put(METADATA, text(METADATA_TEXT));
    members.put(CONFIG, text(config));
    members.put(WEIGHTS, out -> Hdf5File.write(out, weights));
    write(file, members);
  }

  /**
   * Gives the model of a file other weights; all else in the file stays.
   *
   * @throws NoSuchFileException if there is no such file, so that there is no model
   */
  public static void replaceWeights(Path file, Hdf5Group weights) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(
          file.toString(),
          null,
          "there is no such file whose weights to replace, and nothing has told how Keras describes"
              + " the model: call saveKeras(file, config), or describeForKeras(config) before, or"
              + " save .weights.h5");
    }
    Map<String, AtomicFile.Content> members = new LinkedHashMap<>();
    long[] left = {room(file)};
    for (String name : names(file)) {
      member(
          file,
          name,
          bytes -> {
            left[0] -= bytes.byteSize();
            if (left[0] < 0) {
              throw new DataException(file + ": the archive announces more than it can hold");
            }
            byte[] copy = name.equals(WEIGHTS) ? new byte[0] : bytes.toArray(ValueLayout.JAVA_BYTE);
            members.put(name, out -> out.write(copy));
            return name;
          });
    }
    members.put(WEIGHTS, out -> Hdf5File.write(out, weights));
    write(file, members);
  }

  private static void write(Path file, Map<String, AtomicFile.Content> members) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          for (Map.Entry<String, AtomicFile.Content> member : members.entrySet()) {
            store(zip, member.getKey(), member.getValue());
          }
          zip.finish();
        });
  }

  private static AtomicFile.Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A member without compression: its size and checksum come before it. */
  static void store(ZipOutputStream zip, String name, AtomicFile.Content content)
      throws IOException {
    Counter counter = new Counter();
    content.writeTo(counter);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(counter.count);
    entry.setCompressedSize(counter.count);
    entry.setCrc(counter.checksum.getValue());
    // A fixed date keeps the same content the same bytes.
    entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
    zip.putNextEntry(entry);
    content.writeTo(zip);
    zip.closeEntry();
  }

  private static List<String> names(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.getEntry(CONFIG) == null) {
        throw new DataException(file + ": not a .keras file: there is no " + CONFIG + " in it");
      }
      return zip.stream().filter(e -> !e.isDirectory()).map(ZipEntry::getName).distinct().toList();
    } catch (ZipException e) {
      throw new DataException(file + ": not a readable .keras archive: " + e.getMessage(), e);
    }
  }

  /** Bytes that what is in the archive may take. */
  private static long room(Path file) throws IOException {
    return MAX_RATIO * Math.max(CHUNK, Files.size(file));
  }

  private interface Reading<T> {
    T of(MemorySegment bytes) throws IOException;
  }

  private static <T> T member(Path file, String name, Reading<T> reading) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile());
        Arena arena = Arena.ofConfined()) {
      ZipEntry entry = zip.getEntry(name);
      if (entry == null) {
        throw new DataException(file + ": not a .keras file: there is no " + name + " in it");
      }
      long size = entry.getSize();
      if (size < 0 || size > room(file)) {
        throw new DataException(
            String.format(Locale.ROOT, "%s, %s: the archive announces %d bytes", file, name, size));
      }
      MemorySegment bytes = arena.allocate(size);
      try (InputStream in = zip.getInputStream(entry)) {
        fill(bytes, in, file + ", " + name);
      }
      return reading.of(bytes);
    } catch (ZipException | EOFException e) {
      throw new DataException(file + ": not a readable .keras archive: " + e.getMessage(), e);
    }
  }

  private static void fill(MemorySegment bytes, InputStream in, String place) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long at = 0;
    while (at < bytes.byteSize()) {
      int count = in.read(chunk, 0, (int) Math.min(CHUNK, bytes.byteSize() - at));
      if (count < 0) {
        throw new DataException(place + ": cut short after " + at + " bytes");
      }
      MemorySegment.copy(MemorySegment.ofArray(chunk), 0, bytes, at, count);
      at += count;
    }
  }

  /** Counts what is written to it. */
  private static final class Counter extends OutputStream {
    private final CRC32 checksum = new CRC32();
    private long count;

    @Override
    public void write(int value) {
      checksum.update(value);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      checksum.update(bytes, offset, length);
      count += length;
    }
  }
}
