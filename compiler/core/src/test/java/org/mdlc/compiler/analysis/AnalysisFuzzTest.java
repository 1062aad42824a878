package org.mdlc.compiler.analysis;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.driver.SourceTexts;
import org.mdlc.compiler.source.SourceFile;

/** Whatever a text looks like while it is typed, every question has an answer. */
final class AnalysisFuzzTest {
  private static final long SEED = 20_260_101;
  private static final int PLACES = 12;

  private static List<Path> texts() throws IOException {
    try (var diag = Files.list(Path.of("src/test/resources/diag"));
        var mistakes = Files.list(Path.of("src/test/resources/mistakes"));
        var examples = Files.walk(Path.of("../../examples"), 2)) {
      return Stream.of(diag, mistakes, examples)
          .flatMap(files -> files.filter(f -> f.toString().endsWith(".mdl")).sorted())
          .toList();
    }
  }

  @Test
  void cutAndMutilatedTextsHaveAnswers() throws IOException {
    var random = new Random(SEED);
    for (var file : texts()) {
      var text = Files.readString(file);
      ask(file, text, random);
      ask(file, text.substring(0, random.nextInt(text.length() + 1)), random);
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + 1 + random.nextInt(12));
      ask(file, text.substring(0, from) + text.substring(to), random);
    }
  }

  private static void ask(Path file, String text, Random random) {
    assertThatCode(
            () -> {
              var source = SourceFile.of(file.toAbsolutePath().toString(), text);
              var analysis = Analysis.of(source, SourceTexts.OF_DISK);
              analysis.symbols();
              for (int i = 0; i < PLACES; i++) {
                int at = random.nextInt(text.length() + 1);
                analysis.hover(at);
                analysis.definition(at);
                analysis.call(at);
                analysis.completions(at);
              }
            })
        .as("%s, seed %s:%n%s", file, SEED, text)
        .doesNotThrowAnyException();
  }
}
