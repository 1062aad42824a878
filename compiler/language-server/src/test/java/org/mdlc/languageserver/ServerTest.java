package org.mdlc.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.compiler.analysis.Analysis;

/** What an editor may do that is not in the book, and texts that are not plain. */
final class ServerTest {
  private static final int PIPE_BYTES = 1 << 20;

  @TempDir private Path folder;
  private Editor editor;
  private CompletableFuture<Integer> ended;

  private void serve(OpenFiles.Analyst analyst) throws IOException {
    var toServer = new PipedInputStream(PIPE_BYTES);
    var toEditor = new PipedInputStream(PIPE_BYTES);
    var out = new PipedOutputStream(toEditor);
    editor = new Editor(toEditor, new PipedOutputStream(toServer));
    var pages = new CachedPages(folder.resolve("cache"));
    ended =
        CompletableFuture.supplyAsync(
            () -> Session.run(toServer, out, new OpenFiles(analyst), pages));
    editor.initialize(ProcessHandle.current().pid());
  }

  @AfterEach
  void hangUp() throws IOException {
    if (editor != null) {
      editor.close();
    }
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  private static String message(JsonArray problems, int index) {
    return problems.get(index).getAsJsonObject().get("message").getAsString();
  }

  private static JsonObject start(JsonArray problems) {
    return problems.get(0).getAsJsonObject().getAsJsonObject("range").getAsJsonObject("start");
  }

  // ---- strange questions

  @Test
  void aFileThatIsNotOpenHasNoAnswers() throws IOException {
    serve(Analysis::of);
    var unknown = Editor.place(uri("unknown.mdl"), 3, 3);
    assertThat(editor.result("textDocument/hover", unknown)).isEqualTo(JsonNull.INSTANCE);
    assertThat(editor.result("textDocument/completion", unknown).getAsJsonArray()).isEmpty();
    assertThat(editor.result("textDocument/definition", unknown).getAsJsonArray()).isEmpty();
    assertThat(editor.result("textDocument/documentSymbol", unknown).getAsJsonArray()).isEmpty();
  }

  @Test
  void aPlaceBeyondTheTextIsItsEnd() throws IOException {
    serve(Analysis::of);
    editor.open(uri("a.mdl"), 1, "model M { input x: f32[4]  output y = x }\n");
    for (var place :
        new JsonObject[] {
          Editor.place(uri("a.mdl"), 0, 4_000),
          Editor.place(uri("a.mdl"), 4_000, 0),
          Editor.place(uri("a.mdl"), Integer.MAX_VALUE, Integer.MAX_VALUE)
        }) {
      assertThat(editor.ask("textDocument/hover", place).has("error")).isFalse();
      assertThat(Editor.labels(editor.result("textDocument/completion", place))).contains("model");
    }
  }

  @Test
  void anUnknownMethodIsAnErrorAndBrokenJsonIsPassedOver() throws IOException {
    serve(Analysis::of);
    assertThat(editor.ask("no/such/method", new JsonObject()).has("error")).isTrue();
    editor.write("{\"jsonrpc\": \"2.0\", \"id\": 99, \"method\": ");
    editor.open(uri("a.mdl"), 1, "model M { input x: f32[4]  output y = x }");
    assertThat(editor.problems(uri("a.mdl"), 1)).isEmpty();
  }

  @Test
  void anAddressOfNoFileIsAFileOfItsOwn() throws IOException {
    serve(Analysis::of);
    editor.open("untitled:Untitled-1", 1, "import \"a.mdl\"");
    assertThat(message(editor.problems("untitled:Untitled-1", 1), 0)).contains("no file");
  }

  // ---- letters and lines

  @Test
  void columnsCountUtf16Units() throws IOException {
    serve(Analysis::of);
    var text = "model M { /* \uD83D\uDE00 */ input x: f32[4]  output y = z }";
    editor.open(uri("a.mdl"), 1, text);
    var place = start(editor.problems(uri("a.mdl"), 1));
    assertThat(place.get("character").getAsInt()).isEqualTo(text.indexOf("z }"));
    var hover =
        editor.result("textDocument/hover", Editor.place(uri("a.mdl"), 0, text.indexOf("x:")));
    assertThat(hover.toString()).contains("f32[batch, 4]");
  }

  @Test
  void linesMayEndInAnyWay() throws IOException {
    serve(Analysis::of);
    int version = 0;
    for (var end : new String[] {"\n", "\r\n", "\r"}) {
      var text = "model M {" + end + "  input x: f32[4]" + end + "  output y = z" + end + "}" + end;
      editor.open(uri("a.mdl"), ++version, text);
      var place = start(editor.problems(uri("a.mdl"), version));
      assertThat(place.get("line").getAsInt()).isEqualTo(2);
      assertThat(place.get("character").getAsInt()).isEqualTo(13);
      var hover = editor.result("textDocument/hover", Editor.place(uri("a.mdl"), 1, 8));
      assertThat(hover.toString()).contains("f32[batch, 4]");
    }
  }

  // ---- several files

  @Test
  void importsAreReadAsTheyStandInTheEditor() throws IOException {
    serve(Analysis::of);
    Files.writeString(folder.resolve("parts.mdl"), "block old()(x) = x");
    var text = "import \"parts.mdl\"\nmodel M { input x: f32[4]  output y = x |> twice() }";
    editor.open(uri("main.mdl"), 1, text);
    assertThat(message(editor.problems(uri("main.mdl"), 1), 0)).contains("twice");
    editor.open(uri("parts.mdl"), 1, "block twice()(x) = x + x");
    assertThat(editor.problems(uri("parts.mdl"), 1)).isEmpty();
    assertThat(editor.problems(uri("main.mdl"), 1)).isEmpty();
    var definition =
        editor.result("textDocument/definition", Editor.place(uri("main.mdl"), text, "twice()", 2));
    assertThat(definition.toString()).contains(uri("parts.mdl"));
    editor.tell("textDocument/didClose", Editor.document(uri("parts.mdl")));
    assertThat(message(editor.problems(uri("main.mdl"), 1), 0)).contains("twice");
    Files.writeString(folder.resolve("parts.mdl"), "block twice()(x) = x + x");
    editor.tell("workspace/didChangeWatchedFiles", Editor.with("changes", new JsonArray()));
    assertThat(editor.problems(uri("main.mdl"), 1)).isEmpty();
  }

  @Test
  void aMistakeInAnImportStandsAtTheImport() throws IOException {
    serve(Analysis::of);
    Files.writeString(folder.resolve("parts.mdl"), "\nblock broken(\n");
    editor.open(
        uri("main.mdl"), 1, "\n\nimport \"parts.mdl\"\nmodel M { input x: f32[4]  output y = x }");
    var problems = editor.problems(uri("main.mdl"), 1);
    assertThat(problems).isNotEmpty();
    assertThat(start(problems).get("line").getAsInt()).isEqualTo(2);
    assertThat(problems.get(0).toString()).contains(uri("parts.mdl"));
  }

  @Test
  void twoFilesThatImportEachOtherAreToldSo() throws IOException {
    serve(Analysis::of);
    editor.open(uri("a.mdl"), 1, "import \"b.mdl\"\nblock a()(x) = x");
    editor.open(uri("b.mdl"), 1, "import \"a.mdl\"\nblock b()(x) = x");
    assertThat(message(editor.problems(uri("b.mdl"), 1), 0)).contains("imports this file again");
    assertThat(message(editor.problems(uri("a.mdl"), 1), 0)).contains("imports this file again");
  }

  // ---- our own mistakes

  @Test
  void aCrashIsAnErrorAndTheServerLivesOn() throws IOException {
    serve(
        (source, texts) -> {
          if (source.text().contains("crash")) {
            throw new IllegalStateException("for the test");
          }
          return Analysis.of(source, texts);
        });
    editor.open(uri("a.mdl"), 1, "// crash");
    var log = editor.await(m -> m.toString().contains("window/logMessage"));
    assertThat(log.toString()).contains("a bug in mdlc", "for the test");
    assertThat(editor.ask("textDocument/hover", Editor.place(uri("a.mdl"), 0, 0)).has("error"))
        .isTrue();
    editor.change(uri("a.mdl"), 2, "model M { input x: f32[4]  output y = x }");
    assertThat(editor.problems(uri("a.mdl"), 2)).isEmpty();
    assertThat(editor.result("textDocument/hover", Editor.place(uri("a.mdl"), 0, 16)).toString())
        .contains("f32[batch, 4]");
  }

  @Test
  void aCacheThatCannotBeWrittenTakesNothingElseAway() throws IOException {
    Files.writeString(folder.resolve("cache"), "a file where the folder should be");
    serve(Analysis::of);
    var text = "model M { input x: f32[4]  output y = x |> Dense(z) }";
    editor.open(uri("a.mdl"), 1, text);
    var problems = editor.problems(uri("a.mdl"), 1);
    assertThat(problems.get(0).getAsJsonObject().has("codeDescription")).isFalse();
    var definition =
        editor.result("textDocument/definition", Editor.place(uri("a.mdl"), text, "Dense", 1));
    assertThat(definition.getAsJsonArray()).isEmpty();
  }

  @Test
  void theLibraryItselfHasNoProblems() throws IOException {
    serve(Analysis::of);
    var text = "model M { input x: f32[4]  output y = x |> Dense(3) }";
    editor.open(uri("a.mdl"), 1, text);
    var definition =
        editor.result("textDocument/definition", Editor.place(uri("a.mdl"), text, "Dense", 1));
    var library = definition.getAsJsonArray().get(0).getAsJsonObject().get("uri").getAsString();
    editor.open(library, 1, Files.readString(Path.of(URI.create(library))));
    assertThat(editor.problems(library, 1)).isEmpty();
  }

  // ---- the end

  @Test
  void theServerEndsWhenTheEditorHangsUp() throws Exception {
    serve(Analysis::of);
    editor.close();
    assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void theServerEndsInOrder() throws Exception {
    serve(Analysis::of);
    editor.result("shutdown", JsonNull.INSTANCE);
    editor.tell("exit", JsonNull.INSTANCE);
    assertThat(ended.get(20, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void aProcessEndsWithItsEditor() throws Exception {
    var stranger = Editor.start(folder.resolve("other")); // any process that lives until killed
    var server = Editor.start(folder.resolve("cache"));
    try (var connection = Editor.of(server)) {
      connection.initialize(stranger.pid());
      assertThat(server.isAlive()).isTrue();
      stranger.destroyForcibly();
      assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isEqualTo(1);
    } finally {
      stranger.destroyForcibly();
      server.destroyForcibly();
    }
  }
}
