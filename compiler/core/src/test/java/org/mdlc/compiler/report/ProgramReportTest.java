package org.mdlc.compiler.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.ReportRequest;
import org.mdlc.compiler.driver.ReportRequest.Phase;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.source.SourceFile;

final class ProgramReportTest {
  private static final String DENSE =
      """
      model Small {
        input x: f32[3]
        output y = x |> Dense(4) |> relu |> Dense(2)
      }

      train Small {
        loss MeanSquaredError()
        optimizer Adam(0.1)
        batch 5
      }
      """;

  private static final String CONVNET =
      """
      model Net {
        input image: f32[4, 4, 1]
        output digit = image |> Conv2D(2, 3, padding = same) |> MaxPooling2D(2) |> Flatten() |> Dense(3)
      }
      """;

  private static final String RECURRENT =
      """
      model Words {
        input words: i32[6]
        output y = words |> Embedding(50, 4) |> LSTM(5) |> Dropout(0.5) |> Dense(1)
      }

      train Words {
        loss MeanSquaredError()
        optimizer Adam(0.1)
        batch 7
      }
      """;

  private static final String RESIDUAL =
      """
      model Residual {
        input x: f32[6, 6, 3]
        let a = x |> Conv2D(8, 3, padding = same, use_bias = false) |> BatchNormalization() |> relu
        let b = a |> Conv2D(8, 3, padding = same, use_bias = false) |> BatchNormalization()
        output y = relu(a + b) |> Flatten() |> Dense(4)
      }

      train Residual {
        loss SparseCategoricalCrossentropy(from_logits = true)
        optimizer SGD(0.1, momentum = 0.9)
        batch 20
      }
      """;

  private static CompileRequest request(String text) {
    return CompileRequest.of(SourceFile.of("folder/small.mdl", text));
  }

  private static BoundProgram bound(String text) {
    var compilation = Compiler.bind(request(text));
    return compilation
        .bound()
        .orElseThrow(() -> new AssertionError(Renderer.plain().render(compilation.problems())));
  }

  private static ProgramReport report(String text, Phase phase, int batch) {
    var wanted = new ReportRequest(Optional.of(phase), Optional.of(batch));
    return Compiler.report(bound(text), request(text), wanted).getFirst();
  }

  private static Program trainProgram(String text) {
    return Compiler.generate(bound(text), request(text)).programs().train().getFirst();
  }

  private static StepReport step(ProgramReport report, String name) {
    return report.steps().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void countsDenseLayersByHand() {
    var report = report(DENSE, Phase.PREDICT, 5);
    // 5x3 by 3x4 and a bias of 4; relu is a comparison and a choice for each of 5x4
    var first = new Work(2 * 5 * 3 * 4 + 5 * 4, (15 + 12 + 4) * 4, 20 * 4);
    var relu = new Work(2 * 5 * 4, 20 * 4, 20 * 4);
    var second = new Work(2 * 5 * 4 * 2 + 5 * 2, (20 + 8 + 2) * 4, 10 * 4);
    assertThat(report.steps())
        .extracting(StepReport::name)
        .containsExactly("dense_mat_mul", "make_select", "dense_1_mat_mul");
    assertThat(report.steps()).extracting(StepReport::work).containsExactly(first, relu, second);
    assertThat(report.total()).isEqualTo(new Work(140 + 40 + 90, (31 + 20 + 30) * 4, 50 * 4));
  }

  @Test
  void countsAConvnetByHand() {
    var report = report(CONVNET, Phase.PREDICT, 2);
    // 2x4x4x2 results of 3x3x1 products each, and a bias
    assertThat(step(report, "conv2d_convolution").work())
        .isEqualTo(new Work(64 * (2 * 9 + 1), (32 + 18 + 2) * 4, 64 * 4));
    // 2x2x2x2 results of 2x2 cells each
    assertThat(step(report, "max_pooling2d_max_pool").work())
        .isEqualTo(new Work(16 * 4, 64 * 4, 16 * 4));
    assertThat(step(report, "dense_mat_mul").work())
        .isEqualTo(new Work(2 * 2 * 8 * 3 + 2 * 3, (16 + 24 + 3) * 4, 6 * 4));
    assertThat(report.steps()).hasSize(3);
  }

  @Test
  void aLoopRepeatsItsBody() {
    var report = report(RECURRENT, Phase.PREDICT, 7);
    var loop =
        report.steps().stream().filter(s -> s.kind() == StepKind.LOOP).findFirst().orElseThrow();
    assertThat(loop.action()).isEqualTo("6 rounds");
    assertThat(loop.work()).isEqualTo(Work.NONE);
    var product =
        report.steps().stream()
            .filter(s -> s.depth() == 1 && s.kind() == StepKind.LIBRARY)
            .findFirst()
            .orElseThrow();
    assertThat(product.runs()).isEqualTo(6);
    // the state [7, 5] times the four gates' [5, 20], six times
    assertThat(product.work())
        .isEqualTo(new Work(2 * 7 * 5 * 20, (35 + 100) * 4, 140 * 4).times(6));
  }

  @ParameterizedTest
  @ValueSource(strings = {DENSE, RECURRENT, RESIDUAL})
  void stepsKindsAndPurposesAddUpToTheSame(String text) {
    var report = report(text, Phase.TRAIN, 7);
    assertThat(Arrays.stream(StepKind.values()).map(report::total).reduce(Work.NONE, Work::plus))
        .isEqualTo(report.total());
    assertThat(Arrays.stream(Purpose.values()).map(report::total).reduce(Work.NONE, Work::plus))
        .isEqualTo(report.total());
    assertThat(report.total(StepKind.LIBRARY).flops()).isPositive();
    assertThat(report.total(StepKind.KERNEL).flops()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {DENSE, RECURRENT, RESIDUAL})
  void theMemoryIsWhatThePlanAllocates(String text) {
    int batch = bound(text).settings().orElseThrow().batch();
    var program = trainProgram(text);
    var memory = report(text, Phase.TRAIN, batch).memory();
    assertThat(memory.peakBytes()).isEqualTo(program.memory().peakBytes());
    assertThat(memory.boundBytes())
        .isEqualTo(program.memory().boundBytes())
        .isLessThanOrEqualTo(memory.peakBytes());
    assertThat(memory.allVariableBytes()).isEqualTo(program.memory().variableBytes());
    assertThat(memory.peakBytes() + memory.inputBytes() + memory.resultBytes())
        .isEqualTo(program.stepBytes(batch));
  }

  /** From what steps read and write, and from nothing else; a loop keeps all it uses. */
  @ParameterizedTest
  @ValueSource(strings = {DENSE, RECURRENT, RESIDUAL})
  void theBoundIsTheMostBytesThatLiveBuffersCover(String text) {
    var report = report(text, Phase.TRAIN, 20);
    var firsts = new HashMap<String, Integer>();
    var lasts = new HashMap<String, Integer>();
    for (var step : report.steps()) {
      for (var name : concat(step.reads(), step.writes())) {
        firsts.merge(name, step.number(), Math::min);
        lasts.merge(name, step.number(), Math::max);
      }
    }
    long most = 0;
    for (int number = 1; number <= report.memory().alive().size(); number++) {
      int now = number;
      var live =
          report.memory().buffers().stream()
              .filter(b -> b.first() <= now && now <= b.last())
              .sorted(Comparator.comparingLong(BufferReport::offset))
              .toList();
      long covered = 0;
      long end = 0;
      for (var buffer : live) {
        covered += Math.max(0, buffer.offset() + buffer.bytes() - Math.max(end, buffer.offset()));
        end = Math.max(end, buffer.offset() + buffer.bytes());
      }
      assertThat(report.memory().alive().get(number - 1)).isEqualTo(covered);
      most = Math.max(most, covered);
    }
    assertThat(report.memory().boundBytes()).isEqualTo(most);
    boolean loops = report.steps().stream().anyMatch(s -> s.kind() == StepKind.LOOP);
    for (var buffer : report.memory().buffers()) {
      if (loops) { // within a loop a buffer may be kept for longer than from use to use
        assertThat(buffer.first()).isLessThanOrEqualTo(firsts.get(buffer.name()));
        assertThat(buffer.last()).isGreaterThanOrEqualTo(lasts.get(buffer.name()));
      } else {
        assertThat(buffer.first()).isEqualTo(firsts.get(buffer.name()));
        assertThat(buffer.last()).isEqualTo(lasts.get(buffer.name()));
      }
    }
  }

  private static List<String> concat(List<String> one, List<String> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }

  @Test
  void buffersThatAreNeededTogetherDoNotOverlap() {
    var buffers = report(RESIDUAL, Phase.TRAIN, 20).memory().buffers();
    var clashes = new ArrayList<String>();
    for (var one : buffers) {
      for (var other : buffers) {
        boolean together = one.first() < other.last() && other.first() < one.last();
        boolean overlap =
            one.offset() < other.offset() + other.bytes()
                && other.offset() < one.offset() + one.bytes();
        if (!one.equals(other) && together && overlap) {
          clashes.add(one + " and " + other);
        }
      }
    }
    assertThat(clashes).isEmpty();
  }

  @Test
  void variablesAreCountedByRole() {
    var bytes = report(DENSE, Phase.TRAIN, 5).memory().variableBytes();
    long weights = 3 * 4 + 4 + 4 * 2 + 2;
    assertThat(bytes.get(Role.PARAM)).isEqualTo(weights * 4);
    // two moments of every weight
    assertThat(bytes.get(Role.SLOT)).isGreaterThanOrEqualTo(2 * weights * 4);
  }

  @Test
  void stepsAreForwardBackwardOrUpdate() {
    var report = report(DENSE, Phase.TRAIN, 5);
    assertThat(report.steps().stream().map(s -> s.purpose().text() + " " + s.name()))
        .startsWith("forward dense_mat_mul", "forward make_select", "forward dense_1_mat_mul")
        .contains(
            "backward dense_1_mat_mul_2",
            "backward dense_1_mat_mul_3",
            "update update_dense_kernel",
            "update update_dense_1_kernel");
    assertThat(report(DENSE, Phase.EVALUATE, 5).steps())
        .allMatch(s -> s.purpose() == Purpose.FORWARD);
  }

  /** The last kernel writes the loss and moves the bias; the gradient is for the bias alone. */
  @Test
  void whatAKernelMakesBesideTheLossDoesNotMakeGradientsForward() {
    var report = report(RECURRENT, Phase.TRAIN, 7);
    var scatter =
        report.steps().stream().filter(s -> s.kind() == StepKind.RUNTIME).findFirst().orElseThrow();
    assertThat(scatter.purpose()).isEqualTo(Purpose.BACKWARD);
    assertThat(report.steps().stream().filter(s -> s.kind() == StepKind.LOOP))
        .extracting(StepReport::purpose)
        .containsExactly(Purpose.FORWARD, Purpose.BACKWARD);
  }

  @Test
  void stepsSayWhichLayersAndLinesTheyServe() {
    var report = report(RESIDUAL, Phase.TRAIN, 20);
    var sum =
        report.steps().stream()
            .filter(s -> served(s, report).contains("add_relu: add, le, select"))
            .findFirst()
            .orElseThrow();
    assertThat(served(sum, report))
        .containsExactly("batch_normalization_1: sub, mul, add", "add_relu: add, le, select");
    assertThat(sum.lines())
        .extracting(StepReport.Line::place)
        .containsExactly("small.mdl:4:7", "small.mdl:5:10");
    var update =
        report.steps().stream()
            .filter(s -> s.variables().contains("dense/kernel"))
            .findFirst()
            .orElseThrow();
    assertThat(update.serves())
        .extracting(s -> report.layers().get(s.layer()).name())
        .containsExactly("dense");
  }

  private static List<String> served(StepReport step, ProgramReport report) {
    return step.serves().stream()
        .map(s -> report.layers().get(s.layer()).name() + ": " + String.join(", ", s.operations()))
        .toList();
  }

  @Test
  void layersReadEachOther() {
    var layers = report(RESIDUAL, Phase.TRAIN, 20).layers();
    var sum = layers.stream().filter(l -> l.name().equals("add_relu")).findFirst().orElseThrow();
    assertThat(sum.reads().stream().map(i -> layers.get(i).name()))
        .containsExactly("relu", "batch_normalization_1");
    assertThat(layers.getLast().name()).isEqualTo("loss and metrics");
    assertThat(layers.get(layers.getLast().reads().getFirst()).name()).isEqualTo("dense");
  }

  @Test
  void timesAreThoseOfTheSlowerOfProcessorAndMemory() {
    var machine = new Machine(100, 10);
    assertThat(machine.floorNanos(new Work(1000, 30, 20))).isEqualTo(10);
    assertThat(machine.floorNanos(new Work(100, 30, 20))).isEqualTo(5);
    assertThat(machine.isBoundByArithmetic(new Work(1000, 30, 20))).isTrue();
    assertThat(machine.isBoundByArithmetic(new Work(100, 30, 20))).isFalse();
    var report = report(DENSE, Phase.PREDICT, 5);
    assertThat(report.floorNanos(machine))
        .isEqualTo(report.steps().stream().mapToDouble(s -> machine.floorNanos(s.work())).sum())
        .isGreaterThanOrEqualTo(machine.floorNanos(report.total()));
  }

  @Test
  void theSameModelElsewhereGivesTheSameReport() {
    var elsewhere = CompileRequest.of(SourceFile.of("/other/place/small.mdl", RESIDUAL));
    var bound = Compiler.bind(elsewhere).bound().orElseThrow();
    assertThat(Compiler.report(bound, elsewhere, ReportRequest.USUAL))
        .isEqualTo(Compiler.report(bound(RESIDUAL), request(RESIDUAL), ReportRequest.USUAL));
  }
}
