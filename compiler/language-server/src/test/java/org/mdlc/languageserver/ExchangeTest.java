package org.mdlc.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole session with a server in a process of its own: a model is opened, broken, asked about,
 * mended and closed. What the server says is {@code exchange.golden}; {@code -Dgolden=update}
 * writes it.
 */
final class ExchangeTest {
  private static final Path GOLDEN = Path.of("src/test/resources/exchange.golden");

  private static final String MODEL =
      """
      /// Reads a digit.
      model Digits {
        input image: f32[8, 8, 1]
        let features = image |> Conv2D(16, 3, padding = same, activation = relu) |> Flatten()
        output digit = features |> Dense(10)
      }

      train Digits {
        data csv("digits.csv") { image = columns("p00".."p77") / 16, digit = label }
        loss digit: SparseCategoricalCrossentropy(from_logits = true)
        optimizer Adam(learning_rate = 1e-3)
        batch 32  epochs 8
      }
      """;

  @TempDir private Path folder;
  private final StringBuilder said = new StringBuilder();

  @Test
  void aSession() throws IOException, InterruptedException {
    var uri = folder.resolve("digits.mdl").toUri().toString();
    var server = Editor.start(folder.resolve("cache"));
    try (var editor = Editor.of(server)) {
      note("initialize", editor.initialize(ProcessHandle.current().pid()));

      editor.open(uri, 1, MODEL);
      note("problems of the model as it is", editor.problems(uri, 1));

      var broken = MODEL.replace("|> Flatten()", "|> Flaten()");
      editor.change(uri, 2, broken);
      var problems = editor.problems(uri, 2);
      note("problems with a layer that does not exist", problems);
      var range = problems.get(0).getAsJsonObject().getAsJsonObject("range");
      var fixes = editor.result("textDocument/codeAction", Editor.actions(uri, range));
      note("actions there", fixes);
      var edit = edit(fixes, uri);
      var mended = replaced(broken, edit);
      assertThat(mended).isEqualTo(MODEL);
      editor.change(uri, 3, mended);
      note("problems after the action", editor.problems(uri, 3));

      note(
          "hover over features",
          editor.result("textDocument/hover", Editor.place(uri, MODEL, "features |>", 2)));
      note(
          "hover over Conv2D",
          editor.result("textDocument/hover", Editor.place(uri, MODEL, "Conv2D", 2)));
      note(
          "hover over padding",
          editor.result("textDocument/hover", Editor.place(uri, MODEL, "padding", 2)));

      var typing = MODEL.replace("padding = same, activation = relu", "padding = ");
      editor.change(uri, 4, typing);
      note(
          "completion after `padding = `",
          editor.result("textDocument/completion", Editor.place(uri, typing, "padding = ", 10)));
      note(
          "signature there",
          editor.result("textDocument/signatureHelp", Editor.place(uri, typing, "padding = ", 10)));
      var piping = MODEL.replace("|> Dense(10)", "|> Den");
      editor.change(uri, 5, piping);
      var layers =
          editor.result("textDocument/completion", Editor.place(uri, piping, "|> Den\n", 6));
      note("completion after `|> Den`: Dense", item(layers, "Dense"));
      editor.change(uri, 6, MODEL);

      note(
          "definition of features",
          editor.result("textDocument/definition", Editor.place(uri, MODEL, "features |>", 2)));
      var inLibrary =
          editor.result("textDocument/definition", Editor.place(uri, MODEL, "Dense", 2));
      note("file of the definition of Dense", leadsTo(inLibrary, "Dense"));

      var untidy = MODEL.replace("input image: f32[8, 8, 1]", "input   image:f32[8,8,1]");
      editor.change(uri, 7, untidy);
      var layout = editor.result("textDocument/formatting", Editor.formatting(uri));
      assertThat(replaced(untidy, layout.getAsJsonArray().get(0).getAsJsonObject()))
          .isEqualTo(MODEL);
      note("formatting of an untidy line", layout);
      editor.change(uri, 8, broken.replace("Dense(10)", "Dense("));
      note(
          "formatting of a text that cannot be read",
          editor.result("textDocument/formatting", Editor.formatting(uri)));
      editor.change(uri, 9, MODEL);

      note("symbols", editor.result("textDocument/documentSymbol", Editor.document(uri)));
      note("shutdown", editor.result("shutdown", JsonNull.INSTANCE));
      editor.tell("exit", JsonNull.INSTANCE);
      assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isZero();
    } finally {
      server.destroyForcibly();
    }
    compare();
  }

  /** The place in the copy of the library holds the name; returns the file. */
  private static JsonElement leadsTo(JsonElement locations, String name) throws IOException {
    var location = locations.getAsJsonArray().get(0).getAsJsonObject();
    var file = Path.of(URI.create(location.get("uri").getAsString()));
    var start = location.getAsJsonObject("range").getAsJsonObject("start");
    var line = Files.readAllLines(file).get(start.get("line").getAsInt());
    assertThat(line.substring(start.get("character").getAsInt())).startsWith(name);
    assertThat(Files.isWritable(file) && !isRoot()).isFalse();
    return location.get("uri");
  }

  /** To whom every file is writable. */
  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static JsonObject edit(JsonElement fixes, String uri) {
    return fixes
        .getAsJsonArray()
        .get(0)
        .getAsJsonObject()
        .getAsJsonObject("edit")
        .getAsJsonObject("changes")
        .getAsJsonArray(uri)
        .get(0)
        .getAsJsonObject();
  }

  private static String replaced(String text, JsonObject edit) {
    var range = edit.getAsJsonObject("range");
    int from = offset(text, range.getAsJsonObject("start"));
    int to = offset(text, range.getAsJsonObject("end"));
    return text.substring(0, from) + edit.get("newText").getAsString() + text.substring(to);
  }

  private static int offset(String text, JsonObject position) {
    int start = 0;
    for (int i = 0; i < position.get("line").getAsInt(); i++) {
      start = text.indexOf('\n', start) + 1;
    }
    return start + position.get("character").getAsInt();
  }

  private static JsonElement item(JsonElement items, String label) {
    return items.getAsJsonArray().asList().stream()
        .filter(i -> i.getAsJsonObject().get("label").getAsString().equals(label))
        .findFirst()
        .orElseThrow();
  }

  private void note(String what, JsonElement answer) {
    var json = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(answer);
    said.append("== ").append(what).append('\n').append(json).append("\n\n");
  }

  private void compare() throws IOException {
    var text = said.toString().replace(folder.toUri().toString(), "file:///folder/");
    if ("update".equals(System.getProperty("golden"))) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, text);
    }
    assertThat(GOLDEN).content().isEqualTo(text);
  }
}
