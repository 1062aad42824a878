package org.mdlc.runtime.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.TestFiles;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

class Hdf5FileTest {
  @TempDir private Path folder;

  @Test
  void readsWhatH5pyWrites() throws IOException {
    Hdf5Group root = Hdf5File.read(TestFiles.copy(Hdf5FileTest.class, "kinds.h5"));
    Map<String, HostTensor> arrays = Objects.requireNonNull(root.group("arrays")).arrays();
    int counted = 0;
    for (Map.Entry<String, HostTensor> array : arrays.entrySet()) {
      if (array.getKey().matches("(little|big|byte)_[fiu].")) {
        counted++;
        assertThat(array.getValue().shape()).as(array.getKey()).containsExactly(2, 3, 4);
        for (int i = 0; i < 24; i++) {
          assertThat(array.getValue().get(i)).as(array.getKey()).isEqualTo(i);
        }
      }
    }
    assertThat(counted).isEqualTo(17);
    assertThat(arrays.get("byte_b1"))
        .satisfies(truth -> assertThat(truth.ints()).startsWith(0, 1, 1));
    assertThat(arrays.get("bfloat16")).isEqualTo(HostTensor.of(new float[] {0, 1, 2, 3}, 4));
    assertThat(arrays.get("scalar")).isEqualTo(HostTensor.of(new float[] {1.5f}));
    assertThat(arrays.get("empty")).isEqualTo(HostTensor.of(new float[0], 0, 3));
    assertThat(root.attributes())
        .containsOnly(
            Map.entry("layer_names", List.of("dense", "a_longer_name")),
            Map.entry("texts", List.of("x", "", "yy")),
            Map.entry("nothing", List.of()));
    assertThat(Objects.requireNonNull(root.group("empty/inside")).attributes())
        .containsEntry("name", List.of("höhe"));
  }

  @Test
  void saysWhatItCannotRead() throws IOException {
    assertRefused("packed.h5", ", /a: compressed or in pieces, which Keras does not write");
    assertRefused("latest.h5", ": it has the newer layout of HDF5 (superblock 3)");
    assertRefused("text.h5", ", /a: elements of 16 bytes of HDF5 class 9 are no numbers");
    assertRefused("circle.h5", "what lies here is linked twice");
    assertRefused("array.npy", ": not an HDF5 file");
  }

  private static void assertRefused(String name, String message) throws IOException {
    Path file = TestFiles.copy(Hdf5FileTest.class, name);
    assertThatThrownBy(() -> Hdf5File.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  /** Leaves hold 8 names and nodes 32, so that 300 need a second level, and 10,000 a third. */
  @Test
  void readsBackGroupsOfAnySize() throws IOException {
    for (int count : new int[] {0, 1, 8, 9, 256, 257, 10_000}) {
      Hdf5Group root = new Hdf5Group();
      Random random = new Random(count);
      Hdf5Group many = root.make("many");
      for (int i = 0; i < count; i++) {
        many.put("array_" + i, HostTensor.of(new int[] {random.nextInt(), i}, 2));
        if (i % 100 == 0) {
          many.make("group_" + i).attribute("name", "größer " + i);
        }
      }
      Path file = folder.resolve("many.h5");
      Hdf5File.write(file, root);
      Hdf5Group read = Objects.requireNonNull(Hdf5File.read(file).group("many"));
      assertThat(read.arrays()).containsExactlyInAnyOrderEntriesOf(many.arrays());
      assertThat(read.groups().keySet())
          .containsExactlyInAnyOrderElementsOf(many.groups().keySet());
      read.groups()
          .forEach(
              (name, group) ->
                  assertThat(group.attributes())
                      .isEqualTo(Objects.requireNonNull(many.group(name)).attributes()));
    }
  }

  @Test
  void keepsEveryBit() throws IOException {
    Hdf5Group root = new Hdf5Group();
    float[] floats = {-0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, 1e-40f, 3};
    root.put("floats", HostTensor.of(floats, 2, 3));
    root.put("ints", HostTensor.of(new int[] {Integer.MIN_VALUE}));
    root.put("none", HostTensor.zeros(DType.F32, 3, 0, 2));
    Path file = folder.resolve("bits.h5");
    Hdf5File.write(file, root);
    assertThat(Hdf5File.read(file).arrays()).isEqualTo(root.arrays());
    byte[] first = Files.readAllBytes(file);
    Hdf5File.write(file, root);
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  @Test
  void refusesEveryShorterFile() throws IOException {
    byte[] whole = Files.readAllBytes(TestFiles.copy(Hdf5FileTest.class, "kinds.h5"));
    Path file = folder.resolve("short.h5");
    for (int length = 0; length < whole.length; length += 97) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Hdf5File.read(file))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("short.h5");
    }
  }

  /** 16,000 nodes, each in the one before, would overflow the stack. */
  @Test
  void refusesTreesThatNoGroupNeeds() throws IOException {
    Path file = folder.resolve("deep.h5");
    Files.write(file, DeepHdf5.bytes(60, 250));
    assertThatThrownBy(() -> Hdf5File.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the list of a group is no tree");
  }

  /** Fifty names for one array of 40 kB would be 2 MB. */
  @Test
  void refusesManyNamesForOneArray() throws IOException {
    int length = 10_000;
    Hdf5Group root = new Hdf5Group();
    for (int i = 0; i < 50; i++) {
      root.put("array_" + i, HostTensor.of(new int[length], length));
    }
    Path file = folder.resolve("shared.h5");
    Hdf5File.write(file, root);
    byte[] bytes = Files.readAllBytes(file);
    long first = bytes.length - 50L * 4 * length;
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int found = 0;
    for (int at = 0; at < first - 18; at++) {
      // Where the numbers lie, and how many bytes they are.
      if (buffer.getShort(at) == 0x103 && buffer.getLong(at + 10) == 4L * length) {
        buffer.putLong(at + 2, first);
        found++;
      }
    }
    assertThat(found).isEqualTo(50);
    long end = first + 4L * length;
    buffer.putLong(40, end);
    Files.write(file, Arrays.copyOf(bytes, (int) end));
    assertThatThrownBy(() -> Hdf5File.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("its parts overlap");
  }
}
