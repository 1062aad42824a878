package org.mdlc.compiler.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Parser;
import org.mdlc.compiler.syntax.TreeText;

/**
 * Whatever is formatted keeps its tree and its comments, and is formatted then. Cases of {@code
 * format/} show the layout: {@code name.mdl} becomes {@code name.formatted}.
 */
final class FormatterTest {
  private static final Path CASES = Path.of("src/test/resources/format");
  private static final Path ROOT = Path.of("../..");
  private static final Pattern EXAMPLE = Pattern.compile("```mdl(?: .*)?\\R((?s).*?)```");
  private static final Pattern BEFORE_AND_AFTER =
      Pattern.compile("```mdl-before\\R((?s).*?)```(?s:.*?)```mdl\\R((?s).*?)```");
  private static final Pattern COMMENT =
      Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|(//.*|/\\*(?s:.*?)\\*/)");

  // ---- the layout

  @TestFactory
  Stream<DynamicTest> laysOut() {
    return below(CASES, ".mdl").stream()
        .map(file -> dynamicTest(file.getFileName().toString(), () -> compareWithGolden(file)));
  }

  private static void compareWithGolden(Path file) throws IOException {
    var actual = format(SourceFile.read(file));
    var golden = file.resolveSibling(file.getFileName().toString().replace(".mdl", ".formatted"));
    if ("update".equals(System.getProperty("golden"))) {
      Files.writeString(golden, actual);
    }
    assertThat(actual).as("%s (-Dgolden=update writes it)", golden).isEqualTo(text(golden));
  }

  /** The library and the examples are what a reader learns the layout from. */
  @TestFactory
  Stream<DynamicTest> libraryAndExamplesAreFormatted() {
    return Stream.concat(
            below(Path.of("src/main/resources/std"), ".mdl").stream(),
            below(ROOT.resolve("examples"), ".mdl").stream())
        .map(file -> dynamicTest(file.toString(), () -> isFormatted(source(file))));
  }

  @TestFactory
  Stream<DynamicTest> documentationIsFormatted() {
    return examples().stream()
        .map(example -> dynamicTest(example.name(), () -> isFormatted(example)));
  }

  private static void isFormatted(SourceFile source) {
    assertThat(format(source)).as("%s is formatted", source.name()).isEqualTo(source.text());
  }

  @Test
  void thePageShowsWhatHappens() {
    var page = text(ROOT.resolve("docs/format.md"));
    var pairs = BEFORE_AND_AFTER.matcher(page).results().toList();
    assertThat(pairs).hasSize(page.split("```mdl-before", -1).length - 1).isNotEmpty();
    for (var pair : pairs) {
      assertThat(format(SourceFile.of("format.md", pair.group(1)))).isEqualTo(pair.group(2));
    }
  }

  // ---- what is kept

  @TestFactory
  Stream<DynamicTest> keepsTreeAndComments() {
    return wellFormed().stream().map(source -> dynamicTest(source.name(), () -> keeps(source)));
  }

  private static void keeps(SourceFile source) {
    var formatted = SourceFile.of(source.name(), format(source));
    assertThat(tree(formatted)).as(formatted.text()).isEqualTo(tree(source));
    assertThat(comments(formatted)).as(formatted.text()).isEqualTo(comments(source));
    assertThat(format(formatted)).isEqualTo(formatted.text());
    assertThat(formatted.text()).doesNotContain("\r", "\t", " \n");
  }

  /** {@code -Dfuzz.seed=N} repeats a run, {@code -Dfuzz.texts=N} makes a longer one. */
  @TestFactory
  Stream<DynamicTest> keepsTreeAndCommentsHoweverItIsSpaced() {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    int wanted = Integer.getInteger("fuzz.texts", 2);
    return wellFormed().stream()
        .map(
            source ->
                dynamicTest(
                    source.name() + " -Dfuzz.seed=" + seed,
                    () -> keepsRespaced(source, seed, wanted)));
  }

  private static void keepsRespaced(SourceFile source, long seed, int wanted) {
    var random = new Random(seed);
    int found = 0;
    for (int i = 0; i < 100 * wanted && found < wanted; i++) {
      var respaced = SourceFile.of("seed " + seed, Respaced.of(source, random));
      if (isWellFormed(respaced)) {
        keeps(respaced);
        found++;
      }
    }
    assertThat(found).isEqualTo(wanted);
  }

  @Test
  void leavesTextWithErrorsToTheWriter() {
    var sink = new DiagnosticSink();
    assertThat(Formatter.format(SourceFile.of("a.mdl", "let a = (1 +\n"), sink)).isEmpty();
    assertThat(sink.hasErrors()).isTrue();
  }

  @Test
  void takesTextWithoutDefinitions() {
    assertThat(format(SourceFile.of("a.mdl", ""))).isEmpty();
    assertThat(format(SourceFile.of("a.mdl", " \r\n\n"))).isEmpty();
    assertThat(format(SourceFile.of("a.mdl", "\n// a \r\n\r\n\r\n/* b */")))
        .isEqualTo("// a\n\n/* b */\n");
  }

  @Test
  void dropsSeveralNeedlessSemicolonsAtOnce() {
    assertThat(format(SourceFile.of("a.mdl", "fn f(x) {\n  let a = x;;; let b = a;;\n}\n")))
        .isEqualTo("fn f(x) {\n  let a = x\n  let b = a\n}\n");
  }

  @Test
  void takesVeryLongLines() {
    var sum = "let a = f(" + "x + ".repeat(900) + "x)\n";
    var formatted = format(SourceFile.of("a.mdl", sum));
    assertThat(formatted.lines()).allMatch(line -> line.length() <= Formatter.WIDTH);
    keeps(SourceFile.of("a.mdl", sum));
  }

  // ---- texts

  private static String format(SourceFile source) {
    var sink = new DiagnosticSink();
    var formatted = Formatter.format(source, sink);
    assertThat(formatted).as(source.text() + Renderer.plain().render(sink)).isPresent();
    return formatted.get();
  }

  private static String tree(SourceFile source) {
    var sink = new DiagnosticSink();
    var file = Parser.parse(source, sink);
    assertThat(sink.sorted()).as(Renderer.plain().render(sink)).isEmpty();
    return TreeText.of(file);
  }

  /** Without their indentation. */
  private static List<String> comments(SourceFile source) {
    return COMMENT
        .matcher(source.text())
        .results()
        .filter(m -> m.group(1) != null)
        .map(m -> m.group(1).lines().map(String::strip).toList().toString())
        .toList();
  }

  /** Everything in the repository that is mdl and has no syntax error. */
  private static List<SourceFile> wellFormed() {
    var sources = new ArrayList<SourceFile>();
    for (var folder : List.of("examples", "compiler")) {
      below(ROOT.resolve(folder), ".mdl").forEach(file -> sources.add(source(file)));
    }
    sources.addAll(examples());
    var well = sources.stream().filter(FormatterTest::isWellFormed).toList();
    assertThat(well).hasSizeGreaterThan(150);
    return well;
  }

  /** The {@code mdl} blocks of the README, the documentation and the pages of error codes. */
  private static List<SourceFile> examples() {
    return Stream.of("README.md", "docs", "compiler/core/src/main/resources/explain")
        .flatMap(place -> below(ROOT.resolve(place), ".md").stream())
        .flatMap(
            page ->
                EXAMPLE
                    .matcher(text(page))
                    .results()
                    .map(m -> SourceFile.of(page + " at " + m.start(), m.group(1))))
        .filter(FormatterTest::isWellFormed)
        .toList();
  }

  private static SourceFile source(Path file) {
    return SourceFile.of(file.toString(), text(file));
  }

  private static boolean isWellFormed(SourceFile source) {
    var sink = new DiagnosticSink();
    Parser.parse(source, sink);
    return !sink.hasErrors();
  }

  private static List<Path> below(Path folder, String ending) {
    try (var files = Files.walk(folder)) {
      return files
          .filter(f -> f.toString().endsWith(ending) && !f.toString().contains("target"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
