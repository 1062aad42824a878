package org.mdlc.runtime.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.TestFiles;
import org.mdlc.runtime.data.DataException;

/** IDX files, compressed or not. */
class IdxFileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"images.idx", "images.idx.gz"})
  void readsIdx(String name) throws IOException {
    Path file = TestFiles.copy(IdxFileTest.class, name);
    assertThat(IdxFile.read(file).toString()).isEqualTo("i32[2, 3, 3]");
    assertThat(IdxFile.read(file).ints()).startsWith(0, 1, 2).endsWith(16, 17);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));
    assertThatThrownBy(() -> IdxFile.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file.toString());
    Files.delete(file);
  }

  @Test
  void refusesWhatIsNotIdx() throws IOException {
    Path file = folder.resolve("x.idx");
    Files.write(file, new byte[] {1, 2, 3, 4, 5});
    assertThatThrownBy(() -> IdxFile.read(file)).hasMessageContaining("not an IDX file");
    Files.write(file, new byte[] {0, 0, 7, 0});
    assertThatThrownBy(() -> IdxFile.read(file)).hasMessageContaining("unknown IDX element type 7");
    Files.write(file, new byte[] {0, 0, 8, 1, 127, 0, 0, 0, 1});
    assertThatThrownBy(() -> IdxFile.read(file)).hasMessageContaining("the file has 1");
    Files.write(file, new byte[] {0});
    assertThatThrownBy(() -> IdxFile.read(file)).isInstanceOf(DataException.class);
  }

  @Test
  void keepsNothingOfACompressedFileBeforeItsHeaderIsTrue() throws IOException {
    int megabytes = 64;
    byte[] notIdx = {1, 0, 8, 1};
    byte[] tooLong = {0, 0, 8, 1, 0, 0, 0, 9};
    byte[] tooShort = {0, 0, 8, 1, 127, 0, 0, 0};
    for (byte[] header : List.of(notIdx, tooLong, tooShort)) {
      Path file = folder.resolve("x.idx.gz");
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
        out.write(header);
        for (int i = 0; i < megabytes; i++) {
          out.write(new byte[1 << 20]);
        }
      }
      var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = thread.getCurrentThreadAllocatedBytes();
      assertThatThrownBy(() -> IdxFile.read(file))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file.toString());
      assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
    }
  }
}
