package org.mdlc.runtime.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdlc.runtime.TestFiles;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

class SafeTensorsTest {
  @TempDir private Path folder;

  @Test
  void writesTheDocumentedBytes() throws IOException {
    Path file = folder.resolve("one.safetensors");
    SafeTensors.write(file, Map.of("a/ß\"", HostTensor.of(new float[] {1f, -2f}, 2, 1)));
    byte[] bytes = Files.readAllBytes(file);
    String header = "{\"a/ß\\\"\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}";
    int length = header.getBytes(StandardCharsets.UTF_8).length;
    int padded = (length + 7) / 8 * 8;
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong()).isEqualTo(padded);
    assertThat(new String(bytes, 8, length, StandardCharsets.UTF_8)).isEqualTo(header);
    assertThat(Arrays.copyOfRange(bytes, 8 + padded, bytes.length))
        .containsExactly(0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0);
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("z", HostTensor.of(new int[] {1, -1}, 2));
    tensors.put("empty", HostTensor.zeros(DType.F32, 0, 5));
    tensors.put("a", HostTensor.of(new float[] {Float.NaN}));
    Path file = folder.resolve("some.safetensors");
    SafeTensors.write(file, tensors);
    assertThat(SafeTensors.read(file)).isEqualTo(tensors);
    assertThat(SafeTensors.read(file).keySet()).containsExactly("z", "empty", "a");
  }

  @Test
  void readsAFileOfTheReferenceImplementation() throws IOException {
    Path file = TestFiles.copy(SafeTensorsTest.class, "weights.safetensors");
    assertThat(SafeTensors.read(file))
        .containsOnlyKeys("dense/kernel", "half", "steps")
        .containsEntry("dense/kernel", HostTensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3))
        .containsEntry("half", HostTensor.of(new float[] {0.5f}, 1))
        .containsEntry("steps", HostTensor.of(new int[] {7}));
    Files.delete(file);
  }

  @Test
  void readsNothing() throws IOException {
    Path file = folder.resolve("none.safetensors");
    SafeTensors.write(file, Map.of());
    assertThat(SafeTensors.read(file)).isEmpty();
  }

  @Test
  void readsOtherTypesInAnyOrderAndSkipsMetadata() throws IOException {
    Path file =
        write(
            "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"b\":{\"data_offsets\":[4,8],\"shape\":[2],\"dtype\":\"BF16\"},"
                + "\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                + "\"c\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}  ",
            0x00,
            0x3C,
            0x00,
            0xC0,
            0x80,
            0x3F,
            0x20,
            0xC0,
            0xFE,
            0xFF,
            0xFF,
            0xFF,
            0xFF,
            0xFF,
            0xFF,
            0xFF);
    Map<String, HostTensor> tensors = SafeTensors.read(file);
    assertThat(tensors.keySet()).containsExactly("a", "b", "c");
    assertThat(tensors.get("a").floats()).containsExactly(1f, -2f);
    assertThat(tensors.get("b").floats()).containsExactly(1f, -2.5f);
    assertThat(tensors.get("c").ints()).containsExactly(-2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'a':{'dtype':'F32','shape':[1000000000],'data_offsets':[0,4]}};tensor a: shape [1000000000] needs 4000000000 bytes, the file has 4",
        "{'a':{'dtype':'F32','shape':[65536,65536],'data_offsets':[0,4]}};more than 2^31 elements",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}};impossible size -1",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}};expected to start at 0",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,-4]}};bytes 0 to -4",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}};8 bytes of numbers, the file has 4",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}};two data_offsets",
        "{'a':{'dtype':'F8','shape':[1],'data_offsets':[0,4]}};tensor a: unknown element type F8",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}};two tensors are named a",
        "{'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}};malformed header",
        "{'a':7};malformed header",
        "[];malformed header",
        "{'a';the header is cut short",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}x;malformed header"
      })
  void checksTheHeaderBeforeItAllocates(String header, String message) throws IOException {
    Path file = write(header.replace('\'', '"'), 0, 0, 0, 0);
    assertThatThrownBy(() -> SafeTensors.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void checksTheLengthOfTheHeader() throws IOException {
    Path file = folder.resolve("bad.safetensors");
    Files.write(file, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> SafeTensors.read(file)).hasMessageContaining("too short");
    for (long length : new long[] {Long.MAX_VALUE, -1, 9}) {
      Files.write(
          file, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      assertThatThrownBy(() -> SafeTensors.read(file))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("announces a header of " + Long.toUnsignedString(length));
    }
    Files.write(file, new byte[] {2, 0, 0, 0, 0, 0, 0, 0, (byte) 0xC3, (byte) 0x28});
    assertThatThrownBy(() -> SafeTensors.read(file)).hasMessageContaining("not UTF-8");
  }

  @Test
  void damagedFilesNeverCauseAnythingElse() throws IOException {
    Path file = folder.resolve("damaged.safetensors");
    SafeTensors.write(
        file, Map.of("a", HostTensor.of(new float[10], 5, 2), "b", HostTensor.of(new int[3], 3)));
    byte[] bytes = Files.readAllBytes(file);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(damaged.length)] = (byte) (' ' + random.nextInt(95));
      Files.write(file, damaged);
      try {
        assertThat(SafeTensors.read(file)).as("seed %d", seed).isNotNull();
      } catch (DataException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("damaged.safetensors");
      }
    }
  }

  private Path write(String header, int... data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    for (int value : data) {
      bytes.put((byte) value);
    }
    Path file = folder.resolve("written.safetensors");
    Files.write(file, bytes.array());
    return file;
  }
}
