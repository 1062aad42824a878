package org.mdlc.runtime.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.TestFiles;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/** Reads what NumPy wrote (see make_files.py) and what this program wrote itself. */
class NumpyFilesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"little_f2", "big_f2", "little_f4", "big_f4", "little_f8", "big_f8", "fortran"})
  void readsFloats(String kind) throws IOException {
    HostTensor array = kinds().get(kind);
    assertThat(array.toString()).isEqualTo("f32[2, 3, 4]");
    for (int i = 0; i < 24; i++) {
      assertThat(array.floats()[i]).isEqualTo(i);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "byte_i1",
        "byte_u1",
        "little_i2",
        "big_i2",
        "little_u2",
        "little_i4",
        "big_i4",
        "little_u4",
        "little_i8",
        "big_i8",
        "little_u8"
      })
  void readsIntegers(String kind) throws IOException {
    HostTensor array = kinds().get(kind);
    assertThat(array.toString()).isEqualTo("i32[2, 3, 4]");
    assertThat(array.ints()).isEqualTo(IntStream.range(0, 24).toArray());
  }

  @Test
  void readsTruthScalarsEmptyAndSpecial() throws IOException {
    Map<String, HostTensor> kinds = kinds();
    assertThat(kinds.get("byte_b1").ints()).startsWith(0, 1, 1).hasSize(24);
    assertThat(kinds.get("scalar").shape()).isEmpty();
    assertThat(kinds.get("scalar").get(0)).isEqualTo(1.5);
    assertThat(kinds.get("empty").shape()).containsExactly(0, 3);
    assertThat(kinds.get("special").floats())
        .containsExactly(
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            -0f,
            65504f,
            5.9604645e-08f);
  }

  @Test
  void readsCompressedArchive() throws IOException {
    Map<String, HostTensor> packed = TestFiles.golden(NumpyFilesTest.class, "packed.npz");
    assertThat(packed.keySet()).containsExactly("a", "b");
    assertThat(packed.get("b").ints()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void writesTheBytesOfNumpy() throws IOException {
    Path golden = TestFiles.copy(NumpyFilesTest.class, "array.npy");
    HostTensor array = NumpyFiles.readNpy(golden);
    assertThat(array.shape()).containsExactly(3, 4);
    Path written = folder.resolve("array.npy");
    NumpyFiles.writeNpy(written, array);
    assertThat(written).hasSameBinaryContentAs(golden);
    Files.delete(golden);
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    Map<String, HostTensor> arrays = new LinkedHashMap<>();
    arrays.put("z", HostTensor.of(new float[] {1.5f, Float.NaN, -0f}, 3));
    arrays.put("a", HostTensor.of(new int[] {Integer.MIN_VALUE}));
    arrays.put("none", HostTensor.zeros(DType.F32, 4, 0, 2));
    // More than one buffer's worth.
    arrays.put("large", HostTensor.of(IntStream.range(0, 40_000).toArray(), 200, 200));
    Path file = folder.resolve("arrays.npz");
    NumpyFiles.writeNpz(file, arrays);
    assertThat(NumpyFiles.readNpz(file)).isEqualTo(arrays);
    assertThat(NumpyFiles.readNpz(file).keySet()).containsExactly("z", "a", "none", "large");
    byte[] first = Files.readAllBytes(file);
    NumpyFiles.writeNpz(file, arrays);
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
    assertThat(folder.toFile().list()).containsExactly("arrays.npz");
  }

  @Test
  void takesNoMemoryForWhatAnArchiveOnlyAnnounces() throws IOException {
    int announced = 64 << 20;
    Path small = folder.resolve("small.npy");
    byte[] noise = new byte[1 << 17];
    new Random(3).nextBytes(noise);
    NumpyFiles.writeNpy(small, HostTensor.of(new float[noise.length / 4], noise.length / 4));
    String header = new String(Files.readAllBytes(small), 0, 128, StandardCharsets.ISO_8859_1);
    var content = new ByteArrayOutputStream();
    String size = "(" + noise.length / 4 + ",)";
    String larger = "(" + announced / 4 + ",)";
    assertThat(header).contains(size);
    content.writeBytes(
        header
            .replace(size + ", }" + " ".repeat(larger.length() - size.length()), larger + ", }")
            .getBytes(StandardCharsets.ISO_8859_1));
    content.writeBytes(noise);
    var packed = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(packed)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      content.writeTo(zip);
    }
    ByteBuffer bytes = ByteBuffer.wrap(packed.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int directory = bytes.getInt(bytes.capacity() - 22 + 16);
    bytes.putInt(directory + 24, 128 + announced);
    Path file = folder.resolve("announced.npz");
    Files.write(file, bytes.array());
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (ThrowingCallable reader :
        List.<ThrowingCallable>of(
            () -> NumpyFiles.readNpz(file), () -> MappedDataset.npz(file).count())) {
      long before = thread.getCurrentThreadAllocatedBytes();
      assertThatThrownBy(reader)
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file.toString())
          .hasMessageContaining("announces " + (128 + announced) + " bytes and has 131200");
      assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(announced / 4);
    }
  }

  @Test
  void readsVersion2() throws IOException {
    Path file = TestFiles.copy(NumpyFilesTest.class, "version2.npy");
    assertThat(NumpyFiles.readNpy(file).ints()).containsExactly(0, 1, 2);
    Files.delete(file);
  }

  @ParameterizedTest
  @CsvSource({
    "text.npy, elements of type <U1 are not numbers",
    "records.npy, the array holds records",
    "objects.npy, elements of type |O are not numbers",
    "wide.npy, element 1 does not fit a 32-bit integer"
  })
  void refusesWhatIsNotNumbers(String name, String message) throws IOException {
    Path file = TestFiles.copy(NumpyFilesTest.class, name);
    assertThatThrownBy(() -> NumpyFiles.readNpy(file))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
    Files.delete(file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,), };needs 4000000000 bytes, the file has 8",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), };needs 12 bytes, the file has 8",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), };needs 4 bytes, the file has 8",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536), };more than 2^31",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), };impossible size",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,), };malformed header",
        "{'descr': '<f4', 'fortran_order': False, };malformed header",
        "nothing;records"
      })
  void checksTheHeaderBeforeItAllocates(String header, String message) throws IOException {
    Path file = folder.resolve("bad.npy");
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[10 + text.length + 8];
    System.arraycopy(
        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, 0},
        0,
        bytes,
        0,
        10);
    System.arraycopy(text, 0, bytes, 10, text.length);
    Files.write(file, bytes);
    assertThatThrownBy(() -> NumpyFiles.readNpy(file))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void damagedFilesNeverCauseAnythingElse() throws IOException {
    Path good = TestFiles.copy(NumpyFilesTest.class, "packed.npz");
    byte[] bytes = Files.readAllBytes(good);
    Files.delete(good);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path file = folder.resolve("damaged.npz");
    for (int i = 0; i < 500; i++) {
      byte[] damaged =
          Arrays.copyOf(
              bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length);
      for (int j = 0; j < 3 && damaged.length > 0; j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Files.write(file, damaged);
      try {
        assertThat(NumpyFiles.readNpz(file)).as("seed %d", seed).isNotNull();
      } catch (DataException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("damaged.npz");
      }
    }
  }

  @Test
  void emptyAndForeignFiles() throws IOException {
    Path file = folder.resolve("foreign.npy");
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> NumpyFiles.readNpy(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("not an .npy file");
    assertThatThrownBy(() -> NumpyFiles.readNpz(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("not a readable .npz archive");
    assertThatThrownBy(() -> NumpyFiles.readNpy(folder.resolve("missing.npy")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(
            () ->
                NumpyFiles.writeNpy(
                    folder.resolve("no/such/folder.npy"), HostTensor.of(new float[1], 1)))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("folder to write it in is missing");
  }

  private static Map<String, HostTensor> kinds() throws IOException {
    return TestFiles.golden(NumpyFilesTest.class, "kinds.npz");
  }
}
