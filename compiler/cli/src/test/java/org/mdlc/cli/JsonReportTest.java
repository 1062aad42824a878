package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JsonReportTest {
  private static final List<String> DIAGNOSTIC =
      List.of("severity", "code", "message", "place", "label", "labels", "notes", "helps");

  @TempDir private Path folder;

  @Test
  void aMistakeHasItsPlaceItsCausesAndAnEditThatMends() throws IOException {
    var source = "model M {\n  input x: f32[4]\n  output y = x |> Danse(2)\n}\n";
    var file = Tiny.in(folder).write("m.mdl", source);
    var report = report(1, "check", file, "--json");
    var mistake = diagnostics(report).get(0).getAsJsonObject();
    assertThat(mistake.get("code").getAsString()).isEqualTo("E0201");
    assertThat(mistake.getAsJsonObject("place").get("line").getAsInt()).isEqualTo(3);
    var help = mistake.getAsJsonArray("helps").get(0).getAsJsonObject();
    var place = help.getAsJsonObject("place");
    var mended =
        source.substring(0, place.get("start").getAsInt())
            + help.get("replacement").getAsString()
            + source.substring(place.get("end").getAsInt());
    assertThat(mended).isEqualTo(source.replace("Danse", "Dense"));
    Tiny.in(folder).write("m.mdl", mended);
    assertThat(diagnostics(report(0, "check", file, "--json"))).isEmpty();
  }

  @Test
  void aDiagnosticHasAllKeysInOrderWhateverItIsAbout() throws IOException {
    var tiny = Tiny.in(folder);
    var bad = tiny.write("m.mdl", "model M { input x: f32[4]  output y = x + [1, 2] }\n");
    for (var report :
        List.of(
            report(1, "check", bad, "--json"),
            report(1, "summary", bad, "--json"),
            report(1, "check", tiny.path("missing.mdl"), "--json"),
            report(0, "evaluate", tiny.model(), "--json"),
            report(1, "explain", "E9999", "--json"),
            report(2, "check", "--json"),
            report(2, "summary", tiny.model(), "--jsn", "--json"))) {
      assertThat(report.keySet())
          .containsExactly("format", "mdlc", "exitCode", "diagnostics", "result");
      assertThat(diagnostics(report)).isNotEmpty();
      for (var diagnostic : diagnostics(report)) {
        assertThat(diagnostic.getAsJsonObject().keySet()).containsExactlyElementsOf(DIAGNOSTIC);
      }
    }
  }

  @Test
  void aSentenceWithoutAPlaceIsADiagnosticToo() {
    var missing = folder.resolve("missing.mdl").toString();
    var report = report(1, "check", missing, "--json");
    var sentence = diagnostics(report).get(0).getAsJsonObject();
    assertThat(sentence.get("message").getAsString()).isEqualTo(missing + ": no such file");
    assertThat(sentence.get("severity").getAsString()).isEqualTo("error");
    assertThat(sentence.get("place").isJsonNull()).isTrue();
    assertThat(report.get("result").isJsonNull()).isTrue();
  }

  @Test
  void wrongUsageComesWithItsAdvice() {
    var report = report(2, "check", "--sett", "a=1", "x.mdl", "--json");
    var usage = diagnostics(report).get(0).getAsJsonObject();
    assertThat(usage.get("message").getAsString()).contains("unknown option: '--sett'");
    assertThat(usage.getAsJsonArray("notes").get(0).getAsString()).isEqualTo("did you mean --set?");
  }

  @Test
  void whatIsForPeopleGoesToTheErrorStream() throws IOException {
    var run =
        CommandRun.of("summary", Tiny.in(folder).model(), "--json", "--dump-after", "Simplify");
    assertThat(run.err()).contains("// predict after Simplify\n");
    assertThat(JsonParser.parseString(run.out()).isJsonObject()).isTrue();
  }

  @Test
  void helpStaysHelp() {
    assertThat(CommandRun.of("check", "--json", "--help").out()).startsWith("Usage: mdlc check");
  }

  @Test
  void countsEveryFile() throws IOException {
    var tiny = Tiny.in(folder);
    var bad = tiny.write("bad.mdl", "model M { input x: f32[4]  output y = z }\n");
    var files = report(1, "check", tiny.model(), bad, "--json").getAsJsonArray("result");
    var errors = new ArrayList<Integer>();
    files.forEach(file -> errors.add(file.getAsJsonObject().get("errors").getAsInt()));
    assertThat(errors).containsExactly(0, 1);
  }

  @Test
  void metricsHaveAllTheirDigits() throws IOException {
    var tiny = Tiny.in(folder);
    var weights = tiny.path("w.safetensors");
    CommandRun.of("train", tiny.model(), "--verbose", "0", "--save", weights);
    var result =
        report(0, "evaluate", tiny.model(), "--json", "--verbose", "0", "--weights", weights)
            .getAsJsonObject("result");
    var loss = result.getAsJsonObject("metrics").get("loss").getAsString();
    assertThat(loss).matches("0\\.\\d{8,}");
    var shown = CommandRun.of("evaluate", tiny.model(), "--verbose", "0", "--weights", weights);
    assertThat(shown.out()).contains("loss: " + String.format(Locale.ROOT, "%.4f", Double.parseDouble(loss)));
  }

  @Test
  void whatIsNoNumberIsNull() {
    assertThat(JsonReport.text(JsonReport.finite(Double.NaN))).isEqualTo("null");
    assertThat(JsonReport.text(JsonReport.finite(0.1))).isEqualTo("0.1");
  }

  @Test
  void aSummaryCountsWhatTheTableCounts() throws IOException {
    var result = report(0, "summary", Tiny.in(folder).model(), "--json").getAsJsonObject("result");
    assertThat(result.getAsJsonObject("parameters").get("trainable").getAsInt()).isEqualTo(22);
    var last = result.getAsJsonArray("layers").asList().getLast().getAsJsonObject();
    assertThat(last.get("kind").getAsString()).isEqualTo("Dense");
    assertThat(last.get("parameters").getAsInt()).isEqualTo(10);
    assertThat(result.getAsJsonObject("needs").get("batch").getAsInt()).isEqualTo(16);
  }

  @Test
  void everyCodeIsExplained() {
    var all = report(0, "explain", "--json").getAsJsonArray("result");
    var codes = CommandRun.of("explain").out().lines().count();
    assertThat(all.size()).isEqualTo((int) codes);
  }

  private static JsonArray diagnostics(JsonObject report) {
    return report.getAsJsonArray("diagnostics");
  }

  private static JsonObject report(int exitCode, String... words) {
    var run = CommandRun.in(Map.of(), true, words);
    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
    var report = JsonParser.parseString(run.out()).getAsJsonObject();
    assertThat(report.get("exitCode").getAsInt()).isEqualTo(exitCode);
    return report;
  }
}
