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

/** CSV and IDX files. */
class TableFilesTest {
  @TempDir private Path folder;

  @Test
  void readsNumbersAndCategories() throws IOException {
    CsvTable table =
        csv(
            "\uFEFFwidth,\"the, height\",count,species\r\n1.5,-2e3, 7,virginica\r\n\r\n.5,3,8,setosa\n1,4,9,virginica\n");
    assertThat(table.header()).containsExactly("width", "the, height", "count", "species");
    assertThat(table.rows()).isEqualTo(3);
    assertThat(table.column("width").toString()).isEqualTo("f32[3]");
    assertThat(table.column("width").floats()).containsExactly(1.5f, .5f, 1f);
    assertThat(table.column("count").ints()).containsExactly(7, 8, 9);
    assertThat(table.columns("width", "count").shape()).containsExactly(3, 3);
    assertThat(table.columns(1, 2).floats()).containsExactly(-2e3f, 7, 3, 8, 4, 9);
    assertThat(table.columns(List.of("count", "width")).floats())
        .containsExactly(7, 1.5f, 8, .5f, 9, 1);
    CsvTable.Categories species = table.categories("species");
    assertThat(species.names()).containsExactly("setosa", "virginica");
    assertThat(species.ids().ints()).containsExactly(1, 0, 1);
    assertThat(table.isNumeric("species")).isFalse();
    assertThat(table.isNumeric("count")).isTrue();
  }

  @Test
  void saysWhereAValueIsWrong() throws IOException {
    CsvTable table = csv("a,b\n1,2\n\n3,four\n5,\n6,7f\n");
    assertThatThrownBy(() -> table.column("b"))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("table.csv, line 4, column b: \"four\" is not a number");
    CsvTable missing = csv("a,b\n1,\n");
    assertThatThrownBy(() -> missing.columns("a", "b"))
        .hasMessageEndingWith("table.csv, line 2, column b: no value");
    CsvTable suffixed = csv("a\n7f\n");
    assertThatThrownBy(() -> suffixed.column("a")).hasMessageContaining("\"7f\" is not a number");
    assertThatThrownBy(() -> table.column("c")).hasMessageEndingWith("no column c; there are a, b");
    assertThatThrownBy(() -> table.columns("b", "a")).hasMessageContaining("comes before");
    assertThatThrownBy(() -> table.columns(1, 2)).hasMessageContaining("no columns 1 to 2");
  }

  @Test
  void saysWhereTheFileIsWrong() {
    assertThatThrownBy(() -> csv("")).hasMessageContaining("empty");
    assertThatThrownBy(() -> csv("a,b\n1,2\n3\n"))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("table.csv, line 3: 1 fields, the header has 2 columns");
    assertThatThrownBy(() -> csv("a,b\n1,2,3\n")).hasMessageContaining("line 2: 3 fields");
    assertThatThrownBy(() -> csv("a,a\n")).hasMessageContaining("two columns are named a");
    assertThatThrownBy(() -> csv("a\n\"open\n")).isInstanceOf(DataException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"images.idx", "images.idx.gz"})
  void readsIdx(String name) throws IOException {
    Path file = TestFiles.copy(TableFilesTest.class, name);
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

  private CsvTable csv(String text) throws IOException {
    Path file = folder.resolve("table.csv");
    Files.writeString(file, text);
    return CsvTable.read(file);
  }
}
