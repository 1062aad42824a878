package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/commands.md shows is what the commands print: help, and JSON. {@code -Dgolden=update}
 * writes it.
 */
final class CommandsPageTest {
  private static final Path PAGE = Path.of("../../docs/commands.md");
  private static final Pattern HELP =
      Pattern.compile("(<!-- help: written by CommandsPageTest -->\n).*", Pattern.DOTALL);
  private static final Pattern SAMPLE =
      Pattern.compile("```json (?<command>\\w+)\n(?<json>.*?)```\n", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z]+) {2,}");
  private static final int CHECKS_SHOWN = 2;

  @TempDir private Path folder;

  @Test
  void helpIsThatOfTheCommands() throws IOException {
    var expected =
        HELP.matcher(Files.readString(PAGE))
            .replaceFirst(found -> Matcher.quoteReplacement(found.group(1) + helps()));
    compare(expected);
  }

  @Test
  void everyHelpFitsATerminalAndEndsWithExamples() {
    for (var command : commands()) {
      var help = help(command);
      assertThat(help.lines()).as(command).allMatch(line -> line.length() <= 80);
      assertThat(help).contains("\nExamples:\n  ", "mdlc " + command);
    }
  }

  /** But for what differs from machine to machine. */
  @Test
  void samplesOfJsonAreWhatIsPrinted() throws IOException {
    var page = Files.readString(PAGE);
    var expected = new StringBuilder();
    var matcher = SAMPLE.matcher(page);
    int samples = 0;
    while (matcher.find()) {
      samples++;
      var printed = sample(matcher.group("command"));
      boolean same = form(matcher.group("json")).equals(form(printed));
      matcher.appendReplacement(
          expected,
          Matcher.quoteReplacement(
              same
                  ? matcher.group()
                  : "```json " + matcher.group("command") + "\n" + printed + "```\n"));
    }
    matcher.appendTail(expected);
    assertThat(samples).isEqualTo(5);
    compare(expected.toString());
  }

  private static void compare(String expected) throws IOException {
    if ("update".equals(System.getProperty("golden"))) {
      Files.writeString(PAGE, expected);
    }
    assertThat(PAGE).as("-Dgolden=update writes it").content().isEqualTo(expected);
  }

  private static String helps() {
    var text = new StringBuilder(section("mdlc", CommandRun.of("--help").out()));
    commands().forEach(command -> text.append(section("mdlc " + command, help(command))));
    return text.toString();
  }

  private static String section(String title, String help) {
    return "\n### " + title + "\n\n```text\n" + help + "```\n";
  }

  private static String help(String command) {
    var run = CommandRun.of(command, "--help");
    assertThat(run.exitCode()).isZero();
    return run.out();
  }

  private static Iterable<String> commands() {
    var help = CommandRun.of("--help").out();
    return COMMAND
        .matcher(help.substring(help.indexOf("Commands:\n")))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private String sample(String command) throws IOException {
    var tiny = Tiny.in(folder);
    var run =
        switch (command) {
          case "check" ->
              CommandRun.of(
                  "check",
                  "--json",
                  tiny.write(
                      "model.mdl",
                      "model M {\n  input x: f32[4]\n  output y = x |> Danse(2)\n}\n"));
          case "summary" ->
              CommandRun.of(
                  "summary",
                  "--json",
                  tiny.write(
                      "model.mdl",
                      "model M {\n  input x: i32[T]\n  output y = x |> Embedding(9, 2)\n}\n"));
          case "evaluate" -> {
            var weights = tiny.path("w.safetensors");
            CommandRun.of("train", tiny.model(), "--verbose", "0", "--save", weights);
            yield CommandRun.of(
                "evaluate", tiny.model(), "--json", "--verbose", "0", "--weights", weights);
          }
          case "explain" -> CommandRun.of("explain", "--json", "E0101");
          case "doctor" -> CommandRun.of("doctor", "--json");
          default -> throw new IllegalArgumentException(command);
        };
    assertThat(run.err()).isEmpty();
    return shown(run.out())
        .replace(folder.toString().replace('\\', '/') + "/", "")
        .replace(System.getProperty("java.home"), "/opt/jdk-25")
        .replace(Version.number(), "0.1.0");
  }

  /** With the first of many checks only. */
  private static String shown(String printed) {
    var json = JsonParser.parseString(printed).getAsJsonObject();
    if (json.get("result").isJsonObject() && json.getAsJsonObject("result").has("checks")) {
      var all = new ArrayList<>(json.getAsJsonObject("result").getAsJsonArray("checks").asList());
      var first = new JsonArray();
      all.subList(0, CHECKS_SHOWN).forEach(first::add);
      json.getAsJsonObject("result").add("checks", first);
    }
    return JsonReport.text(json) + "\n";
  }

  private static String form(String json) {
    return json.replaceAll("\"mdlc\": \".*\"", "VERSION")
        .replaceAll("\"(verdict|value|advice)\": \".*\"", "$1")
        .replaceAll("-?\\d\\.\\d{5,}(E-?\\d+)?", "N");
  }
}
