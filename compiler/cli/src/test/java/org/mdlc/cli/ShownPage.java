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

/**
 * A page of docs on which a command stands before what it prints or draws. Times, and the numbers
 * that come from training, are compared by their form only. {@code -Dgolden=update} writes page and
 * pictures, except screenshots (.png).
 *
 * @param file the page
 * @param columns of the terminal
 * @param folder for what commands write
 */
record ShownPage(Path file, int columns, Path folder) {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern SHOWN =
      Pattern.compile(
          "```sh\n\\./mdlc (?<command>[^\n]*)\n```\n\n"
              + "(?:```text\n(?<text>.*?)```\n|!\\[[^]]*\\]\\((?<picture>[^)]*)\\)\n)",
          Pattern.DOTALL);

  /** A screenshot is looked at by people; what it weighs is looked at here. */
  private static final long LARGEST_SCREENSHOT = 200_000;

  static ShownPage of(String name, int columns, Path folder) {
    return new ShownPage(ROOT.resolve("docs").resolve(name), columns, folder);
  }

  /** Makes everything on the page again, and compares. */
  void check(int commands) throws IOException {
    var page = Files.readString(file);
    var updated = new StringBuilder();
    var matcher = SHOWN.matcher(page);
    int shown = 0;
    while (matcher.find()) {
      shown++;
      var command = matcher.group("command");
      if (matcher.group("text") == null) {
        picture(command, file.resolveSibling(matcher.group("picture")));
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
    assertThat(shown).isEqualTo(page.split("\n\\./mdlc ", -1).length - 1).isEqualTo(commands);
    if (updating()) {
      Files.writeString(file, updated);
    }
  }

  private static String with(String shown, String text) {
    int from = shown.indexOf("```text\n") + "```text\n".length();
    return shown.substring(0, from) + text + "```\n";
  }

  private void picture(String command, Path picture) throws IOException {
    var made = drawn(command);
    if (picture.toString().endsWith(".png")) {
      assertThat(made).as(command).isNotEmpty();
      assertThat(picture).isNotEmptyFile();
      assertThat(Files.size(picture)).as("bytes of " + picture).isLessThan(LARGEST_SCREENSHOT);
      return;
    }
    if (updating()) {
      Files.writeString(picture, made);
    }
    assertThat(Files.readString(picture)).as(command).isEqualTo(made);
  }

  /** What a command draws, or a picture of what it prints in colours. */
  private String drawn(String command) throws IOException {
    var output = Pattern.compile(" (-o|--html) (?<name>\\S+)").matcher(command);
    if (!output.find()) {
      return Screen.svg("./mdlc " + command.replace("--color always ", ""), run(command).out());
    }
    var name = Path.of(output.group("name")).getFileName();
    var made = folder.resolve("made-" + name);
    run(command.replace(output.group("name"), made.toString()));
    return Files.readString(made);
  }

  private CommandRun run(String command) {
    List<String> words = new ArrayList<>();
    for (var word : Arrays.asList(command.split(" "))) {
      words.add(word.matches("(examples|docs)/.*") ? ROOT.resolve(word).toString() : word);
    }
    var environment = Map.of("COLUMNS", Integer.toString(columns));
    var run = CommandRun.in(environment, false, words.toArray(String[]::new));
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
