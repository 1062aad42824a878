package org.mdlc.runtime;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.mdlc.runtime.utils.PythonFormat;

/**
 * Sends the metrics of every epoch to a server over HTTP; Keras's {@code RemoteMonitor}. The body
 * is JSON with {@code epoch}, from 0, and the metrics by name, as a field of a form or, with {@link
 * #sendAsJson}, by itself. A server that is not there is told as a warning and does not end
 * training. Each setter changes this object and returns it.
 */
public final class RemoteMonitor implements Callback {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private String root = "http://localhost:9000";
  private String path = "/publish/epoch/end/";
  private String field = "data";
  private boolean sendAsJson;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private PrintStream output = Run.standardOutput();

  /** Sends to {@code http://localhost:9000/publish/epoch/end/}. */
  public RemoteMonitor() {}

  /** The server, such as {@code https://example.org:8080}. */
  public RemoteMonitor root(String server) {
    root = server;
    return this;
  }

  /** What follows the server in the address. */
  public RemoteMonitor path(String newPath) {
    path = newPath;
    return this;
  }

  /** The field of the form that holds the JSON. */
  public RemoteMonitor field(String name) {
    field = name;
    return this;
  }

  /** Adds a header to each request. */
  public RemoteMonitor header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Whether the body is the JSON itself, in place of a form with it. */
  public RemoteMonitor sendAsJson(boolean json) {
    sendAsJson = json;
    return this;
  }

  /** Where it warns; the standard output unless set. */
  public RemoteMonitor output(PrintStream stream) {
    output = stream;
    return this;
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    HttpRequest request = request(body(epoch, logs));
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      client.send(request, HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      output.print(
          "warning: could not reach RemoteMonitor root server at " + root + " (" + e + ")\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while metrics were sent to " + root, e);
    }
  }

  private HttpRequest request(String json) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path)).timeout(PATIENCE);
    headers.forEach(request::setHeader);
    if (sendAsJson) {
      request.setHeader("Content-Type", "application/json");
      return request.POST(HttpRequest.BodyPublishers.ofString(json)).build();
    }
    request.setHeader("Content-Type", "application/x-www-form-urlencoded");
    String form =
        URLEncoder.encode(field, StandardCharsets.UTF_8)
            + "="
            + URLEncoder.encode(json, StandardCharsets.UTF_8);
    return request.POST(HttpRequest.BodyPublishers.ofString(form)).build();
  }

  /** What is not finite has no JSON number; Python writes {@code NaN} and {@code Infinity}. */
  private static String body(int epoch, Logs logs) {
    JsonObject send = new JsonObject();
    send.addProperty("epoch", epoch);
    logs.values()
        .forEach(
            (name, value) -> {
              if (Double.isFinite(value)) {
                send.addProperty(name, value);
              } else {
                send.addProperty(name, PythonFormat.repr(value));
              }
            });
    return send.toString();
  }
}
