package org.mdlc.runtime.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.TestFiles;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StreamDataset;

/** Rows of mapped files and of buffers, against reading the files whole. */
class MappedDatasetTest {
  @TempDir private Path folder;

  @Test
  void rowsAreThoseOfTheWholeArray() throws IOException {
    HostTensor floats = HostTensor.of(new float[7 * 3 * 5], 7, 3, 5);
    HostTensor ints = HostTensor.of(new int[] {5, -1, 0, 7, 1, 2, 3}, 7);
    Random random = new Random(3);
    for (int i = 0; i < floats.size(); i++) {
      floats.floats()[i] = random.nextFloat();
    }
    Path npy = folder.resolve("x.npy");
    Path npz = folder.resolve("x.npz");
    NumpyFiles.writeNpy(npy, floats);
    Map<String, HostTensor> both = new LinkedHashMap<>();
    both.put("x", floats);
    both.put("y", ints);
    NumpyFiles.writeNpz(npz, both);
    MappedDataset one =
        MappedDataset.of("x", MappedArray.npy(npy)).with("y", MappedArray.of("y", ints));
    for (MappedDataset data : new MappedDataset[] {one, MappedDataset.npz(npz)}) {
      assertThat(data.spec()).hasToString("x f32[3, 5], y i32[]");
      assertThat(data.count()).isEqualTo(7);
      IntStream.range(0, 7)
          .parallel()
          .forEach(
              row -> {
                assertThat(data.get(row).get("x")).isEqualTo(floats.slice(row, row + 1));
                assertThat(data.get(row).get("y")).isEqualTo(ints.slice(row, row + 1));
              });
    }
  }

  /** Arrays of all kinds that NumPy wrote. */
  @Test
  void convertsEveryKindOfNumber() throws IOException {
    Path file = TestFiles.copy(MappedDatasetTest.class, "kinds.npz");
    int compared = 0;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (Map.Entry<String, HostTensor> array : NumpyFiles.readNpz(file).entrySet()) {
        Path npy = folder.resolve(array.getKey() + ".npy");
        Files.write(npy, zip.getInputStream(zip.getEntry(array.getKey() + ".npy")).readAllBytes());
        HostTensor whole = array.getValue();
        for (int row = 0; whole.rank() > 0 && row < whole.rows(); row++) {
          assertThat(MappedArray.npy(npy).row(row))
              .as(array.getKey())
              .isEqualTo(whole.slice(row, row + 1));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(20);
    assertThatThrownBy(() -> MappedDataset.npz(file)).hasMessageContaining("a scalar");
    Files.delete(file);
  }

  @Test
  void mapsIdx() throws IOException {
    for (String name : new String[] {"images.idx", "images.idx.gz"}) {
      Path file = TestFiles.copy(MappedDatasetTest.class, name);
      MappedArray images = MappedArray.idx(file);
      HostTensor whole = IdxFile.read(file);
      assertThat(images.rows()).isEqualTo(2);
      assertThat(images.row(1)).isEqualTo(whole.slice(1, 2));
      Files.delete(file);
    }
  }

  @Test
  void takesBuffersAndMemory() {
    FloatBuffer floats = FloatBuffer.wrap(new float[] {0, 1, 2, 3, 4, 5, 6});
    floats.position(1);
    assertThat(MappedArray.of("x", floats, 3, 2).row(2).floats()).containsExactly(5, 6);
    ByteBuffer direct = ByteBuffer.allocateDirect(16).order(ByteOrder.BIG_ENDIAN);
    IntBuffer ints = direct.asIntBuffer();
    ints.put(new int[] {1, 2, 3, 70_000}).flip();
    assertThat(MappedArray.of("y", ints, 4).row(3).ints()).containsExactly(70_000);
    assertThat(MappedArray.of("b", ByteBuffer.wrap(new byte[] {1, -1}), 2).row(1).ints())
        .containsExactly(255);
    MemorySegment memory = MemorySegment.ofArray(new float[] {1, 2, 3, 4});
    assertThat(MappedArray.of("m", memory, DType.F32, 2, 2).row(1).floats()).containsExactly(3, 4);
    assertThatThrownBy(() -> MappedArray.of("m", memory, DType.F32, 3, 2))
        .isInstanceOf(DataException.class)
        .hasMessage("m: shape [3, 2] needs 24 bytes, the file has 16");
    MappedArray whole = MappedArray.of("w", HostTensor.of(new int[3], 3));
    assertThatThrownBy(
            () -> MappedDataset.of("x", MappedArray.of("m", memory, DType.F32, 4)).with("w", whole))
        .hasMessageEndingWith("x has 4, w has 3");
  }

  @Test
  void takesLongsThatFitAndNamesTheRowOfOneThatDoesNot() throws IOException {
    Path file = folder.resolve("long.npy");
    byte[] header = header("<i8", "(3,)");
    ByteBuffer bytes =
        ByteBuffer.allocate(header.length + 24)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(header)
            .putLong(5)
            .putLong(-6)
            .putLong(1L << 40);
    Files.write(file, bytes.array());
    MappedArray longs = MappedArray.npy(file);
    assertThat(longs.row(1).ints()).containsExactly(-6);
    assertThatThrownBy(() -> longs.row(2))
        .hasMessageStartingWith(file + ", row 2: element 0 does not fit a 32-bit integer");
  }

  @Test
  void readsFortranOrderIntoMemory() throws IOException {
    Path file = folder.resolve("f.npy");
    byte[] header =
        new String(header("|u1", "(2, 3)"), StandardCharsets.ISO_8859_1)
            .replace("False", "True ")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes = Arrays.copyOf(header, header.length + 6);
    for (int i = 0; i < 6; i++) {
      bytes[header.length + i] = (byte) i;
    }
    Files.write(file, bytes);
    assertThat(MappedArray.npy(file).row(1).ints()).containsExactly(1, 3, 5);
  }

  @Test
  void refusesSizesThatTheFileDoesNotHave() throws IOException {
    Path file = folder.resolve("lie.npy");
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (String shape :
        new String[] {
          "(1000000000, 1000)",
          "(2, 9223372036854775807)",
          "(9223372036854775807, 2)",
          "(4,)",
          "(2,)",
          "()"
        }) {
      byte[] header = header("<f4", shape);
      Files.write(file, Arrays.copyOf(header, header.length + 12));
      long before = thread.getCurrentThreadAllocatedBytes();
      assertThatThrownBy(() -> MappedArray.npy(file))
          .as(shape)
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file + ": ");
      assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
    }
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> MappedArray.npy(file)).hasMessageStartingWith(file + ": ");
    assertThatThrownBy(() -> MappedArray.idx(file)).hasMessageStartingWith(file + ": ");
    assertThatThrownBy(() -> MappedDataset.npz(file)).hasMessageStartingWith(file + ": ");
    Path none = folder.resolve("none.npy");
    assertThatThrownBy(() -> MappedArray.npy(none)).hasMessage(none + ": no such file");
  }

  @Test
  void damagedArchivesAreReadOrRefused() throws IOException {
    Path file = folder.resolve("x.npz");
    HostTensor tensor = HostTensor.of(new float[12], 4, 3);
    NumpyFiles.writeNpz(file, Map.of("x", tensor));
    byte[] stored = Files.readAllBytes(file);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      byte[] header = header("<f4", "(4, 3)");
      zip.write(Arrays.copyOf(header, header.length + 48));
    }
    byte[] packed = Files.readAllBytes(file);
    assertThat(MappedDataset.npz(file).get(3).get("x").floats()).containsExactly(0, 0, 0);
    Random random = new Random(8);
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = (i % 2 == 0 ? stored : packed).clone();
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      Path damaged = folder.resolve("damaged.npz");
      Files.write(damaged, bytes);
      try {
        MappedDataset data = MappedDataset.npz(damaged);
        for (long row = 0; row < data.count(); row++) {
          assertThat(data.get(row).rows()).isEqualTo(1);
        }
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith(damaged.toString());
        refused++;
      }
      Files.delete(damaged); // not written over: rows of the old file may still be mapped
    }
    assertThat(refused).isGreaterThan(100);
  }

  @Test
  void streamsAreOpenedAnewAndHeldAgainstTheirSpec() {
    int[] closed = {0};
    var spec = DataSpec.of(DataSpec.Column.of("x", DType.F32, 2));
    var data =
        StreamDataset.of(
            spec,
            () -> Stream.of(1f, 2f, 3f).onClose(() -> closed[0]++),
            x -> ArrayDataset.of("x", HostTensor.of(new float[] {x, -x}, 1, 2)));
    for (int epoch = 0; epoch < 2; epoch++) {
      try (var pass = data.elements(epoch)) {
        int count = 0;
        for (var element = pass.next(); element != null; element = pass.next()) {
          count++;
          assertThat(element.make().get("x").floats()).containsExactly(count, -count);
        }
        assertThat(count).isEqualTo(3);
      }
    }
    assertThat(closed[0]).isEqualTo(2);
    var wrong =
        StreamDataset.of(
            spec, () -> Stream.of(ArrayDataset.of("x", HostTensor.of(new float[3], 1, 3))));
    try (var pass = wrong.elements(0)) {
      var element = pass.next();
      assertThatThrownBy(() -> element.make())
          .isInstanceOf(DataException.class)
          .hasMessageContaining("it promises 1 rows of x f32[2]");
    }
  }

  /** The start of an {@code .npy} file. */
  private static byte[] header(String type, String shape) {
    String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    text = text + " ".repeat(118 - text.length() - 1) + "\n";
    ByteBuffer header = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    header.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
    return header.put(text.getBytes(StandardCharsets.US_ASCII)).array();
  }
}
