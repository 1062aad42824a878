package org.mdlc.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;

final class ParserTest {
  private static final Path LANGUAGE_PAGE = Path.of("../../docs/language.md");
  private static final Path LIBRARY = Path.of("src/main/resources/std");
  private static final Pattern MARK = Pattern.compile("//~ (.*)");

  @TestFactory
  Stream<DynamicTest> readsEveryDesignSketch() {
    return SyntaxFiles.in("design").stream()
        .map(
            f ->
                DynamicTest.dynamicTest(
                    name(f),
                    () ->
                        assertThat(SyntaxFiles.parseWell(SyntaxFiles.read(f)).items())
                            .isNotEmpty()));
  }

  @TestFactory
  Stream<DynamicTest> readsEveryExampleOfTheLanguagePage() {
    var examples = SyntaxFiles.examples(LANGUAGE_PAGE);
    assertThat(examples).hasSizeGreaterThan(5);
    return examples.stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.name(), () -> assertThat(SyntaxFiles.parseWell(e).items()).isNotEmpty()));
  }

  @TestFactory
  Stream<DynamicTest> readsTheLibrary() throws Exception {
    try (var files = Files.exists(LIBRARY) ? Files.list(LIBRARY) : Stream.<Path>empty()) {
      return files.filter(f -> f.toString().endsWith(".mdl")).sorted().toList().stream()
          .map(
              f ->
                  DynamicTest.dynamicTest(
                      name(f),
                      () ->
                          assertThat(SyntaxFiles.parseWell(SyntaxFiles.read(f)).items())
                              .isNotEmpty()));
    }
  }

  @TestFactory
  Stream<DynamicTest> buildsTheTree() {
    return SyntaxFiles.in("tree").stream()
        .map(
            f ->
                DynamicTest.dynamicTest(
                    name(f),
                    () ->
                        SyntaxFiles.assertGolden(
                            SyntaxFiles.beside(f, ".tree"),
                            TreeText.of(SyntaxFiles.parseWell(SyntaxFiles.read(f))))));
  }

  @TestFactory
  Stream<DynamicTest> saysWhatIsWrong() {
    return SyntaxFiles.in("errors").stream()
        .map(
            f ->
                DynamicTest.dynamicTest(
                    name(f),
                    () -> {
                      var source = SyntaxFiles.read(f);
                      var sink = new DiagnosticSink();
                      Parser.parse(source, sink);
                      SyntaxFiles.assertGolden(
                          SyntaxFiles.beside(f, ".stderr"), Renderer.plain().render(sink));
                      assertThat(places(sink.sorted())).isEqualTo(marks(source));
                    }));
  }

  /** {@code 3 E0101}: where the file says that there is an error. */
  private static List<String> marks(SourceFile source) {
    var marks = new ArrayList<String>();
    for (int line = 1; line <= source.lineCount(); line++) {
      var mark = MARK.matcher(source.lineText(line));
      if (mark.find()) {
        marks.add(line + " " + mark.group(1));
      }
    }
    return marks;
  }

  private static List<String> places(List<Diagnostic> diagnostics) {
    return diagnostics.stream().map(d -> d.span().line() + " " + d.code().code()).toList();
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  // ---- hostile text

  @Test
  void limitsNesting() {
    for (var open :
        List.of(
            "(",
            "[",
            "f(",
            "{",
            "x[",
            "if a { ",
            "-",
            "not ",
            "fn(x) => ",
            "2 ** ",
            "1 + (",
            "scan a in x over scan b in ",
            "f(x)(",
            "repeat 3 {")) {
      assertNested("let x = " + open.repeat(20_000));
      assertNested("fn f(x) { " + open.repeat(20_000));
    }
    assertNested("let x = y" + "()".repeat(20_000));
    assertNested("let x = y" + " + y".repeat(20_000));
    assertNested("let x = y" + " |> y".repeat(20_000));
    assertNested("let x = y" + ".y".repeat(20_000));
    assertNested("let x = if a { b }" + " else if a { b }".repeat(20_000));
    assertNested("fn f(x: " + "[".repeat(20_000));
  }

  private static void assertNested(String text) {
    assertThat(codes(text)).as(text.substring(0, 40)).contains("E0901");
  }

  @Test
  void readsLongFilesThatAreNotDeep() {
    assertThat(codes("let x = [" + "1, ".repeat(20_000) + "]")).isEmpty();
    assertThat(codes("fn f(x) { " + "let y = x + 1 ".repeat(5_000) + "return y }")).isEmpty();
    assertThat(codes("layer F()(x) { return x } ".repeat(5_000))).isEmpty();
    assertThat(codes("fn f(x) { " + "if a { return x } ".repeat(5_000) + "return x }")).isEmpty();
  }

  @Test
  void readsWhatIsNotDeepToo() {
    assertThat(codes("let x = " + "(".repeat(80) + "1" + ")".repeat(80))).isEmpty();
    assertThat(codes("let x = y" + " + y".repeat(900))).isEmpty();
    assertThat(codes("let x = y" + " |> f(1)".repeat(300))).isEmpty();
  }

  @Test
  void survivesAnyBytes() {
    var bytes = new byte[256 * 3];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    var sink = new DiagnosticSink();
    Parser.parse(SourceFile.of("bytes.mdl", bytes), sink);
    assertThat(sink.hasErrors()).isTrue();
    assertThat(Renderer.coloured().render(sink)).isNotEmpty();
  }

  @Test
  void reportsBytesThatAreNotUtf8Once() {
    var latin1 = "let x = 1 // f\u00fcr\nlet y = \u00fc".getBytes(StandardCharsets.ISO_8859_1);
    var sink = new DiagnosticSink();
    Parser.parse(SourceFile.of("latin1.mdl", latin1), sink);
    assertThat(places(sink.sorted())).isEqualTo(List.of("2 E0118"));
  }

  @Test
  void refusesEnormousFiles() {
    assertThat(codes(" ".repeat(4_000_001))).isEqualTo(List.of("E0903"));
  }

  @Test
  void readsOneExpression() {
    var sink = new DiagnosticSink();
    assertThat(Parser.parseExpression(SourceFile.of("--set", "[1, 2 * 3]"), sink))
        .isInstanceOf(Ast.ListExpr.class);
    assertThat(sink.sorted()).isEmpty();
    assertThat(Parser.parseExpression(SourceFile.of("--set", "1 2"), sink)).isNotNull();
    assertThat(sink.hasErrors()).isTrue();
  }

  private static List<String> codes(String text) {
    var sink = new DiagnosticSink();
    Parser.parse(SourceFile.of("test.mdl", text), sink);
    return sink.sorted().stream().map(d -> d.code().code()).distinct().toList();
  }
}
