package org.mdlc.runtime.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.HostTensor;

/** CSV files, and lines of text. */
class CsvDatasetTest {
  @TempDir private Path folder;

  @Test
  void readsNumbersTextsAndCategories() throws IOException {
    CsvDataset csv =
        csv(
            "\uFEFFwidth,\"the, height\",count,species\r\n1.5,-2e3, 7,virginica\r\n\r\n.5,3,8,setosa\n1,4,9,virginica\n");
    assertThat(CsvDataset.header(folder.resolve("table.csv")))
        .containsExactly("width", "the, height", "count", "species");
    TableDataset table =
        csv.columns(
                ColumnGroup.floats("x", "width..count").scaled(2, 1),
                ColumnGroup.ints("count"),
                ColumnGroup.floats("last two", "#1..#2").shaped(2, 1),
                ColumnGroup.categories("species"),
                ColumnGroup.texts("name", "species"),
                ColumnGroup.labels("label", "species"),
                ColumnGroup.labels("number", "#2"))
            .open();
    assertThat(table.spec())
        .hasToString(
            "x f32[3], count i32[], last two f32[2, 1], species i32[], label i32[], number i32[], name str[]");
    assertThat(table.size()).hasValue(3);
    assertThat(table.categories("species")).containsExactly("setosa", "virginica");
    ArrayDataset data = table.read();
    assertThat(data.get("x").floats()).containsExactly(4, -3999, 15, 2, 7, 17, 3, 9, 19);
    assertThat(data.get("count").ints()).containsExactly(7, 8, 9);
    assertThat(data.get("last two"))
        .isEqualTo(HostTensor.of(new float[] {-2e3f, 7, 3, 8, 4, 9}, 3, 2, 1));
    assertThat(data.get("species").ints()).containsExactly(1, 0, 1);
    assertThat(data.get("label").ints()).containsExactly(1, 0, 1);
    assertThat(data.get("number").ints()).containsExactly(7, 8, 9);
    assertThat(data.text("name").toList()).containsExactly("virginica", "setosa", "virginica");
    assertThat(data.spec()).isEqualTo(table.spec());
    // The rows one by one are the same, in each pass.
    for (int epoch = 0; epoch < 2; epoch++) {
      try (Elements pass = table.elements(epoch)) {
        int row = 0;
        for (Element element = pass.next(); element != null; element = pass.next()) {
          ArrayDataset made = element.make();
          ArrayDataset wanted = data.slice(row, row + 1);
          assertThat(made.columns()).isEqualTo(wanted.columns());
          assertThat(made.texts()).isEqualTo(wanted.texts());
          row++;
        }
        assertThat(row).isEqualTo(3);
      }
    }
  }

  @Test
  void takesOtherSeparatorsAndNoHeader() throws IOException {
    ArrayDataset data =
        csv("1;'a;b'\n2;c\n")
            .noHeader()
            .separator(';')
            .quote('\'')
            .columns(ColumnGroup.ints("n", "#0"), ColumnGroup.texts("t", "#1"))
            .read();
    assertThat(data.get("n").ints()).containsExactly(1, 2);
    assertThat(data.text("t").toList()).containsExactly("a;b", "c");
    assertThat(
            csv("1,2\n").noHeader("a", "b").columns(ColumnGroup.ints("b")).read().get("b").ints())
        .containsExactly(2);
  }

  @Test
  void missingValuesAreErrorsFilledOrDropped() throws IOException {
    String text = "a,b\n1,x\n,y\n3,NA\n4,x\n";
    assertThatThrownBy(() -> csv(text).columns(ColumnGroup.floats("a")).read())
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "table.csv, line 3, column a: no value; fill a, or drop rows without a value");
    var filled =
        csv(text)
            .missingValues("NA")
            .columns(
                ColumnGroup.floats("a").filled("-1"), ColumnGroup.categories("b").filled("other"))
            .open();
    assertThat(filled.read().get("a").floats()).containsExactly(1, -1, 3, 4);
    assertThat(filled.categories("b")).containsExactly("other", "x", "y");
    assertThat(filled.read().get("b").ints()).containsExactly(1, 2, 0, 1);
    var dropped =
        csv(text)
            .missingValues("NA")
            .dropRowsWithMissingValues()
            .columns(ColumnGroup.floats("a"), ColumnGroup.categories("b"))
            .open();
    assertThat(dropped.size()).hasValue(2);
    assertThat(dropped.read().get("a").floats()).containsExactly(1, 4);
    assertThat(dropped.categories("b")).containsExactly("x");
  }

  @Test
  void aGivenVocabularyNumbersTheCategories() throws IOException {
    ColumnGroup group = ColumnGroup.categories("c").vocabulary(List.of("low", "high"));
    assertThat(csv("c\nhigh\nlow\n").columns(group).read().get("c").ints()).containsExactly(1, 0);
    assertThatThrownBy(() -> csv("c\nhigh\nmid\n").columns(group).read())
        .hasMessageEndingWith(
            "table.csv, line 3, column c: \"mid\" is not one of the categories low, high");
    ColumnGroup label = ColumnGroup.labels("c").vocabulary(List.of("low", "high"));
    assertThat(csv("c\nhigh\nhigh\n").columns(label).read().get("c").ints()).containsExactly(1, 1);
  }

  @Test
  void saysWhereAValueIsWrong() throws IOException {
    String text = "a,b\n1,2\n\n3,four\n5,\n6,7f\n";
    assertThatThrownBy(() -> csv(text).columns(ColumnGroup.floats("b")).read())
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("table.csv, line 4, column b: \"four\" is not a number");
    assertThatThrownBy(() -> csv("a\n7f\n").columns(ColumnGroup.floats("a")).read())
        .hasMessageContaining("\"7f\" is not a number");
    assertThatThrownBy(() -> csv("a\n1.5\n").columns(ColumnGroup.ints("a")).read())
        .hasMessageContaining("line 2, column a: \"1.5\" is not a whole number of 32 bits");
    assertThatThrownBy(() -> csv("a\n3000000000\n").columns(ColumnGroup.ints("a")).read())
        .hasMessageContaining("\"3000000000\" is not a whole number of 32 bits");
    assertThat(csv("a\n3.0\n").columns(ColumnGroup.ints("a")).read().get("a").ints())
        .containsExactly(3);
    assertThatThrownBy(() -> csv("a\n1\n-1e50\n").columns(ColumnGroup.floats("a")).read())
        .hasMessageEndingWith("table.csv, line 3, column a: -1e50 is beyond f32");
    assertThatThrownBy(() -> csv("a\n").columns(ColumnGroup.floats("a")).readSome())
        .hasMessageEndingWith("table.csv: no rows below the header");
    String advice =
        "the header has ';' where a comma is looked for: write the file with commas, or in Java"
            + " read it with CsvDataset.separator(';')";
    assertThatThrownBy(() -> csv("a;b\n1;2\n").columns(ColumnGroup.floats("#0..#1")).open())
        .hasMessageEndingWith("there are no columns #0..#1; the file has 1; " + advice);
    assertThatThrownBy(() -> csv("a;b\n1;2\n").columns(ColumnGroup.floats("a")).open())
        .hasMessageEndingWith("no column a; there are a;b; " + advice);
    assertThatThrownBy(() -> csv("a\tb\n1\t2\n").columns(ColumnGroup.floats("a")).open())
        .hasMessageEndingWith("CsvDataset.separator('\\t')");
    assertThatThrownBy(() -> CsvDataset.header(folder)).hasMessage(folder + " is a folder");
    assertThatThrownBy(() -> csv(text).columns(ColumnGroup.floats("c")).open())
        .hasMessageEndingWith("no column c; there are a, b");
    assertThatThrownBy(() -> csv(text).columns(ColumnGroup.floats("c", "b..a")).open())
        .hasMessageContaining("column a comes before column b");
    assertThatThrownBy(() -> csv(text).columns(ColumnGroup.floats("c", "#1..#2")).open())
        .hasMessageContaining("there are no columns #1..#2; the file has 2");
    assertThatThrownBy(() -> csv(text).columns(ColumnGroup.floats("c", "a..b").shaped(3)).open())
        .hasMessageContaining("c takes 3 values per row ([3]), a..b are 2 columns");
  }

  @Test
  void saysWhereTheFileIsWrong() {
    var a = ColumnGroup.floats("a");
    assertThatThrownBy(() -> csv("").columns(a).read()).hasMessageContaining("empty");
    assertThatThrownBy(() -> csv("a,b\n1,2\n3\n").columns(a).read())
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("table.csv, line 3: 1 fields, the header has 2 columns");
    assertThatThrownBy(() -> csv("a,b\n1,2,3\n").columns(a).read())
        .hasMessageContaining("line 2: 3 fields");
    assertThatThrownBy(() -> csv("a,a\n").columns(a).read())
        .hasMessageContaining("two columns are named a");
    assertThatThrownBy(() -> csv("a\n\"open\n").columns(a).read())
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(folder.resolve("table.csv").toString());
    Path none = folder.resolve("none.csv");
    assertThatThrownBy(() -> CsvDataset.of(none).columns(a).open())
        .hasMessage(none + ": no such file");
  }

  @Test
  void replacesNoCharacter() throws IOException {
    Path file = folder.resolve("cities.csv");
    String text = "city,x\r\n" + "Ulm,1\r\n".repeat(5000) + "Köln,2\nKäln,3\n";
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    CsvDataset cities = CsvDataset.of(file).columns(ColumnGroup.categories("city"));
    assertThatThrownBy(cities::open)
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            file + ", line 5002: not UTF-8; say what it is by `charset(..)`, such as ");
    assertThat(cities.charset(StandardCharsets.ISO_8859_1).open().categories("city"))
        .containsExactly("Käln", "Köln", "Ulm");
    Files.writeString(file, "größe\n1\n", StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> CsvDataset.header(file))
        .hasMessageStartingWith(file + ", line 1: not UTF-8");
    Files.write(file, new byte[] {'a', '\n', '\n', (byte) 0xC3});
    assertThatThrownBy(() -> CsvDataset.of(file).columns(ColumnGroup.texts("a")).read())
        .hasMessageStartingWith(file + ", line 3: not UTF-8");
  }

  @Test
  void aByteOrderMarkSaysTheCharset() throws IOException {
    Path file = folder.resolve("marked.csv");
    for (Charset charset :
        List.of(
            StandardCharsets.UTF_8,
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_16BE,
            StandardCharsets.UTF_32LE,
            StandardCharsets.UTF_32BE)) {
      Files.writeString(file, "\uFEFFgröße\n1\n", charset);
      assertThat(CsvDataset.header(file)).as(charset.name()).containsExactly("größe");
    }
    Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0, '\n', 0, 'b'});
    assertThatThrownBy(() -> CsvDataset.of(file).columns(ColumnGroup.texts("a")).read())
        .hasMessageStartingWith(file + ", line 2: not UTF-16LE");
  }

  @Test
  void leavesNoFileOpenThatItCannotRead() throws IOException {
    var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    TableDataset table = csv("a\n1\n").columns(ColumnGroup.ints("a")).open();
    CsvDataset wrong = csv("a\n1\n").columns(ColumnGroup.ints("a")).separator('"');
    csv("\"a\n1\n");
    long before = system.getOpenFileDescriptorCount();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> table.elements(0)).isInstanceOf(DataException.class);
      assertThatThrownBy(wrong::open).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(system.getOpenFileDescriptorCount() - before).isLessThan(50);
  }

  @Test
  void keepsNothingOfAFileThatIsReadRowByRow() throws IOException {
    Path file = folder.resolve("long.csv");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("a,b\n");
      for (int i = 0; i < 200_000; i++) {
        out.write(i + ",0.5\n");
      }
    }
    TableDataset table = CsvDataset.of(file).columns(ColumnGroup.ints("a")).open();
    assertThat(table.size()).isEmpty();
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    try (Elements pass = table.elements(0)) {
      for (int i = 0; i < 3; i++) {
        assertThat(Objects.requireNonNull(pass.next()).make().get("a").ints()).containsExactly(i);
      }
    }
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
  }

  @Test
  void numbersGivenCategoriesInTheirOrder() throws IOException {
    assertThat(
            csv("c\nb\na\nc\n")
                .columns(ColumnGroup.categories("c").vocabulary(List.of("c", "a", "c", "b")))
                .read()
                .get("c")
                .ints())
        .containsExactly(2, 1, 0);
  }

  @Test
  void learnsManyCategories() throws IOException {
    int count = 5000;
    StringBuilder text = new StringBuilder("c\n");
    Set<String> wanted = new TreeSet<>();
    for (int i = 0; i < 3 * count; i++) {
      String category = Integer.toString(i * 1009 % count, 36);
      wanted.add(category);
      text.append(category).append('\n');
    }
    TableDataset table = csv(text.toString()).columns(ColumnGroup.categories("c")).open();
    assertThat(table.categories("c")).containsExactlyElementsOf(wanted);
    int[] numbers = table.read().get("c").ints();
    for (int i = 0; i < numbers.length; i++) {
      assertThat(table.categories("c").get(numbers[i]))
          .isEqualTo(Integer.toString(i * 1009 % count, 36));
    }
  }

  @Test
  void keepsLittleMoreOfCategoriesThanTheirStrings() throws IOException {
    int count = 100_000;
    StringBuilder text = new StringBuilder("c\n");
    for (int i = 0; i < count; i++) {
      text.append(Integer.toString(36 * 36 * 36 + i, 36)).append('\n');
    }
    CsvDataset csv = csv(text.toString()).columns(ColumnGroup.categories("c"));
    csv.open();
    long before = usedBytes();
    TableDataset table = csv.open();
    long kept = usedBytes() - before;
    assertThat(table.categories("c")).hasSize(count);
    // A string of four letters takes 48 bytes, and two lists refer to it.
    assertThat(kept / count).isBetween(40L, 70L);
  }

  private static long usedBytes() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  @Test
  void linesOfFilesAreRows() throws IOException {
    Path first = folder.resolve("1.txt");
    Path second = folder.resolve("2.txt");
    Files.writeString(first, "one\r\n\nthrée");
    Files.writeString(second, "four\n");
    LineDataset lines = LineDataset.of("line", first, second);
    for (int epoch = 0; epoch < 2; epoch++) {
      assertThat(all(lines)).containsExactly("one", "", "thrée", "four");
    }
    Files.write(second, new byte[] {'a', '\n', (byte) 0xFF, '\n'});
    assertThatThrownBy(() -> all(lines))
        .hasMessageStartingWith(second + ", after line 0: not UTF-8");
    assertThatThrownBy(() -> all(LineDataset.of("line", folder.resolve("3.txt"))))
        .hasMessage(folder.resolve("3.txt") + ": no such file");
  }

  private static List<String> all(LineDataset lines) {
    var texts = new ArrayList<String>();
    try (Elements pass = lines.elements(0)) {
      for (Element element = pass.next(); element != null; element = pass.next()) {
        texts.add(element.make().text("line").get(0));
      }
    }
    return texts;
  }

  private CsvDataset csv(String text) throws IOException {
    Path file = folder.resolve("table.csv");
    Files.writeString(file, text);
    return CsvDataset.of(file);
  }
}
