package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Help;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.diag.Severity;
import org.mdlc.compiler.source.SourceFile;

/**
 * The mistakes that users of Keras make most: each file below {@code src/test/resources/mistakes}
 * has one, which is said as its {@code .stderr} has it, and pasting the advice mends it. The page
 * {@code docs/mistakes.md} is made of them: {@code -Dgolden=update} writes it.
 */
final class MistakesTest {
  private static final Path FOLDER = Path.of("src/test/resources/mistakes");
  private static final Path PAGE = Path.of("../../docs/mistakes.md");
  private static final int MAX_STEPS = 8;

  @TestFactory
  Stream<DynamicTest> saysWhatIsWrong() {
    return files().map(f -> dynamicTest(name(f), () -> assertGolden(f, said(f))));
  }

  @TestFactory
  Stream<DynamicTest> pastingTheAdviceMendsIt() {
    return files().map(f -> dynamicTest(name(f), () -> mend(f)));
  }

  @Test
  void thePageIsUpToDate() throws IOException {
    var text = page();
    if (isUpdate()) {
      Files.writeString(PAGE, text);
    }
    assertThat(PAGE).content().isEqualTo(text);
  }

  // ---- mending

  /** Pastes advice until nothing is said any more; each paste ends what it is the advice of. */
  private static void mend(Path file) {
    var source = source(file);
    var before = check(source).sorted();
    assertThat(before).isNotEmpty();
    for (int step = 0; !before.isEmpty() && step < MAX_STEPS; step++) {
      var first = before.stream().filter(d -> paste(d).isPresent()).findFirst();
      assertThat(first).as("nothing can be pasted: %s", before).isPresent();
      source = mended(source, paste(first.get()).orElseThrow());
      var sink = check(source);
      var after = sink.sorted();
      assertThat(count(after, first.get()))
          .as("%s\n%s", source.text(), Renderer.plain().render(sink))
          .isLessThan(count(before, first.get()));
      assertNoNewErrors(before, after, source);
      before = after;
    }
    assertThat(before).as(source.text()).isEmpty();
  }

  /** What follows from text that could not be read, or from names that were not known, may come. */
  private static void assertNoNewErrors(
      List<Diagnostic> before, List<Diagnostic> after, SourceFile source) {
    boolean unread = before.stream().anyMatch(d -> d.code().code().matches("E0[12].*"));
    var known = before.stream().map(MistakesTest::identity).toList();
    assertThat(after.stream().filter(d -> d.severity() == Severity.ERROR && !unread))
        .as(source.text())
        .extracting(MistakesTest::identity)
        .isSubsetOf(known);
  }

  private static long count(List<Diagnostic> all, Diagnostic one) {
    return all.stream().map(MistakesTest::identity).filter(identity(one)::equals).count();
  }

  private static String identity(Diagnostic diagnostic) {
    return diagnostic.code().code() + " " + diagnostic.message();
  }

  private static Optional<Help> paste(Diagnostic diagnostic) {
    return diagnostic.helps().stream().filter(h -> h.replacement() != null).findFirst();
  }

  private static SourceFile mended(SourceFile source, Help help) {
    var text = source.text();
    return SourceFile.of(
        source.name(),
        text.substring(0, help.place().start())
            + help.replacement()
            + text.substring(help.place().end()));
  }

  // ---- the page

  private static String page() throws IOException {
    var keras = keras();
    var text = new StringBuilder(Files.readString(FOLDER.resolve("page.md")));
    files()
        .forEach(
            f -> {
              var key = name(f).replaceFirst("\\.mdl$", "");
              var said = keras.get(key);
              assertThat(said).as("keras.tsv has no line for %s", key).isNotNull();
              text.append("\n## ")
                  .append(title(f))
                  .append("\n\n```text\n")
                  .append(said(f).strip())
                  .append("\n```\n\nKeras 3.15 ")
                  .append(said)
                  .append('\n');
            });
    return text.toString();
  }

  private static Map<String, String> keras() throws IOException {
    var keras = new HashMap<String, String>();
    for (var line : Files.readAllLines(FOLDER.resolve("keras.tsv"))) {
      var cells = line.split("\t", 2);
      keras.put(cells[0], cells[1]);
    }
    return keras;
  }

  private static String title(Path file) {
    return source(file).lineText(1).substring("// ".length()).replaceFirst("\\.$", "");
  }

  // ---- files

  private static String said(Path file) {
    var text = Renderer.plain().render(check(source(file)));
    return text.replace(FOLDER + "/", "");
  }

  private static DiagnosticSink check(SourceFile source) {
    return Compiler.check(CompileRequest.of(source));
  }

  private static void assertGolden(Path file, String said) throws IOException {
    var golden = file.resolveSibling(name(file).replaceFirst("\\.mdl$", ".stderr"));
    if (isUpdate()) {
      Files.writeString(golden, said);
    }
    assertThat(golden).content().isEqualTo(said);
  }

  private static boolean isUpdate() {
    return "update".equals(System.getProperty("golden"));
  }

  private static Stream<Path> files() {
    try (var files = Files.list(FOLDER)) {
      return files.filter(f -> name(f).endsWith(".mdl")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SourceFile source(Path file) {
    try {
      return SourceFile.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }
}
