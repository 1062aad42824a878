package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The runner in a process of its own, as drivers start it; also so that HotSpot learns nothing of
 * its models that would blur what other tests measure.
 */
final class PeersTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @ParameterizedTest
  @ValueSource(strings = {"mlp_small", "gru_forecast", "mlp_infer_b1"})
  void printsOneLine(String workload) throws IOException {
    var printed = run(workload, "0.2").lines().filter(line -> line.startsWith("{")).toList();
    assertThat(printed).hasSize(1);
    var line = JsonParser.parseString(printed.getFirst()).getAsJsonObject();
    assertThat(line.get("step_ms").getAsDouble()).isPositive();
    assertThat(line.get("first_step_s").getAsDouble()).isPositive();
    assertThat(line.get("samples_per_s").getAsDouble())
        .isCloseTo(
            line.get("batch").getAsInt() * 1e3 / line.get("step_ms").getAsDouble(),
            Percentage.withPercentage(0.1));
  }

  @Test
  void saysWhichWorkloadThereIsNot() throws IOException {
    assertThat(run("mlp_huge", "1")).contains("there is no workload mlp_huge");
  }

  private static String run(String workload, String seconds) throws IOException {
    var process =
        new ProcessBuilder(
                JAVA.toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Peers.class.getName(),
                workload,
                seconds)
            .redirectErrorStream(true)
            .start();
    try (var out = process.getInputStream()) {
      return new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
