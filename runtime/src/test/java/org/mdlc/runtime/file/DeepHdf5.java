package org.mdlc.runtime.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes hostile HDF5 files: groups in groups, each listed by a tree of nodes with one place. */
final class DeepHdf5 {
  private static final int SUPERBLOCK = 96;
  private static final int HEADER = 40;
  private static final int HEAP = 48;
  private static final int NODE = 48;
  private static final int LEAF = 8 + 40;

  private DeepHdf5() {}

  /**
   * A file.
   *
   * @param groups how deep they are
   * @param levels nodes between a group and its only child, at most 255
   */
  static byte[] bytes(int groups, int levels) {
    int group = HEADER + HEAP + levels * NODE + LEAF;
    var out =
        ByteBuffer.allocate(SUPERBLOCK + groups * group + HEADER).order(ByteOrder.LITTLE_ENDIAN);
    out.put(0, new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'});
    out.put(13, (byte) 8).put(14, (byte) 8);
    out.putLong(40, out.capacity()).putLong(64, SUPERBLOCK);
    for (int i = 0; i < groups; i++) {
      int header = SUPERBLOCK + i * group;
      int heap = header + HEADER;
      int tree = heap + HEAP;
      out.put(header, (byte) 1).putInt(header + 8, 24);
      out.putShort(header + 16, (short) 0x11).putShort(header + 18, (short) 16);
      out.putLong(header + 24, tree).putLong(header + 32, heap);
      out.put(heap, "HEAP".getBytes(StandardCharsets.UTF_8));
      out.putLong(heap + 8, 16).putLong(heap + 24, heap + 32);
      out.put(heap + 32, (byte) 'x');
      for (int k = 0; k < levels; k++) {
        int node = tree + k * NODE;
        out.put(node, "TREE".getBytes(StandardCharsets.UTF_8));
        out.put(node + 5, (byte) (levels - 1 - k)).putShort(node + 6, (short) 1);
        out.putLong(node + 32, node + NODE);
      }
      int leaf = tree + levels * NODE;
      out.put(leaf, "SNOD".getBytes(StandardCharsets.UTF_8)).putShort(leaf + 6, (short) 1);
      out.putLong(leaf + 16, header + group);
    }
    return out.array();
  }
}
