package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every command line of mdlc in the README and the documentation is one: its command and options
 * are there. Those that stand before their output are run, by {@link ShowingPageTest} and others.
 */
final class CommandLinesTest {
  private static final Path ROOT = Path.of("../..");

  /** In a block of its own or between backticks; {@code mdlc train} alone names the command. */
  private static final Pattern LINE =
      Pattern.compile("(?m)(?:^|`|\\()(?:\\.\\./|\\./|bin/)?mdlc (?<words>[a-z-][^`\\n)|#]*)");

  /** README lines of a training, without what differs from run to run. */
  private static final Pattern SHOWN =
      Pattern.compile("```text\\n…\\n(?<text>Epoch 8/8.*?)```", Pattern.DOTALL);

  @TestFactory
  Stream<DynamicTest> areUnderstood() throws IOException {
    try (var docs = Files.list(ROOT.resolve("docs"))) {
      var pages = docs.filter(file -> file.toString().endsWith(".md")).sorted().toList();
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), pages.stream())
          .flatMap(CommandLinesTest::lines)
          .distinct()
          .toList()
          .stream()
          .map(line -> dynamicTest("mdlc " + line, () -> understand(line)));
    }
  }

  private static Stream<String> lines(Path page) {
    try {
      return LINE
          .matcher(Files.readString(page))
          .results()
          .map(m -> m.group("words").strip())
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void understand(String line) {
    var words = List.of(line.split(" +"));
    var options = words.stream().filter(word -> word.matches("--?[a-z].*")).toList();
    var commands = words.getFirst().startsWith("-") ? List.<String>of() : List.of(words.getFirst());
    var help =
        CommandRun.of(Stream.concat(commands.stream(), Stream.of("--help")).toArray(String[]::new));
    assertThat(help.exitCode()).as(help.err()).isZero();
    assertThat(options)
        .allSatisfy(
            option ->
                assertThat(help.out())
                    .containsPattern(
                        "(?m)(^|[ ,\\[])" + Pattern.quote(option.replaceFirst("=.*", "")) + "\\b"));
  }

  /** The first thing that a reader tries ends as the README says. */
  @Test
  void theReadmeTrains() throws IOException {
    var shown = SHOWN.matcher(Files.readString(ROOT.resolve("README.md")));
    assertThat(shown.find()).isTrue();
    var run =
        CommandRun.of(
            "train", ROOT.resolve("examples/digits/digits.mdl").toString(), "--verbose", "1");
    assertThat(run.exitCode()).as(run.err()).isZero();
    var printed = Screen.of(run.out()).text();
    assertThat(form(printed.substring(printed.indexOf("Epoch 8/8"))))
        .isEqualTo(form(shown.group("text")));
  }

  private static String form(String text) {
    return text.replaceAll("━ .* - accuracy", "━ … - accuracy").replaceAll("\\d\\.\\d{4}", "N");
  }
}
