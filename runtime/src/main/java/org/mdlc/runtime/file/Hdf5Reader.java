package org.mdlc.runtime.file;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/** Reads the groups, arrays and text attributes of one HDF5 file; see {@link Hdf5File}. */
final class Hdf5Reader {
  private static final String SIGNATURE = "\u0089HDF\r\n\u001a\n";
  private static final long NOWHERE = -1;
  private static final int MAX_DEPTH = 64;
  // Of nodes with up to 65,535 places each; also the stack is bounded by it.
  private static final int MAX_LEVELS = 8;
  private static final int ENTRY_BYTES = 40;
  private static final int MESSAGE_HEADER_BYTES = 8;

  // Kinds of messages in the header of an object.
  private static final int DATASPACE = 0x1;
  private static final int DATATYPE = 0x3;
  private static final int LAYOUT = 0x8;
  private static final int ATTRIBUTE = 0xC;
  private static final int CONTINUATION = 0x10;
  private static final int SYMBOL_TABLE = 0x11;
  private static final int SHARED = 2;

  private final Hdf5Bytes in;
  private final String file;
  private final Map<Long, Map<Integer, Span>> heaps = new HashMap<>();

  Hdf5Reader(Hdf5Bytes in, String file) {
    this.in = in;
    this.file = file;
  }

  /** Bytes of the file. */
  private record Span(long at, long length) {
    long end() {
      return at + length;
    }
  }

  private record Message(int kind, Span data) {}

  Hdf5Group read() throws IOException {
    if (in.size() < SIGNATURE.length() || !in.has(0, SIGNATURE)) {
      throw new DataException(file + ": not an HDF5 file");
    }
    int version = in.u8(8);
    if (version > 1) {
      throw new DataException(
          file
              + ": it has the newer layout of HDF5 (superblock "
              + version
              + "), which Keras does not write; save it again with libver='earliest'");
    }
    in.require(in.u8(13) == 8 && in.u8(14) == 8, 13, "addresses are not of 8 bytes");
    long addresses = version == 0 ? 24 : 28;
    in.require(in.u64(addresses) == 0, addresses, "it does not start at its first byte");
    in.check(0, in.u64(addresses + 16));
    return group(in.u64(addresses + 40), "", 0);
  }

  private Hdf5Group group(long header, String path, int depth) throws IOException {
    return (Hdf5Group) object(header, path, depth, true);
  }

  /** A group or an array. */
  private Object object(long header, String path, int depth, boolean mustBeGroup)
      throws IOException {
    in.require(depth <= MAX_DEPTH, header, "groups are nested more than " + MAX_DEPTH + " deep");
    List<Message> messages = messages(header);
    Message table = only(messages, SYMBOL_TABLE);
    if (table != null) {
      Hdf5Group group = new Hdf5Group();
      attributes(messages).forEach(group::putAttribute);
      long heap = in.u64(table.data.at + 8);
      children(in.u64(table.data.at), localHeap(heap), MAX_LEVELS, group, path, depth);
      return group;
    }
    in.require(!mustBeGroup, header, "the root is no group");
    return array(header, messages, path);
  }

  // ---- object headers

  private List<Message> messages(long header) {
    in.visit(header);
    in.require(in.u8(header) == 1, header, "the header of an object has an unknown version");
    List<Message> messages = new ArrayList<>();
    List<Span> blocks = new ArrayList<>();
    blocks.add(new Span(header + 16, in.u32(header + 8)));
    for (int b = 0; b < blocks.size(); b++) {
      Span block = blocks.get(b);
      in.check(block.at, block.length);
      long at = block.at;
      while (at + MESSAGE_HEADER_BYTES <= block.end()) {
        Span data = new Span(at + MESSAGE_HEADER_BYTES, in.u16(at + 2));
        in.require(data.end() <= block.end(), at, "a message is longer than the header it is in");
        in.spend(MESSAGE_HEADER_BYTES + data.length, at);
        int kind = in.u16(at);
        boolean shared = (in.u8(at + 4) & SHARED) != 0;
        if (kind == CONTINUATION) {
          Span more = new Span(in.u64(data.at), in.u64(data.at + 8));
          in.visit(in.check(more.at, more.length));
          blocks.add(more);
        } else if (!(shared && kind == ATTRIBUTE)) {
          in.require(!shared, at, "its type is stored elsewhere, which Keras does not do");
          messages.add(new Message(kind, data));
        }
        at = data.end();
      }
    }
    return messages;
  }

  private static @Nullable Message only(List<Message> messages, int kind) {
    return messages.stream().filter(m -> m.kind == kind).findFirst().orElse(null);
  }

  // ---- groups

  private Span localHeap(long at) {
    in.require(in.has(at, "HEAP"), at, "the names of a group are missing");
    Span names = new Span(in.u64(at + 24), in.u64(at + 8));
    in.check(names.at, names.length);
    return names;
  }

  private void children(long node, Span names, int above, Hdf5Group into, String path, int depth)
      throws IOException {
    in.visit(node);
    if (in.has(node, "SNOD")) {
      int count = in.u16(node + 6);
      for (int i = 0; i < count; i++) {
        child(node + 8 + (long) i * ENTRY_BYTES, names, into, path, depth);
      }
      return;
    }
    in.require(
        in.has(node, "TREE") && in.u8(node + 4) == 0, node, "the list of a group is missing");
    int level = in.u8(node + 5);
    in.require(level < above, node, "the list of a group is no tree");
    int count = in.u16(node + 6);
    for (int i = 0; i < count; i++) {
      in.spend(16, node);
      children(in.u64(node + 32 + 16L * i), names, level, into, path, depth);
    }
  }

  private void child(long entry, Span names, Hdf5Group into, String path, int depth)
      throws IOException {
    in.spend(ENTRY_BYTES, entry);
    long offset = in.u64(entry);
    in.require(
        offset >= 0 && offset < names.length, entry, "a name lies outside the list of names");
    String name = in.text(names.at + offset, names.length - offset);
    boolean isNew = !into.groups().containsKey(name) && !into.arrays().containsKey(name);
    in.require(!name.isEmpty() && !name.contains("/") && isNew, entry, "two objects share a name");
    in.require(in.u32(entry + 16) < 2, entry, path + "/" + name + " is a link, not an object");
    switch (object(in.u64(entry + 8), path + "/" + name, depth + 1, false)) {
      case Hdf5Group group -> into.putGroup(name, group);
      case HostTensor array -> into.put(name, array);
      default -> throw new AssertionError(name);
    }
  }

  // ---- arrays

  private HostTensor array(long header, List<Message> messages, String path) throws IOException {
    String place = file + ", " + path;
    Message space = only(messages, DATASPACE);
    Message type = only(messages, DATATYPE);
    Message layout = only(messages, LAYOUT);
    if (space == null || type == null || layout == null) {
      throw in.damaged(header, path + " is neither a group nor an array");
    }
    Hdf5Type stored = Hdf5Type.read(in, type.data.at, type.data.length);
    List<Long> shape = shape(space.data);
    boolean narrow = attributes(messages).getOrDefault("dtype", List.of()).contains("bfloat16");
    ElementType element = stored.element(place, narrow);
    long needed = Header.bytes(place, shape, element.bytes);
    Span data = data(layout.data, needed, place);
    in.spend(data.length, data.at);
    int[] sizes = Header.checkedShape(place, shape, element.bytes, data.length);
    ByteOrder order = stored.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return element.read(in.stream(data.at, data.length), order, place, sizes);
  }

  /** Where the numbers lie. */
  private Span data(Span layout, long needed, String place) {
    int version = in.u8(layout.at);
    boolean old = version == 1 || version == 2;
    in.require(old || version == 3, layout.at, "an array has an unknown layout");
    int kind = in.u8(layout.at + (old ? 2 : 1));
    if (kind == 2) {
      throw new DataException(
          place + ": compressed or in pieces, which Keras does not write; save it again without");
    }
    in.require(kind == 1 || (kind == 0 && !old), layout.at, "an array has an unknown layout");
    if (kind == 0) {
      Span inside = new Span(layout.at + 4, in.u16(layout.at + 2));
      in.require(inside.end() <= layout.end(), layout.at, "an array leaves its header");
      return inside;
    }
    long at = in.u64(layout.at + (old ? 8 : 2));
    Span data =
        new Span(at == NOWHERE && needed == 0 ? 0 : at, old ? needed : in.u64(layout.at + 10));
    if (at == NOWHERE && needed > 0) {
      throw new DataException(place + ": the array was never written");
    }
    in.check(data.at, data.length);
    return data;
  }

  private List<Long> shape(Span space) {
    int version = in.u8(space.at);
    in.require(version == 1 || version == 2, space.at, "a shape has an unknown version");
    int rank = in.u8(space.at + 1);
    long first = space.at + (version == 1 ? 8 : 4);
    in.require(first + 8L * rank <= space.end(), space.at, "a shape leaves its header");
    if (version == 2 && in.u8(space.at + 3) == 2) {
      return List.of(0L); // no elements at all
    }
    List<Long> shape = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      shape.add(in.u64(first + 8L * axis));
    }
    return shape;
  }

  // ---- attributes

  /** Those that hold text; numbers are left out, but a list without elements is kept. */
  private Map<String, List<String>> attributes(List<Message> messages) {
    Map<String, List<String>> found = new java.util.LinkedHashMap<>();
    for (Message message : messages) {
      if (message.kind == ATTRIBUTE) {
        attribute(message.data, found);
      }
    }
    return found;
  }

  private void attribute(Span data, Map<String, List<String>> into) {
    int version = in.u8(data.at);
    in.require(version >= 1 && version <= 3, data.at, "an attribute has an unknown version");
    if (version > 1 && in.u8(data.at + 1) != 0) {
      return; // of a type that is stored elsewhere
    }
    int align = version == 1 ? 8 : 1;
    long name = data.at + (version == 3 ? 9 : 8);
    long type = name + padded(in.u16(data.at + 2), align);
    long space = type + padded(in.u16(data.at + 4), align);
    long values = space + padded(in.u16(data.at + 6), align);
    in.require(values <= data.end(), data.at, "an attribute leaves its header");
    Hdf5Type stored = Hdf5Type.read(in, type, in.u16(data.at + 4));
    List<Long> shape = shape(new Span(space, in.u16(data.at + 6)));
    String key = in.text(name, in.u16(data.at + 2));
    long count = Header.bytes(file + ", attribute " + key, shape, 1);
    if (count > 0 && !stored.isText()) {
      return;
    }
    in.require(
        count <= (data.end() - values) / Math.max(1, stored.size()),
        data.at,
        "the attribute " + key + " is longer than its header");
    List<String> texts = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      in.spend(16, values); // an empty text is an object all the same
      long at = values + i * stored.size();
      texts.add(stored.isVariable() ? heapText(at) : in.text(at, stored.size()));
    }
    into.put(key, texts);
  }

  private static long padded(long length, int align) {
    return (length + align - 1) / align * align;
  }

  private String heapText(long reference) {
    long length = in.u32(reference);
    long heap = in.u64(reference + 4);
    if (length == 0) {
      return "";
    }
    Map<Integer, Span> texts = heaps.get(heap);
    if (texts == null) {
      texts = globalHeap(heap);
      heaps.put(heap, texts);
    }
    Span text = texts.get((int) Math.min(in.u32(reference + 12), Integer.MAX_VALUE));
    if (text == null || text.length < length) {
      throw in.damaged(reference, "a text lies outside the list of texts");
    }
    return in.text(text.at, length);
  }

  private Map<Integer, Span> globalHeap(long heap) {
    in.visit(heap);
    in.require(in.has(heap, "GCOL"), heap, "the list of texts is missing");
    long length = in.u64(heap + 8);
    in.check(heap, length);
    in.spend(length, heap);
    Map<Integer, Span> texts = new HashMap<>();
    long at = heap + 16;
    while (at + 16 <= heap + length) {
      int index = in.u16(at);
      Span text = new Span(at + 16, in.u64(at + 8));
      if (index == 0) {
        break; // free space to the end
      }
      in.require(
          text.length >= 0 && text.length <= heap + length - text.at, at, "a text is too long");
      texts.put(index, text);
      at = text.at + padded(text.length, 8);
    }
    return texts;
  }
}
