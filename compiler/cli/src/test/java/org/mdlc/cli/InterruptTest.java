package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGINT, sent to a process that trains. */
@Timeout(120)
class InterruptTest {
  @TempDir private Path folder;

  @Test
  void theFirstEndsTrainingAndSaves() throws IOException, InterruptedException {
    var tiny = Tiny.in(folder);
    var process = train(tiny, "--save", tiny.path("w.safetensors"), "--history", tiny.path("h.csv"));
    interrupt(process, "Epoch 2/1000000");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(Files.readString(folder.resolve("err")))
        .contains("interrupted: training ends after this batch; Ctrl-C again ends it at once\n")
        .doesNotContain("error");
    assertThat(CommandRun.of("predict", tiny.model(), "--weights", tiny.path("w.safetensors"),
            "--data", tiny.npy("p.npy", 1, 1)).code())
        .isZero();
    assertThat(Files.readAllLines(folder.resolve("h.csv"))).hasSizeGreaterThan(2);
  }

  /** The first one asks a training that takes no end of its batch; the second does not ask. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theSecondEndsAtOnce(boolean twice) throws IOException, InterruptedException {
    var tiny = Tiny.in(folder);
    var model = Files.readString(Path.of(tiny.model()));
    // A file of events that nobody reads: the callback waits for a reader as long as it takes.
    var log = folder.resolve("log.csv");
    assertThat(new ProcessBuilder("mkfifo", log.toString()).start().waitFor()).isZero();
    tiny.write(
        "sides.mdl", model.replace("batch 16", "callbacks CSVLogger(\"" + log + "\")\n  batch 16"));
    var process = train(tiny);
    waitFor(log, process);
    signal(process);
    assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
    if (twice) {
      signal(process);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
    }
    process.destroyForcibly().waitFor();
  }

  private Process train(Tiny tiny, String... options) throws IOException {
    var command =
        new java.util.ArrayList<>(
            java.util.List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                tiny.model(),
                "--epochs",
                "1000000",
                "--verbose",
                "2"));
    command.addAll(java.util.List.of(options));
    return new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
  }

  private static void interrupt(Process process, String line)
      throws IOException, InterruptedException {
    var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (var read = lines.readLine(); read != null; read = lines.readLine()) {
      if (read.equals(line)) {
        signal(process);
      }
    }
  }

  private static void signal(Process process) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
