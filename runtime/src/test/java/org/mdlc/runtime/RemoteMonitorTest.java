package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Metrics that arrive at a local server, and a server that is not there. */
class RemoteMonitorTest {
  private static final Logs LOGS = Logs.of(Map.of("loss", 0.5, "mae", Double.NaN));

  private HttpServer server = open();
  private final List<String> received = Collections.synchronizedList(new ArrayList<>());

  private static HttpServer open() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void start() {
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          received.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Content-Type")
                  + " "
                  + exchange.getRequestHeaders().getFirst("X-Key")
                  + " "
                  + URLDecoder.decode(body, StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String root() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  @Test
  void sendsAFormOrJson() {
    new RemoteMonitor().root(root()).header("X-Key", "k").onEpochEnd(3, LOGS);
    new RemoteMonitor().root(root()).path("/p").sendAsJson(true).onEpochEnd(4, LOGS);
    assertThat(received)
        .containsExactly(
            "POST /publish/epoch/end/ application/x-www-form-urlencoded k"
                + " data={\"epoch\":3,\"loss\":0.5,\"mae\":\"nan\"}",
            "POST /p application/json null {\"epoch\":4,\"loss\":0.5,\"mae\":\"nan\"}");
  }

  @Test
  void warnsWhenNobodyListens() {
    String gone = root();
    server.stop(0);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    new RemoteMonitor()
        .root(gone)
        .output(new PrintStream(printed, true, StandardCharsets.UTF_8))
        .onEpochEnd(0, LOGS);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .startsWith("warning: could not reach RemoteMonitor root server at " + gone);
  }
}
