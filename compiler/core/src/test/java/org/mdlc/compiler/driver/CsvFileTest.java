package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.bind.DataFiles;

/** Looks into files as training reads them. */
final class CsvFileTest {
  @TempDir private Path folder;

  private Optional<DataFiles.Table> open(String text) throws IOException {
    return CsvFile.open(Files.writeString(folder.resolve("table.csv"), text));
  }

  @Test
  void seesTheHeaderAndTheFactsOfColumns() throws IOException {
    var table =
        open("\uFEFFa,\"b \"\"c\"\"\",d\r\n\r\n1, 2.5,x\n-3,\"4\",\"x,\n\"\n").orElseThrow();
    assertThat(table.header()).containsExactly("a", "b \"c\"", "d");
    assertThat(table.rows()).hasValue(2);
    assertThat(table.column(0))
        .contains(new DataFiles.Column(true, true, -3, 1, List.of("-3", "1")));
    assertThat(table.column(1))
        .contains(new DataFiles.Column(true, false, 2.5, 4, List.of("2.5", "4")));
    var gap = open("a\n1\n\"\"\n1\n").orElseThrow().column(0).orElseThrow();
    assertThat(gap.texts()).containsExactly("1");
    assertThat(table.column(2).orElseThrow().numeric()).isFalse();
    var noRows = open("a,b\n").orElseThrow();
    assertThat(noRows.rows()).hasValue(0);
    assertThat(noRows.column(0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "a,a\n1,2\n", "\"a,b\n1,2\n", "\"a\"b,c\n1,2\n"})
  void saysNothingOfAFileWithoutAHeader(String text) throws IOException {
    assertThat(open(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b\n1\n", "a,b\n1,2,3\n", "a,b\n1,\"2\n", "a,b\n1,\"2\"3\n"})
  void saysOnlyTheHeaderOfAFileThatTrainingRefuses(String text) throws IOException {
    var table = open(text).orElseThrow();
    assertThat(table.header()).containsExactly("a", "b");
    assertThat(table.rows()).isEmpty();
    assertThat(table.column(0)).isEmpty();
  }

  @Test
  void saysNothingOfWhatIsNoText() throws IOException {
    var latin = Files.writeString(folder.resolve("x.csv"), "größe\n", StandardCharsets.ISO_8859_1);
    assertThat(CsvFile.open(latin)).isEmpty();
    assertThat(CsvFile.open(folder)).isEmpty();
    assertThat(CsvFile.open(folder.resolve("none.csv"))).isEmpty();
    assertThat(open("a".repeat((1 << 20) + 1))).isEmpty();
  }

  @Test
  void readsTheRowsOfSmallFilesOnly() throws IOException {
    var table = open("a\n" + "1234567\n".repeat((8 << 20) / 8)).orElseThrow();
    assertThat(table.header()).containsExactly("a");
    assertThat(table.rows()).isEmpty();
  }
}
