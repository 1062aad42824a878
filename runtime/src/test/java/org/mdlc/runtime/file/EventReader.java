package org.mdlc.runtime.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Reads what EventFile writes, by the descriptions of TFRecord and Protocol Buffers alone. */
public final class EventReader {
  private EventReader() {}

  /** The events of the only file in a folder; every checksum must be right. */
  public static List<Message> events(Path folder) throws IOException {
    List<Path> files;
    try (var list = Files.list(folder)) {
      files = list.toList();
    }
    if (files.size() != 1 || !files.getFirst().getFileName().toString().contains("tfevents")) {
      throw new AssertionError("one file of events, not " + files);
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(files.getFirst())).order(ByteOrder.LITTLE_ENDIAN);
    List<Message> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = take(bytes, 8);
      requireChecksum(length, bytes.getInt());
      byte[] content =
          take(bytes, (int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong());
      requireChecksum(content, bytes.getInt());
      events.add(new Message(content));
    }
    return events;
  }

  private static byte[] take(ByteBuffer bytes, int count) {
    byte[] taken = new byte[count];
    bytes.get(taken);
    return taken;
  }

  /** A masked checksum is rotated by 15 bits and shifted by a constant. */
  private static void requireChecksum(byte[] content, int stored) {
    int rotated = stored - 0xa282ead8;
    long unmasked = Integer.toUnsignedLong(rotated >>> 17 | rotated << 15);
    CRC32C sum = new CRC32C();
    sum.update(content);
    if (sum.getValue() != unmasked) {
      throw new AssertionError("checksum " + unmasked + " of bytes with " + sum.getValue());
    }
  }

  /** The fields of a message; numbers as long, eight or four bytes as long, the rest as bytes. */
  public static final class Message {
    private final Map<Integer, List<Object>> fields = new LinkedHashMap<>();

    Message(byte[] bytes) {
      ByteBuffer rest = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (rest.hasRemaining()) {
        long key = varint(rest);
        Object value =
            switch ((int) (key & 7)) {
              case 0 -> varint(rest);
              case 1 -> rest.getLong();
              case 2 -> take(rest, (int) varint(rest));
              case 5 -> (long) rest.getInt();
              default -> throw new AssertionError("wire type " + (key & 7));
            };
        fields.computeIfAbsent((int) (key >>> 3), _ -> new ArrayList<>()).add(value);
      }
    }

    private static long varint(ByteBuffer rest) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = rest.get();
        value |= (long) (next & 0x7F) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    public boolean has(int field) {
      return fields.containsKey(field);
    }

    public long number(int field) {
      return has(field) ? (Long) fields.get(field).getFirst() : 0;
    }

    public double float64(int field) {
      return Double.longBitsToDouble(number(field));
    }

    public byte[] bytes(int field) {
      return (byte[]) fields.get(field).getFirst();
    }

    public String text(int field) {
      return new String(bytes(field), StandardCharsets.UTF_8);
    }

    public Message message(int field) {
      return new Message(bytes(field));
    }

    public List<Message> messages(int field) {
      return fields.getOrDefault(field, List.of()).stream()
          .map(bytes -> new Message((byte[]) bytes))
          .toList();
    }

    public List<String> texts(int field) {
      return fields.getOrDefault(field, List.of()).stream()
          .map(bytes -> new String((byte[]) bytes, StandardCharsets.UTF_8))
          .toList();
    }
  }
}
