package org.mdlc.runtime.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;

/**
 * Writes an HDF5 file as {@code h5py} does by default: first everything that describes, then the
 * numbers. What describes is made twice: once to know how long it is, once with the places of the
 * numbers, which follow it.
 */
final class Hdf5Writer {
  private static final long NOWHERE = -1;
  private static final int ENTRIES_PER_LEAF = 8;
  private static final int CHILDREN_PER_NODE = 32;
  private static final int ENTRY_BYTES = 40;
  private static final int LEAF_BYTES = 8 + ENTRIES_PER_LEAF * ENTRY_BYTES;
  private static final int NODE_BYTES = 24 + (2 * CHILDREN_PER_NODE + 1) * 8;
  private static final int SUPERBLOCK_BYTES = 96;
  private static final int MIN_HEAP_BYTES = 4096;
  private static final int TEXTS_PER_HEAP = 1000;

  private final Hdf5Group root;
  private final Map<String, Long> texts = new LinkedHashMap<>(); // to heap << 16 | index
  private final List<HostTensor> arrays = new ArrayList<>();
  private Hdf5Image image = new Hdf5Image();
  private long numbers;

  Hdf5Writer(Hdf5Group root) {
    this.root = root;
  }

  void write(OutputStream out) throws IOException {
    describe(0);
    long described = image.size();
    describe(described);
    image.writeTo(out);
    for (HostTensor array : arrays) {
      NumpyFiles.writeElements(out, array);
      out.write(new byte[(int) (padded(bytes(array)) - bytes(array))]);
    }
  }

  private void describe(long firstNumber) {
    image = new Hdf5Image();
    arrays.clear();
    texts.clear();
    numbers = firstNumber;
    image.zeros(SUPERBLOCK_BYTES);
    collectTexts(root);
    writeTexts();
    Group group = group(root);
    superblock(group, numbers);
  }

  private static long bytes(HostTensor array) {
    return (long) array.size() * DType.BYTES;
  }

  private static long padded(long length) {
    return (length + 7) / 8 * 8;
  }

  /** Where the parts of a group lie. */
  private record Group(long header, long tree, long heap) {}

  private void superblock(Group group, long end) {
    image.at(0);
    image.bytes(0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n');
    image.bytes(0, 0, 0, 0, 0, 8, 8, 0); // versions; addresses and lengths have 8 bytes
    image.u16(ENTRIES_PER_LEAF / 2).u16(CHILDREN_PER_NODE / 2).u32(0);
    image.u64(0).u64(NOWHERE).u64(end).u64(NOWHERE);
    image.u64(0).u64(group.header).u32(1).u32(0).u64(group.tree).u64(group.heap);
    image.atEnd();
  }

  // ---- texts of attributes

  private void collectTexts(Hdf5Group group) {
    group.attributes().values().forEach(list -> list.forEach(text -> texts.put(text, 0L)));
    group.groups().values().forEach(this::collectTexts);
  }

  private void writeTexts() {
    List<String> all = new ArrayList<>(texts.keySet());
    for (int from = 0; from < all.size(); from += TEXTS_PER_HEAP) {
      List<String> some = all.subList(from, Math.min(all.size(), from + TEXTS_PER_HEAP));
      long heap = image.size();
      image.bytes('G', 'C', 'O', 'L', 1, 0, 0, 0).u64(0);
      for (int i = 0; i < some.size(); i++) {
        byte[] text = some.get(i).getBytes(StandardCharsets.UTF_8);
        image.u16(i + 1).u16(1).u32(0).u64(text.length).bytes(text).pad(8);
        texts.put(some.get(i), heap << 16 | i + 1);
      }
      long free = Math.max(MIN_HEAP_BYTES - (image.size() - heap), 16);
      image.u16(0).u16(0).u32(0).u64(free).zeros((int) free - 16);
      long length = image.size() - heap;
      image.at(heap + 8);
      image.u64(length);
      image.atEnd();
    }
  }

  // ---- groups

  private Group group(Hdf5Group group) {
    Map<byte[], Long> headers = new TreeMap<>(Arrays::compareUnsigned);
    group.groups().forEach((name, inner) -> headers.put(utf8(name), group(inner).header));
    group.arrays().forEach((name, array) -> headers.put(utf8(name), array(array)));
    long names = image.size();
    image.zeros(8);
    List<Long> offsets = new ArrayList<>();
    for (byte[] name : headers.keySet()) {
      offsets.add(image.size() - names);
      image.bytes(name).bytes(0).pad(8);
    }
    long length = image.size() - names;
    long heap = image.size();
    image.bytes('H', 'E', 'A', 'P', 0, 0, 0, 0).u64(length).u64(1).u64(names);
    long tree = tree(offsets, new ArrayList<>(headers.values()));

    List<byte[]> messages = new ArrayList<>();
    messages.add(message(0x11, new Hdf5Image().u64(tree).u64(heap)));
    group.attributes().forEach((name, values) -> messages.add(attribute(name, values)));
    return new Group(header(messages), tree, heap);
  }

  private static byte[] utf8(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** The sorted list of a group: leaves of few entries, and over them nodes of few children. */
  private long tree(List<Long> names, List<Long> headers) {
    List<Long> children = new ArrayList<>();
    List<Long> lastNames = new ArrayList<>();
    for (int from = 0; from < names.size(); from += ENTRIES_PER_LEAF) {
      int upTo = Math.min(names.size(), from + ENTRIES_PER_LEAF);
      children.add(image.size());
      lastNames.add(names.get(upTo - 1));
      image.bytes('S', 'N', 'O', 'D', 1, 0).u16(upTo - from);
      for (int i = from; i < upTo; i++) {
        image.u64(names.get(i)).u64(headers.get(i)).zeros(ENTRY_BYTES - 16);
      }
      image.zeros((ENTRIES_PER_LEAF - (upTo - from)) * ENTRY_BYTES);
    }
    int level = 0;
    do {
      level(level++, children, lastNames);
    } while (children.size() > 1);
    return children.getFirst();
  }

  /** Puts nodes over the children, and the nodes in their place. */
  private void level(int level, List<Long> children, List<Long> lastNames) {
    long first = image.size();
    int count = Math.max(1, (children.size() + CHILDREN_PER_NODE - 1) / CHILDREN_PER_NODE);
    List<Long> nodes = new ArrayList<>();
    List<Long> nodeNames = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      int from = n * CHILDREN_PER_NODE;
      int upTo = Math.min(children.size(), from + CHILDREN_PER_NODE);
      long start = image.size();
      image.bytes('T', 'R', 'E', 'E', 0, level).u16(upTo - from);
      image.u64(n == 0 ? NOWHERE : start - NODE_BYTES);
      image.u64(n == count - 1 ? NOWHERE : start + NODE_BYTES);
      image.u64(from == 0 ? 0 : lastNames.get(from - 1));
      for (int i = from; i < upTo; i++) {
        image.u64(children.get(i)).u64(lastNames.get(i));
      }
      image.zeros((int) (start + NODE_BYTES - image.size()));
      nodes.add(first + (long) n * NODE_BYTES);
      nodeNames.add(upTo == 0 ? 0 : lastNames.get(upTo - 1));
    }
    children.clear();
    children.addAll(nodes);
    lastNames.clear();
    lastNames.addAll(nodeNames);
  }

  // ---- arrays and headers

  private long array(HostTensor array) {
    long at = numbers;
    numbers += padded(bytes(array));
    arrays.add(array);
    return header(
        List.of(
            message(0x1, space(array.shape())),
            message(0x3, type(array.dtype())),
            message(0x5, new Hdf5Image().bytes(2, 2, 2, 1).u32(0)), // never filled
            message(
                0x8,
                new Hdf5Image()
                    .bytes(3, 1)
                    .u64(array.size() == 0 ? NOWHERE : at)
                    .u64(bytes(array)))));
  }

  private long header(List<byte[]> messages) {
    long at = image.size();
    image.bytes(1, 0).u16(messages.size()).u32(1);
    image.u32(messages.stream().mapToInt(m -> m.length).sum()).u32(0);
    messages.forEach(image::bytes);
    return at;
  }

  private static byte[] message(int kind, Hdf5Image data) {
    data.pad(8);
    Hdf5Image message = new Hdf5Image().u16(kind).u16((int) data.size()).u32(0);
    return message.bytes(data.toBytes()).toBytes();
  }

  private static Hdf5Image space(int... shape) {
    Hdf5Image space = new Hdf5Image().bytes(1, shape.length, 0, 0, 0, 0, 0, 0);
    for (int size : shape) {
      space.u64(size);
    }
    return space;
  }

  private static Hdf5Image type(DType type) {
    return switch (type) {
      case F32 ->
          new Hdf5Image()
              .bytes(0x11, 0x20, 31, 0)
              .u32(4)
              .u16(0)
              .u16(32)
              .bytes(23, 8, 0, 23)
              .u32(127);
      case I32 -> new Hdf5Image().bytes(0x10, 0x8, 0, 0).u32(4).u16(0).u16(32);
    };
  }

  /** Texts of any length, in UTF-8: what {@code h5py} gives back as {@code str}. */
  private byte[] attribute(String name, List<String> values) {
    Hdf5Image key = new Hdf5Image().bytes(utf8(name)).bytes(0);
    Hdf5Image type = new Hdf5Image().bytes(0x19, 1, 1, 0).u32(16);
    type.bytes(0x10, 0, 0, 0).u32(1).u16(0).u16(8);
    Hdf5Image space = values.size() == 1 ? space() : space(values.size());
    Hdf5Image data = new Hdf5Image().bytes(1, 0);
    data.u16((int) key.size()).u16((int) type.size()).u16((int) space.size());
    for (Hdf5Image part : List.of(key, type, space)) {
      data.bytes(part.toBytes()).pad(8);
    }
    for (String value : values) {
      long place = texts.getOrDefault(value, 0L);
      data.u32(utf8(value).length).u64(place >> 16).u32((int) place & 0xFFFF);
    }
    return message(0xC, data);
  }
}
