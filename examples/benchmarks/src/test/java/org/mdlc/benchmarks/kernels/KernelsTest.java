package org.mdlc.benchmarks.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every kernel runs, a few times; how quick they are is for a quiet machine to tell. */
class KernelsTest {
  @Test
  void everyKernelIsMeasured() throws Exception {
    var options =
        new OptionsBuilder()
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(1))
            .verbosity(VerboseMode.SILENT)
            .build();
    var rows = Kernels.measure(options);
    assertThat(rows.stream().map(Kernels.Row::kernel))
        .contains("Elementwise", "Softmax", "LayerNormalization", "Adam", "Threefry")
        .contains("Matmul 32x64x10", "Matmul 128x784x512")
        .contains("Function exp", "Function tanh", "Function erf");
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.ours()).as(row.kernel()).isPositive();
              assertThat(row.theirs()).as(row.kernel()).isPositive();
              assertThat(row.floor()).as(row.kernel()).isPositive();
            });
  }

  @Test
  void aRowTellsHowFarFromTheFloorAKernelIs() {
    var out = new ByteArrayOutputStream();
    Kernels.print(
        List.of(new Kernels.Row("Softmax", 3000, 1500, 6000)),
        new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8).lines().skip(1))
        .containsExactly(
            "Softmax                        3.00        1.50   2.00         6.00        2.00");
  }
}
