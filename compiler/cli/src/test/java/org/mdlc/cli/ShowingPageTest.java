package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/showing.md shows is what the commands on it print and draw. Times, and the numbers that
 * come from training, are compared by their form only. {@code -Dgolden=update} writes page and
 * pictures.
 */
final class ShowingPageTest {
  private static final Path ROOT = Path.of("../..");
  private static final Path PAGE = ROOT.resolve("docs/showing.md");
  private static final Pattern SHOWN =
      Pattern.compile(
          "```sh\n\\./mdlc (?<command>[^\n]*)\n```\n\n"
              + "(?:```text\n(?<text>.*?)```\n|!\\[[^]]*\\]\\((?<picture>[^)]*)\\)\n)",
          Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void everythingShownIsMadeByItsCommand() throws IOException {
    var page = Files.readString(PAGE);
    var updated = new StringBuilder();
    var matcher = SHOWN.matcher(page);
    int shown = 0;
    while (matcher.find()) {
      shown++;
      var command = matcher.group("command");
      if (matcher.group("text") == null) {
        compare(command, ROOT.resolve("docs").resolve(matcher.group("picture")), picture(command));
        matcher.appendReplacement(updated, "$0");
      } else {
        var text = Screen.of(run(command).out()).text();
        if (!updating()) {
          assertThat(form(matcher.group("text"))).as(command).isEqualTo(form(text));
        }
        matcher.appendReplacement(updated, Matcher.quoteReplacement(with(matcher.group(), text)));
      }
    }
    matcher.appendTail(updated);
    assertThat(shown).isEqualTo(page.split("\n\\./mdlc ", -1).length - 1).isEqualTo(7);
    if (updating()) {
      Files.writeString(PAGE, updated);
    }
  }

  private static String with(String shown, String text) {
    int from = shown.indexOf("```text\n") + "```text\n".length();
    return shown.substring(0, from) + text + "```\n";
  }

  private static void compare(String command, Path file, String made) throws IOException {
    if (updating()) {
      Files.writeString(file, made);
    }
    assertThat(Files.readString(file)).as(command).isEqualTo(made);
  }

  /** What a command draws, or a picture of what it prints in colours. */
  private String picture(String command) throws IOException {
    if (!command.contains(" -o ")) {
      return Screen.svg("./mdlc " + command.replace("--color always ", ""), run(command).out());
    }
    var file = folder.resolve("picture.svg");
    run(command.replaceFirst(" -o .*", " -o " + file));
    return Files.readString(file);
  }

  private static CommandRun run(String command) {
    List<String> words = new ArrayList<>();
    for (var word : Arrays.asList(command.split(" "))) {
      words.add(word.matches("(examples|docs)/.*") ? ROOT.resolve(word).toString() : word);
    }
    var run = CommandRun.in(Map.of("COLUMNS", "80"), false, words.toArray(String[]::new));
    assertThat(run.exitCode()).as(command + "\n" + run.err()).isZero();
    return run;
  }

  /** Without what differs from machine to machine and from run to run. */
  private static String form(String text) {
    return text.replaceAll("\\d+(us|ms|s)\\b", "T$1")
        .replaceAll("T(us|ms)/step", "T/step")
        .replaceAll("\\d\\.\\d{4}(e-\\d\\d)?", "N");
  }

  private static boolean updating() {
    return "update".equals(System.getProperty("golden"));
  }
}
