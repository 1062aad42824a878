package org.mdlc.runtime.file;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * Hugging Face's {@code .safetensors}: eight bytes with the length of a JSON header, the header
 * with type, shape and place of each tensor, then the raw little-endian numbers.
 */
public final class SafeTensors {
  private static final int LENGTH_BYTES = 8;
  // The limit of the reference implementation.
  private static final long MAX_HEADER_BYTES = 100_000_000;
  private static final int ALIGNMENT = 8;
  private static final String METADATA = "__metadata__";

  private SafeTensors() {}

  /**
   * Reads all tensors by name, in the order in which their numbers lie in the file.
   *
   * @throws DataException if the file is malformed or a tensor's type or size is not supported
   */
  public static Map<String, HostTensor> read(Path file) throws IOException {
    long fileBytes = Files.size(file);
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      DataInputStream data = new DataInputStream(in);
      String header = readHeader(data, file, fileBytes);
      long dataBytes = fileBytes - LENGTH_BYTES - header.getBytes(StandardCharsets.UTF_8).length;
      for (Entry entry : inFileOrder(parse(header, file, new LinkedHashMap<>()), file, dataBytes)) {
        String place = file + ", tensor " + entry.name;
        int[] shape =
            Header.checkedShape(place, entry.shape, entry.type(place).bytes, entry.bytes());
        tensors.put(
            entry.name, entry.type(place).read(data, ByteOrder.LITTLE_ENDIAN, place, shape));
      }
    }
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * Reads the texts that stand beside the tensors, by name, in the order of the file; none in most
   * files.
   *
   * @throws DataException if the file is malformed
   */
  public static Map<String, String> metadata(Path file) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      parse(readHeader(new DataInputStream(in), file, Files.size(file)), file, metadata);
    }
    return Collections.unmodifiableMap(metadata);
  }

  /**
   * Writes the tensors in the order of the map, as {@code F32} and {@code I32}. The same tensors
   * give the same bytes.
   */
  public static void write(Path file, Map<String, HostTensor> tensors) throws IOException {
    write(file, tensors, Map.of());
  }

  /** {@link #write(Path, Map)} with texts beside the tensors, which {@link #metadata} reads. */
  public static void write(Path file, Map<String, HostTensor> tensors, Map<String, String> metadata)
      throws IOException {
    byte[] header = header(tensors, metadata);
    AtomicFile.write(
        file,
        out -> {
          out.write(
              ByteBuffer.allocate(LENGTH_BYTES)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .putLong(header.length)
                  .array());
          out.write(header);
          for (HostTensor tensor : tensors.values()) {
            NumpyFiles.writeElements(out, tensor);
          }
        });
  }

  private static byte[] header(Map<String, HostTensor> tensors, Map<String, String> metadata)
      throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setHtmlSafe(false);
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name(METADATA).beginObject();
        for (Map.Entry<String, String> beside : metadata.entrySet()) {
          json.name(beside.getKey()).value(beside.getValue());
        }
        json.endObject();
      }
      long offset = 0;
      for (Map.Entry<String, HostTensor> tensor : tensors.entrySet()) {
        HostTensor value = tensor.getValue();
        json.name(tensor.getKey()).beginObject();
        json.name("dtype").value(value.dtype().name());
        json.name("shape").beginArray();
        for (int size : value.shape()) {
          json.value(size);
        }
        json.endArray();
        json.name("data_offsets").beginArray().value(offset);
        offset += (long) value.size() * DType.BYTES;
        json.value(offset).endArray().endObject();
      }
      json.endObject();
    }
    // Spaces after the header let the numbers start at a multiple of eight.
    int length = text.toString().getBytes(StandardCharsets.UTF_8).length;
    text.append(" ".repeat(Math.floorMod(-length, ALIGNMENT)));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String readHeader(DataInputStream data, Path file, long fileBytes)
      throws IOException {
    if (fileBytes < LENGTH_BYTES) {
      throw new DataException(file + ": too short for a .safetensors file");
    }
    long headerBytes = Long.reverseBytes(data.readLong());
    if (headerBytes < 0
        || headerBytes > MAX_HEADER_BYTES
        || headerBytes > fileBytes - LENGTH_BYTES) {
      throw new DataException(
          file
              + ": cut short, or not a .safetensors file: it announces a header of "
              + Long.toUnsignedString(headerBytes)
              + " bytes, and has "
              + fileBytes);
    }
    byte[] header = data.readNBytes((int) headerBytes);
    String text = new String(header, StandardCharsets.UTF_8);
    if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), header)) {
      throw new DataException(file + ": the header is not UTF-8");
    }
    return text;
  }

  private static List<Entry> parse(String header, Path file, Map<String, String> metadata)
      throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    try (JsonReader json = new JsonReader(new StringReader(header))) {
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      while (json.hasNext()) {
        String name = json.nextName();
        if (name.equals(METADATA)) {
          json.beginObject();
          while (json.hasNext()) {
            metadata.put(json.nextName(), json.nextString());
          }
          json.endObject();
        } else if (entries.put(name, Entry.read(name, json)) != null) {
          throw new DataException(file + ": two tensors are named " + name);
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new DataException(file + ": the header goes on after its end");
      }
    } catch (MalformedJsonException | IllegalStateException | NumberFormatException e) {
      throw new DataException(file + ": malformed header: " + e.getMessage(), e);
    } catch (EOFException e) {
      throw new DataException(file + ": the header is cut short", e);
    }
    return new ArrayList<>(entries.values());
  }

  private static List<Entry> inFileOrder(List<Entry> entries, Path file, long dataBytes) {
    // The end breaks the tie of an empty tensor with the one that starts at the same byte.
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = 0;
    for (Entry entry : entries) {
      if (entry.begin != end || entry.end < entry.begin) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s, tensor %s: its numbers lie at bytes %d to %d, expected to start at %d",
                file,
                entry.name,
                entry.begin,
                entry.end,
                end));
      }
      end = entry.end;
    }
    if (end != dataBytes) {
      throw new DataException(
          file + ": the header describes " + end + " bytes of numbers, the file has " + dataBytes);
    }
    return entries;
  }

  private record Entry(String name, String dtype, List<Long> shape, long begin, long end) {
    static Entry read(String name, JsonReader json) throws IOException {
      String dtype = "";
      List<Long> shape = List.of();
      List<Long> offsets = List.of();
      json.beginObject();
      while (json.hasNext()) {
        switch (json.nextName()) {
          case "dtype" -> dtype = json.nextString();
          case "shape" -> shape = longs(json);
          case "data_offsets" -> offsets = longs(json);
          default -> json.skipValue();
        }
      }
      json.endObject();
      if (offsets.size() != 2) {
        throw new IllegalStateException("tensor " + name + " needs two data_offsets");
      }
      return new Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    long bytes() {
      return end - begin;
    }

    ElementType type(String place) {
      for (ElementType type : ElementType.values()) {
        if (type.name().equals(dtype)) {
          return type;
        }
      }
      throw new DataException(place + ": unknown element type " + dtype);
    }

    private static List<Long> longs(JsonReader json) throws IOException {
      List<Long> values = new ArrayList<>();
      json.beginArray();
      while (json.hasNext()) {
        values.add(json.nextLong());
      }
      json.endArray();
      return values;
    }
  }
}
