package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mdlc language-server}, and what it costs the other commands. */
final class LanguageServerCommandTest {
  @TempDir private Path folder;

  private static Process start(List<String> flags, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  @Test
  void speaksTheProtocolUntilItsInputEnds() throws IOException, InterruptedException {
    var server = start(List.of(), "language-server");
    var request =
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"initialize\","
            + " \"params\": {\"capabilities\": {}}}";
    try (var out = server.getOutputStream()) {
      var message = "Content-Length: " + request.length() + "\r\n\r\n" + request;
      out.write(message.getBytes(StandardCharsets.UTF_8));
      out.flush();
      assertThat(new String(server.getInputStream().readNBytes(16), StandardCharsets.UTF_8))
          .isEqualTo("Content-Length: ");
    }
    assertThat(new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("\"capabilities\"", "\"name\":\"mdlc\"");
    assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(1); // without a goodbye, as the protocol wants it
  }

  @Test
  void otherCommandsLoadNothingOfIt() throws IOException, InterruptedException {
    var model = folder.resolve("m.mdl");
    Files.writeString(model, "model M { input x: f32[4]  output y = x }");
    var check = start(List.of("-Xlog:class+load"), "check", model.toString());
    var printed = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).isZero();
    assertThat(printed).contains("org.mdlc.cli.LanguageServerCommand ");
    assertThat(printed).doesNotContain("org.eclipse.lsp4j", "org.mdlc.languageserver.Session");
  }
}
