package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeersTest {
  @ParameterizedTest
  @ValueSource(strings = {"mlp_small", "mlp_infer_b1"})
  void printsOneLine(String workload) throws IOException {
    var out = new ByteArrayOutputStream();
    Peers.run(workload, 0.2, new PrintStream(out, true, StandardCharsets.UTF_8));

    var lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(1);
    var line = JsonParser.parseString(lines.getFirst()).getAsJsonObject();
    assertThat(line.get("step_ms").getAsDouble()).isPositive();
    assertThat(line.get("first_step_s").getAsDouble()).isPositive();
    assertThat(line.get("samples_per_s").getAsDouble())
        .isCloseTo(
            line.get("batch").getAsInt() * 1e3 / line.get("step_ms").getAsDouble(),
            org.assertj.core.data.Percentage.withPercentage(0.1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convnet_mnist",
        "resnet20_cifar",
        "lstm_imdb",
        "transformer_text",
        "gpt_char",
        "gru_forecast",
        "mlp_mnist"
      })
  void everyWorkloadTrains(String workload) {
    assertThat(Peers.firstLoss(workload)).isFinite().isPositive();
  }

  @Test
  void saysWhichWorkloadThereIsNot() {
    assertThatThrownBy(() -> Peers.firstLoss("mlp_huge"))
        .hasMessage("there is no workload mlp_huge");
  }
}
