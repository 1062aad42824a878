package org.mdlc.compiler.diag;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

final class RendererTest {
  @Test
  void printsCauseSymptomNoteAndHelp() {
    var file =
        SourceFile.of("mnist.mdl", "\n".repeat(11) + "  h = dense(x, 128)\n\n  y = matmul(h, w)\n");
    var diagnostic =
        Diagnostic.of(
                Codes.SHAPE_MISMATCH,
                find(file, "matmul(h, w)"),
                "inner dimensions of matmul differ")
            .label("128 on the left, 256 on the right")
            .also(find(file, "h ="), "h is [batch, 128], from units = 128")
            .note("w is [256, 10], declared at mnist.mdl:9")
            .help("declare w as [128, 10]");
    assertThat(Renderer.plain().render(diagnostic))
        .isEqualTo(
            """
            error[E0301]: inner dimensions of matmul differ
              --> mnist.mdl:14:7
               |
            12 |   h = dense(x, 128)
               |   --- h is [batch, 128], from units = 128
            14 |   y = matmul(h, w)
               |       ^^^^^^^^^^^^ 128 on the left, 256 on the right
               = note: w is [256, 10], declared at mnist.mdl:9
               = help: declare w as [128, 10]
            """);
    assertThat(Renderer.plain().picture(diagnostic))
        .startsWith("   |\n12 |   h = dense(x, 128)\n")
        .endsWith("= help: declare w as [128, 10]\n");
  }

  @Test
  void hangsTheTextsOfALineBelowEachOther() {
    var file = SourceFile.of("a.mdl", "let y = first + second + third");
    var diagnostic =
        Diagnostic.of(Codes.SHAPE_MISMATCH, find(file, "+ second"), "shapes differ")
            .label("here")
            .also(find(file, "first"), "this is [3]")
            .also(find(file, "third"), "this is [5]");
    assertThat(Renderer.plain().render(diagnostic))
        .isEqualTo(
            """
            error[E0301]: shapes differ
             --> a.mdl:1:15
              |
            1 | let y = first + second + third
              |         ----- ^^^^^^^^   ----- this is [5]
              |         |     here
              |         this is [3]
            """);
  }

  @Test
  void showsTheMendedLine() {
    var file = SourceFile.of("a.mdl", "if a = 3 {\n");
    var assign = find(file, "=");
    var diagnostic =
        Diagnostic.of(Codes.UNEXPECTED_TOKEN, assign, "`=` does not fit here")
            .help("to compare, write `==`", assign, "==");
    assertThat(Renderer.plain().render(diagnostic))
        .isEqualTo(
            """
            error[E0101]: `=` does not fit here
             --> a.mdl:1:6
              |
            1 | if a = 3 {
              |      ^
              = help: to compare, write `==`
              |
            1 | if a == 3 {
              |      ~~
            """);
  }

  @Test
  void marksWhatAHelpPutsIn() {
    var file = SourceFile.of("a.mdl", "f(a b)");
    var diagnostic =
        Diagnostic.of(Codes.UNEXPECTED_TOKEN, find(file, "b"), "no")
            .help("put a comma", find(file, "a").after(), ",");
    assertThat(Renderer.plain().render(diagnostic)).endsWith("1 | f(a, b)\n  |    +\n");
  }

  @Test
  void opensTabsAndCountsWideLetters() {
    var file = SourceFile.of("wide.mdl", "\tlet \u6f22\u5b57 = e\u0301 + x");
    var diagnostic =
        Diagnostic.of(Codes.UNKNOWN_NAME, find(file, "x"), "no x")
            .also(find(file, "\u6f22\u5b57"), "two letters, four cells");
    assertThat(Renderer.plain().render(diagnostic))
        .isEqualTo(
            """
            error[E0201]: no x
             --> wide.mdl:1:16
              |
            1 |     let \u6f22\u5b57 = e\u0301 + x
              |         ----       ^
              |         two letters, four cells
            """);
  }

  @Test
  void marksFirstAndLastLineOfALongSpan() {
    var file = SourceFile.of("a.mdl", "let y = f(\n    a,\n    b\n  )\nlet z = 1\n");
    var span = file.span(8, file.text().indexOf(")") + 1);
    assertThat(
            Renderer.plain()
                .render(Diagnostic.of(Codes.TYPE_MISMATCH, span, "wrong").label("all of this")))
        .isEqualTo(
            """
            error[E0303]: wrong
             --> a.mdl:1:9
              |
            1 | let y = f(
              |         ^^
            4 |   )
              |   ^ all of this
            """);
  }

  @Test
  void namesEveryFile() {
    var here = SourceFile.of("here.mdl", "x = f(y)");
    var there = SourceFile.of("there.mdl", "// blocks\nfn f(a: int)");
    var diagnostic =
        Diagnostic.of(Codes.TYPE_MISMATCH, find(here, "y"), "not an int")
            .also(find(there, "a: int"), "declared here");
    assertThat(Renderer.plain().render(diagnostic))
        .isEqualTo(
            """
            error[E0303]: not an int
             --> here.mdl:1:7
              |
            1 | x = f(y)
              |       ^
             ::: there.mdl:2
              |
            2 | fn f(a: int)
              |      ------ declared here
            """);
  }

  @Test
  void hidesControlCharacters() {
    var file = SourceFile.of("a.mdl", "x\u001B[31m\u202Ey");
    var text =
        Renderer.plain().render(Diagnostic.of(Codes.UNKNOWN_CHARACTER, find(file, "y"), "no"));
    assertThat(text)
        .contains("1 | x\uFFFD[31m\uFFFDy\n")
        .doesNotContain("\u001B")
        .doesNotContain("\u202E");
  }

  @Test
  void marksTheEndOfTheFile() {
    var file = SourceFile.of("a.mdl", "fn f(");
    assertThat(
            Renderer.plain()
                .render(Diagnostic.of(Codes.UNEXPECTED_TOKEN, file.whole().after(), "more")))
        .endsWith("1 | fn f(\n  |      ^\n");
    var empty = SourceFile.of("a.mdl", "");
    assertThat(
            Renderer.plain().render(Diagnostic.of(Codes.UNEXPECTED_TOKEN, empty.whole(), "more")))
        .endsWith("1 |\n  | ^\n");
  }

  @Test
  void colours() {
    var file = SourceFile.of("a.mdl", "x = y");
    var diagnostic =
        Diagnostic.of(Codes.UNUSED_NAME, find(file, "x"), "x is never used").label("here");
    var text = Renderer.coloured().render(diagnostic);
    assertThat(text)
        .startsWith("\u001B[1;33mwarning[W0201]\u001B[0m")
        .contains("\u001B[1;33m^\u001B[0m");
    assertThat(text.replaceAll("\u001B\\[[0-9;]*m", ""))
        .isEqualTo(Renderer.plain().render(diagnostic));
  }

  @Test
  void countsAtTheEnd() {
    var file = SourceFile.of("a.mdl", "x y z");
    var sink = new DiagnosticSink();
    assertThat(Renderer.plain().render(sink)).isEmpty();
    sink.report(Diagnostic.of(Codes.UNKNOWN_NAME, find(file, "z"), "no z"));
    sink.report(Diagnostic.of(Codes.UNUSED_NAME, find(file, "x"), "x is never used"));
    sink.report(Diagnostic.of(Codes.UNKNOWN_NAME, find(file, "y"), "no y"));
    sink.report(Diagnostic.of(Codes.UNKNOWN_NAME, find(file, "y"), "no y"));
    assertThat(sink.sorted()).extracting(d -> d.span().text()).containsExactly("x", "y", "z");
    assertThat(Renderer.plain().render(sink)).endsWith("\n2 errors, 1 warning\n");
  }

  private static Span find(SourceFile file, String text) {
    var at = file.text().indexOf(text);
    return file.span(at, at + text.length());
  }
}
