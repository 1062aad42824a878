package org.mdlc.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;

/**
 * Spoils good files at random: whatever comes out, there are diagnostics and never an exception.
 */
final class ParserFuzzTest {
  private static final int MUTANTS = 5_000;

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "(",
          ")",
          "[",
          "]",
          ",",
          ":",
          "=",
          "==",
          "<-",
          "->",
          "|>",
          "..",
          "...",
          "+",
          "-",
          "*",
          "**",
          "\"",
          "'",
          "\\",
          "/*",
          "//",
          "#",
          "\n",
          " ",
          "if ",
          "else ",
          "let ",
          "param ",
          "state ",
          "fn ",
          "layer ",
          "model ",
          "train ",
          "loss ",
          "scan ",
          "over ",
          "with ",
          "not ",
          "and ",
          "none",
          "0x",
          "1e9",
          ".5",
          "3.",
          "x",
          "_",
          "\u00e9",
          "\u0000",
          "\uD83D",
          "\uDE00",
          "\uFFFD",
          "\u202E",
          "\t",
          "\r",
          "@",
          "^",
          "&&",
          "!",
          "training ",
          "True",
          "def ",
          "elif ",
          "freeze a.* ",
          "repeat 3 as i {",
          "\"{x}\"",
          "require x, \"{");

  @Test
  void neverThrows() {
    var seed = Long.getLong("fuzz.seed", System.nanoTime());
    var random = new Random(seed);
    var corpus = corpus();
    for (int i = 0; i < MUTANTS; i++) {
      var mutant = mutate(corpus.get(random.nextInt(corpus.size())), corpus, random);
      check(mutant, "seed " + seed + ", mutant " + i + " (repeat with -Dfuzz.seed=" + seed + ")");
    }
  }

  private static void check(String mutant, String which) {
    var sink = new DiagnosticSink();
    try {
      var file = Parser.parse(SourceFile.of("mutant.mdl", mutant), sink);
      assertThat(!sink.hasErrors() && hasHole(file))
          .as("hole without an error: %s\n%s", which, mutant)
          .isFalse();
      assertThat(Renderer.plain().render(sink)).isNotNull();
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(which + ":\n" + mutant, e);
    }
  }

  private static boolean hasHole(Ast.File file) {
    return TreeText.of(file).contains("ErrorExpr");
  }

  private static List<String> corpus() {
    var corpus = new ArrayList<String>();
    for (var folder : List.of("design", "tree", "errors")) {
      SyntaxFiles.in(folder).forEach(f -> corpus.add(SyntaxFiles.text(f)));
    }
    SyntaxFiles.examples(Path.of("../../docs/language.md")).forEach(e -> corpus.add(e.text()));
    return corpus;
  }

  private static String mutate(String text, List<String> corpus, Random random) {
    var mutant = new StringBuilder(text);
    for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
      edit(mutant, corpus, random);
    }
    return mutant.toString();
  }

  private static void edit(StringBuilder mutant, List<String> corpus, Random random) {
    int at = random.nextInt(mutant.length() + 1);
    int end = Math.min(mutant.length(), at + 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 5));
    switch (random.nextInt(6)) {
      case 0, 1 -> mutant.insert(at, PIECES.get(random.nextInt(PIECES.size())));
      case 2, 3 -> mutant.delete(at, end);
      case 4 -> mutant.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
      default -> mutant.insert(at, stretch(corpus.get(random.nextInt(corpus.size())), random));
    }
  }

  private static String stretch(String text, Random random) {
    int from = random.nextInt(text.length());
    return text.substring(from, Math.min(text.length(), from + random.nextInt(60)));
  }
}
