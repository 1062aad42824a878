package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.report.StepKind;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Phase;
import org.mdlc.runtime.StepProfile;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** A clock between the steps of a generated program. */
final class StepProfileTest {
  /** A loop, products in the library and in Java, a convolution, kernels. */
  private static final String MODEL =
      """
      model Timed {
        input x: f32[6, 4], image: f32[8, 8, 3]
        let a = x |> LSTM(5)
        let b = image |> Conv2D(16, 3) |> relu |> Flatten() |> Dense(64)
        output y = concat(a, b) |> Dense(2)
      }

      train Timed {
        loss MeanSquaredError()
        optimizer Adam(1e-3)
        batch 32
      }
      """;

  private static final int ROWS = 64;
  private static final int BATCH = 32;
  private static final CompileRequest REQUEST =
      CompileRequest.of(SourceFile.of("timed.mdl", MODEL));

  @Test
  void everyStepHasATime() {
    var bound = Compiler.bind(REQUEST).bound().orElseThrow();
    for (var phase : ReportRequest.Phase.values()) {
      var wanted = new ReportRequest(Optional.of(phase), Optional.of(BATCH));
      var report = Compiler.report(bound, REQUEST, wanted).getFirst();
      try (var model = model(REQUEST.withTiming())) {
        var profile =
            StepProfile.measure(model, Phase.valueOf(phase.name()), 0, rows(), BATCH, 0.2);
        check(report, profile);
      }
    }
  }

  private static void check(ProgramReport report, StepProfile profile) {
    assertThat(profile.runs()).isPositive();
    assertThat(profile.stepNanos()).isPositive();
    assertThat(profile.fillNanos()).isPositive();
    assertThat(profile.parts()).hasSameSizeAs(report.steps());
    double inLoops = 0;
    for (int i = 0; i < report.steps().size(); i++) {
      var step = report.steps().get(i);
      var part = profile.parts().get(i);
      assertThat(part.nanos()).as(step.name()).isPositive();
      assertThat(part.implementation().isPresent())
          .as(step.name())
          .isEqualTo(step.kind() == StepKind.LIBRARY);
      inLoops += step.depth() > 0 ? part.nanos() : 0;
    }
    assertThat(inLoops).isPositive();
  }

  @Test
  void theClockChangesNoNumber() {
    try (var timed = model(REQUEST.withTiming());
        var plain = model(REQUEST)) {
      for (int i = 0; i < 3; i++) {
        assertThat(timed.trainOnBatch(rows()).values())
            .isEqualTo(plain.trainOnBatch(rows()).values());
      }
    }
  }

  @Test
  void aModelWithoutClocksIsRefused() {
    try (var plain = model(REQUEST)) {
      assertThatThrownBy(() -> StepProfile.measure(plain, Phase.TRAIN, 0, rows(), BATCH, 0.1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Timed was compiled without a clock between its steps");
      assertThatThrownBy(() -> StepProfile.measure(plain, Phase.TRAIN, 0, rows(), 65, 0.1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a batch of 65 rows does not fit in data of 64");
    }
  }

  private static Model model(CompileRequest request) {
    return Generated.create(request, 1);
  }

  private static ArrayDataset rows() {
    return ArrayDataset.of(
        Map.of("x", halves(ROWS, 6, 4), "image", halves(ROWS, 8, 8, 3), "y", halves(ROWS, 2)));
  }

  private static HostTensor halves(int... shape) {
    var numbers = new float[(int) HostTensor.elementCount(shape)];
    Arrays.fill(numbers, 0.5f);
    return HostTensor.of(numbers, shape);
  }
}
