package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.source.SourceFile;

/**
 * Good models with words and letters lost, doubled and swapped: the compiler may find fault with
 * them, and may not fail itself. Every message is rendered, since a place outside of the text would
 * show only there.
 */
class MutantsTest {
  private static final int MUTANTS = Integer.getInteger("mdlc.mutants", 10_000);
  private static final long SEED = Long.getLong("mdlc.seed", 20_261_120L);
  private static final Pattern EXAMPLE = Pattern.compile("```mdl\n(.*?)```", Pattern.DOTALL);

  /** Networks of hundreds of layers take long to bind and say nothing new. */
  private static final int LARGEST = 1_200;

  private static final List<String> WORDS =
      List.of(
          "0", "-1", "none", "x", "\"s\"", "[]", "1e9", "true", "T", "99", "{", ")", "..", "|>",
          "<-");

  @Test
  void noMutantMakesTheCompilerFail() throws IOException {
    System.out.println("mutants: seed " + SEED);
    var corpus = corpus();
    var random = new Random(SEED);
    var renderer = Renderer.plain();
    int faults = 0;
    for (int i = 0; i < MUTANTS; i++) {
      var mutant = mutate(corpus.get(i % corpus.size()), random);
      try {
        var problems = Compiler.check(CompileRequest.of(SourceFile.of("mutant.mdl", mutant)));
        renderer.render(problems);
        faults += problems.hasErrors() ? 1 : 0;
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + SEED + ", mutant " + i + ":\n" + mutant, e);
      }
    }
    assertThat(faults).as("mutants that the compiler refuses").isGreaterThan(MUTANTS / 3);
  }

  private static List<String> corpus() throws IOException {
    var corpus = new ArrayList<String>();
    var page = Files.readString(Path.of("../../docs/language.md"));
    EXAMPLE.matcher(page).results().forEach(m -> corpus.add(m.group(1)));
    corpus.add(Files.readString(Path.of("../digits/digits.mdl")));
    try (var models = Files.list(Path.of("models"))) {
      for (var model : models.sorted().toList()) {
        corpus.add(Files.readString(model));
      }
    }
    corpus.removeIf(text -> text.length() > LARGEST);
    assertThat(corpus).hasSizeGreaterThan(10);
    return corpus;
  }

  private static String mutate(String text, Random random) {
    var words = new ArrayList<>(List.of(text.split("(?<=\\W)|(?=\\W)", -1)));
    for (int k = random.nextInt(1, 4); k > 0; k--) {
      int at = random.nextInt(words.size());
      int other = random.nextInt(words.size());
      switch (random.nextInt(5)) {
        case 0 -> words.remove(at);
        case 1 -> words.add(at, words.get(other));
        case 2 -> Collections.swap(words, at, other);
        case 3 -> words.set(at, words.get(other));
        default -> words.set(at, WORDS.get(random.nextInt(WORDS.size())));
      }
    }
    return String.join("", words);
  }
}
