package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ImagePipelineTest {
  @Test
  void measuresAFewFiles() throws IOException {
    var printed = new ByteArrayOutputStream();

    ImagePipeline.run(
        30, 2, 1, Path.of("models"), new PrintStream(printed, true, StandardCharsets.UTF_8));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .satisfiesExactly(
            line ->
                assertThat(line).startsWith("30 PNG files of 28 x 28, batches of 128, 2 workers"),
            line -> assertThat(line).matches("busy: \\d+\\.\\d % of the time .*"),
            line ->
                assertThat(line)
                    .matches("rows per second: \\d+ from files, \\d+ from memory \\(.* %\\)"),
            line ->
                assertThat(line)
                    .matches(
                        "processor time per row: \\d+ microseconds from files, \\d+ from memory"));
  }
}
