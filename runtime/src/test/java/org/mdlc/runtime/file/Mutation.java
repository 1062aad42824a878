package org.mdlc.runtime.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damage done to a file: a few changes, all drawn from one generator. */
final class Mutation {
  private static final long[] EDGES = {
    0,
    1,
    -1,
    2,
    Byte.MAX_VALUE,
    0xFF,
    Short.MAX_VALUE,
    0xFFFF,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xFFFF_FFFFL,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final List<String> WORDS =
      List.of(
          "\"",
          "'",
          "{",
          "}",
          "[",
          "]",
          "(",
          ")",
          ",",
          ":",
          "\n",
          "\r",
          "\t",
          " ",
          "\0",
          "-",
          "1e999",
          "NaN",
          "null",
          "-1",
          "99999999999999999999",
          "2147483648",
          "4294967296",
          "\uFEFF",
          "é",
          "F64",
          "<f8",
          ">i8",
          "|O",
          "True",
          "shape",
          "data_offsets",
          "..",
          "/");

  private final Random random;
  private final StringBuilder story = new StringBuilder();
  private byte[] bytes;

  private Mutation(byte[] original, Random random) {
    this.bytes = original.clone();
    this.random = random;
  }

  /** A damaged copy, and what was done to it in words. */
  record Damaged(byte[] bytes, String story) {}

  static Damaged of(byte[] original, Random random) {
    Mutation mutation = new Mutation(original, random);
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes && mutation.bytes.length > 0; i++) {
      mutation.change();
    }
    return new Damaged(mutation.bytes, mutation.story.toString());
  }

  private void change() {
    switch (random.nextInt(8)) {
      case 0 -> flip();
      case 1 -> truncate();
      case 2, 3 -> setNumber();
      case 4 -> swap();
      case 5 -> duplicate();
      case 6 -> insertGarbage();
      default -> insertWord();
    }
  }

  /** Headers, where the damage is, lie at the start; the directory of a ZIP at the end. */
  private int place() {
    int near = Math.min(bytes.length, 200);
    return switch (random.nextInt(4)) {
      case 0, 1 -> random.nextInt(near);
      case 2 -> bytes.length - 1 - random.nextInt(near);
      default -> random.nextInt(bytes.length);
    };
  }

  private void flip() {
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      int at = place();
      int bit = random.nextInt(8);
      bytes[at] ^= (byte) (1 << bit);
      tell("flip bit " + bit + " of byte " + at);
    }
  }

  private void truncate() {
    int length = random.nextBoolean() ? place() : random.nextInt(bytes.length);
    bytes = Arrays.copyOf(bytes, length);
    tell("cut to " + length + " bytes");
  }

  private void setNumber() {
    int width = 1 << (1 + random.nextInt(3));
    int at = Math.max(0, Math.min(place(), bytes.length - width));
    if (at + width > bytes.length) {
      return;
    }
    long value = EDGES[random.nextInt(EDGES.length)] + random.nextInt(3) - 1;
    var order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
    switch (width) {
      case 2 -> buffer.putShort(at, (short) value);
      case 4 -> buffer.putInt(at, (int) value);
      default -> buffer.putLong(at, value);
    }
    tell("set " + width + " bytes at " + at + " to " + value + ", " + order);
  }

  private void swap() {
    int length = 1 + random.nextInt(Math.max(1, bytes.length / 4));
    int a = random.nextInt(bytes.length - length + 1);
    int b = random.nextInt(bytes.length - length + 1);
    byte[] before = bytes.clone();
    System.arraycopy(before, a, bytes, b, length);
    System.arraycopy(before, b, bytes, a, length);
    tell("swap " + length + " bytes at " + a + " and " + b);
  }

  private void duplicate() {
    int length = 1 + random.nextInt(Math.max(1, bytes.length / 2));
    int from = random.nextInt(bytes.length - length + 1);
    int at = place();
    insert(at, Arrays.copyOfRange(bytes, from, from + length));
    tell("copy " + length + " bytes from " + from + " to " + at);
  }

  private void insertGarbage() {
    byte[] garbage = new byte[1 + random.nextInt(64)];
    random.nextBytes(garbage);
    int at = place();
    insert(at, garbage);
    tell("insert " + garbage.length + " random bytes at " + at);
  }

  private void insertWord() {
    String word = WORDS.get(random.nextInt(WORDS.size())).repeat(1 + random.nextInt(3));
    byte[] text = word.getBytes(StandardCharsets.UTF_8);
    int at = place();
    boolean over = random.nextBoolean() && at + text.length <= bytes.length;
    if (over) {
      System.arraycopy(text, 0, bytes, at, text.length);
    } else {
      insert(at, text);
    }
    tell((over ? "write " : "insert ") + word.replace("\n", "\\n") + " at " + at);
  }

  private void insert(int at, byte[] added) {
    byte[] longer = new byte[bytes.length + added.length];
    System.arraycopy(bytes, 0, longer, 0, at);
    System.arraycopy(added, 0, longer, at, added.length);
    System.arraycopy(bytes, at, longer, at + added.length, bytes.length - at);
    bytes = longer;
  }

  private void tell(String what) {
    story.append(story.isEmpty() ? "" : "; ").append(what);
  }
}
