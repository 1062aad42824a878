package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGINT, sent to a process that trains. */
@Timeout(120)
class InterruptTest {
  @TempDir private Path folder;

  @Test
  void theFirstEndsTrainingAndSaves() throws IOException, InterruptedException {
    var tiny = Tiny.in(folder);
    var process =
        train(tiny, "--save", tiny.path("w.safetensors"), "--history", tiny.path("h.csv"));
    interrupt(process, "Epoch 2/1000000");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(Files.readString(folder.resolve("err")))
        .contains("interrupted: training ends after this batch; Ctrl-C again ends it at once\n")
        .doesNotContain("error");
    assertThat(
            CommandRun.of(
                    "predict",
                    tiny.model(),
                    "--weights",
                    tiny.path("w.safetensors"),
                    "--data",
                    tiny.npy("p.npy", 1, 1))
                .exitCode())
        .isZero();
    assertThat(Files.readAllLines(folder.resolve("h.csv"))).hasSizeGreaterThan(2);
  }

  @Test
  void theSecondEndsAtOnce() throws IOException, InterruptedException {
    var events = new LinkedBlockingQueue<String>();
    var err = new ByteArrayOutputStream();
    try (var interrupt =
        Interrupt.watch(
            () -> events.add("stop"),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            code -> events.add("halt " + code))) {
      assertThat(interrupt.isRequested()).isFalse();
      signal(ProcessHandle.current().pid());
      assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("stop");
      assertThat(interrupt.isRequested()).isTrue();
      interrupt.onTrainBegin(); // training that begins only now ends too
      assertThat(events.poll()).isEqualTo("stop");
      signal(ProcessHandle.current().pid());
      assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("halt 130");
    }
  }

  private Process train(Tiny tiny, String... options) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
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
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
  }

  private static void interrupt(Process process, String line)
      throws IOException, InterruptedException {
    var lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (var read = lines.readLine(); read != null; read = lines.readLine()) {
      if (read.equals(line)) {
        signal(process.pid());
      }
    }
  }

  private static void signal(long pid) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-INT", Long.toString(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Started in the background by some shells, a program and its children see no SIGINT. */
  @BeforeAll
  static void requireSignals() throws IOException {
    var status = Path.of("/proc/self/status");
    assumeThat(status).as("SIGINT is tested where /proc tells whether it arrives").exists();
    var ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElse(0L);
    assumeThat(ignored & 1L << 1).as("SIGINT is ignored by whoever runs the tests").isZero();
  }
}
