package org.mdlc.languageserver;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The other end of the protocol: writes and reads its bytes, and knows nothing of the server's
 * classes.
 */
final class Editor implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final OutputStream out;
  private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
  private int requests;

  Editor(InputStream in, OutputStream out) {
    this.out = out;
    Thread.ofPlatform().daemon().name("editor").start(() -> read(in));
  }

  /** An own process of the server, whose folder for copies of the library is given. */
  static Process start(Path cache) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    builder.environment().put("XDG_CACHE_HOME", cache.toString());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static Editor of(Process server) {
    return new Editor(server.getInputStream(), server.getOutputStream());
  }

  // ---- bytes

  private void read(InputStream in) {
    try {
      for (int length = length(in); length >= 0; length = length(in)) {
        var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        received.add(JsonParser.parseString(body).getAsJsonObject());
      }
    } catch (IOException e) {
      received.add(object("broken", e.toString()));
    }
  }

  /** Of the next message; -1 at the end. */
  private static int length(InputStream in) throws IOException {
    int length = -1;
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      if (!line.startsWith("Content-")) {
        throw new IOException("not the protocol: " + line);
      }
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring("Content-Length: ".length()).strip());
      }
    }
    return length;
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  void write(String message) throws IOException {
    var body = message.getBytes(StandardCharsets.UTF_8);
    out.write(("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    out.flush();
  }

  // ---- messages

  /** The whole answer to a request: with a result or an error. */
  JsonObject ask(String method, JsonElement params) throws IOException {
    int id = ++requests;
    var message = message(method, params);
    message.addProperty("id", id);
    write(message.toString());
    return await(m -> m.has("id") && m.get("id").getAsString().equals(Integer.toString(id)));
  }

  JsonElement result(String method, JsonElement params) throws IOException {
    var answer = ask(method, params);
    if (!answer.has("result")) {
      throw new AssertionError(method + ": " + answer);
    }
    return answer.get("result");
  }

  void tell(String method, JsonElement params) throws IOException {
    write(message(method, params).toString());
  }

  private static JsonObject message(String method, JsonElement params) {
    var message = object("jsonrpc", "2.0");
    message.addProperty("method", method);
    message.add("params", params);
    return message;
  }

  /** The next message that is wanted; the others before it are passed over. */
  JsonObject await(Predicate<JsonObject> wanted) {
    try {
      for (; ; ) {
        var message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null || message.has("broken")) {
          throw new AssertionError("the server did not answer: " + message);
        }
        if (wanted.test(message)) {
          return message;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The problems of a file in a version. */
  JsonArray problems(String uri, int version) {
    return await(
            m ->
                m.has("method")
                    && m.get("method").getAsString().equals("textDocument/publishDiagnostics")
                    && params(m).get("uri").getAsString().equals(uri)
                    && params(m).has("version")
                    && params(m).get("version").getAsInt() == version)
        .getAsJsonObject("params")
        .getAsJsonArray("diagnostics");
  }

  private static JsonObject params(JsonObject message) {
    return message.getAsJsonObject("params");
  }

  // ---- what is usually said

  JsonElement initialize(long process) throws IOException {
    var params =
        String.format(
            Locale.ROOT,
            """
            {"processId": %d, "rootUri": null, "capabilities": {"textDocument":
              {"completion": {"completionItem": {"snippetSupport": true}}}}}""",
            process);
    var result = result("initialize", JsonParser.parseString(params));
    tell("initialized", new JsonObject());
    return result;
  }

  void open(String uri, int version, String text) throws IOException {
    var document = object("uri", uri);
    document.addProperty("languageId", "mdl");
    document.addProperty("version", version);
    document.addProperty("text", text);
    tell("textDocument/didOpen", with("textDocument", document));
  }

  void change(String uri, int version, String text) throws IOException {
    var document = object("uri", uri);
    document.addProperty("version", version);
    var params = with("textDocument", document);
    var changes = new JsonArray();
    changes.add(object("text", text));
    params.add("contentChanges", changes);
    tell("textDocument/didChange", params);
  }

  /** A file alone, as the parameter of a request. */
  static JsonObject document(String uri) {
    return with("textDocument", object("uri", uri));
  }

  static JsonObject place(String uri, int line, int character) {
    var params = document(uri);
    params.add("position", position(line, character));
    return params;
  }

  /** The place some characters after the begin of a piece of text. */
  static JsonObject place(String uri, String text, String piece, int further) {
    int offset = text.indexOf(piece) + further;
    int line = (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
    return place(uri, line, offset - text.lastIndexOf('\n', offset - 1) - 1);
  }

  static JsonObject actions(String uri, JsonObject range) {
    var params = document(uri);
    params.add("range", range);
    params.add("context", with("diagnostics", new JsonArray()));
    return params;
  }

  static JsonObject formatting(String uri) {
    var options = new JsonObject();
    options.addProperty("tabSize", 4);
    options.addProperty("insertSpaces", true);
    var params = document(uri);
    params.add("options", options);
    return params;
  }

  private static JsonObject position(int line, int character) {
    var position = new JsonObject();
    position.addProperty("line", line);
    position.addProperty("character", character);
    return position;
  }

  static JsonObject object(String name, String value) {
    var object = new JsonObject();
    object.addProperty(name, value);
    return object;
  }

  static JsonObject with(String name, JsonElement value) {
    var object = new JsonObject();
    object.add(name, value);
    return object;
  }

  /** The labels of completions. */
  static List<String> labels(JsonElement items) {
    return items.getAsJsonArray().asList().stream()
        .map(i -> i.getAsJsonObject().get("label").getAsString())
        .toList();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
