package org.mdlc.compiler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.DimParser;

/** What must fuse, share memory or be written in place, and the twins that must not. */
final class PlanningTest {
  private static Graph graph(String body) {
    return TextForm.over(Op.class).parse("graph g {\n" + body + "}\n");
  }

  private static Program program(String body) {
    return MakeProgram.run(graph(body), 32);
  }

  private static List<String> kinds(Program program) {
    return program.steps().stream().map(s -> s.getClass().getSimpleName()).toList();
  }

  @Test
  void aReductionAndItsReaderAreOneKernel() {
    var program =
        program(
            """
            input data "x": %0 f32[batch, 4]
            %1 f32[batch] = reduce_max(%0) {axes=[1]}
            %2 f32[batch, 4] = broadcast(%1) {shape=[batch, 4], axes=[0]}
            %3 f32[batch, 4] = sub(%0, %2)
            output result "y": %3
            """);
    assertThat(kinds(program)).containsExactly("KernelCall");
  }

  @Test
  @Timeout(value = 60, threadMode = SEPARATE_THREAD) // both operands of each sum: days
  void numbersMadeOfNumbersAreLookedAtOnce() {
    var sums = new StringBuilder();
    for (int i = 2; i < 102; i += 2) {
      sums.append(
          String.format(
              Locale.ROOT,
              "%%%d f32[4] = add(%%%d, %%%d)\n%%%d f32[4] = sin(%%%d)\n",
              i + 1,
              i,
              i,
              i + 2,
              i + 1));
    }
    var program =
        program(
            """
            input data "x": %0 f32[4]
            %1 i32[4] = iota() {shape=[4], axis=0}
            %2 f32[4] = cast(%1) {dtype=f32}
            """
                + sums
                + """
                %103 f32[4] = mul(%0, %102)
                output result "y": %103
                """);
    assertThat(kinds(program)).containsOnly("KernelCall");
  }

  @Test
  void aLongReductionToFewNumbersGoesSampleBySampleFirst() {
    var program = program(sumOver("[batch, 32, 32, 16]", "[0, 1, 2]", "[16]"));
    assertThat(outerAxes(program)).containsExactly("[batch, 16]", "[16]");
    program = program(sumOver("[batch, 64, 64]", "[0, 1, 2]", "[]"));
    assertThat(outerAxes(program)).containsExactly("[batch]", "[]");
  }

  @Test
  void otherReductionsAreOneKernel() {
    // few elements, many numbers left, no samples to share, the batch stays
    assertThat(outerAxes(program(sumOver("[batch, 8, 8, 16]", "[0, 1, 2]", "[16]"))))
        .containsExactly("[16]");
    assertThat(outerAxes(program(sumOver("[batch, 32, 32, 256]", "[0, 1, 2]", "[256]"))))
        .containsExactly("[256]");
    assertThat(outerAxes(program(sumOver("[1, 512, 512, 16]", "[0, 1, 2]", "[16]"))))
        .containsExactly("[16]");
    assertThat(outerAxes(program(sumOver("[batch, 512, 512]", "[1, 2]", "[batch]"))))
        .containsExactly("[batch]");
  }

  private static String sumOver(String shape, String axes, String left) {
    return """
        input data "x": %%0 f32%s
        %%1 f32%s = reduce_sum(%%0) {axes=%s}
        output result "y": %%1
        """
        .formatted(shape, left, axes);
  }

  private static List<String> outerAxes(Program program) {
    return program.steps().stream()
        .map(s -> ((Step.KernelCall) s).kernel())
        .map(k -> k.axes().subList(0, k.outer()).toString())
        .toList();
  }

  @Test
  void aReductionReadElsewhereIsNoPartOfItsReader() {
    // row i needs the maximum of row n - 1 - i
    var program =
        program(
            """
            input data "x": %0 f32[6, 4]
            %1 f32[6] = reduce_max(%0) {axes=[1]}
            %2 f32[6] = reverse(%1) {axes=[0]}
            %3 f32[6, 4] = broadcast(%2) {shape=[6, 4], axes=[0]}
            %4 f32[6, 4] = sub(%0, %3)
            output result "y": %4
            """);
    assertThat(kinds(program)).containsExactly("KernelCall", "KernelCall");
  }

  @Test
  void aCallBetweenTwoKernelsKeepsThemApart() {
    var program =
        program(
            """
            input data "x": %0 f32[batch, 4]
            input param "w": %1 f32[4, 4]
            %2 f32[batch, 4] = exp(%0)
            %3 f32[batch, 4] = mat_mul(%2, %1) {transpose_a=false, transpose_b=false}
            %4 f32[batch, 4] = mul(%3, %2)
            output result "e": %2
            output result "y": %4
            """);
    assertThat(kinds(program)).containsExactly("KernelCall", "LibraryCall", "KernelCall");
  }

  @Test
  void aBiasIsAddedByTheCall() {
    var program =
        program(
            """
            input data "x": %0 f32[batch, 4]
            input param "w": %1 f32[4, 3]
            input param "b": %2 f32[3]
            %3 f32[batch, 3] = mat_mul(%0, %1) {transpose_a=false, transpose_b=false}
            %4 f32[batch, 3] = broadcast(%2) {shape=[batch, 3], axes=[1]}
            %5 f32[batch, 3] = add(%3, %4)
            output result "y": %5
            """);
    assertThat(kinds(program)).containsExactly("LibraryCall");
    assertThat(((Step.LibraryCall) program.steps().getFirst()).post()).hasSize(1);
  }

  @Test
  void aBiasOfSeveralAxesIsAddedByTheCallThatMakesThemAsOne() {
    var program =
        program(
            """
            input data "x": %0 f32[batch, 4]
            input param "w": %1 f32[4, 6]
            input param "b": %2 f32[2, 3]
            %3 f32[batch, 6] = mat_mul(%0, %1) {transpose_a=false, transpose_b=false}
            %4 f32[batch, 2, 3] = reshape(%3) {shape=[batch, 2, 3]}
            %5 f32[batch, 2, 3] = broadcast(%2) {shape=[batch, 2, 3], axes=[1, 2]}
            %6 f32[batch, 2, 3] = add(%4, %5)
            output result "y": %6
            """);
    assertThat(kinds(program)).containsExactly("LibraryCall");
  }

  @Test
  void headsAreReadAndWrittenWhereTheyLie() {
    var program =
        program(
            """
            input data "q": %0 f32[batch, 5, 2, 3]
            input data "k": %1 f32[batch, 5, 2, 3]
            %2 f32[batch, 2, 5, 3] = transpose(%0) {order=[0, 2, 1, 3]}
            %3 f32[batch, 2, 3, 5] = transpose(%1) {order=[0, 2, 3, 1]}
            %4 f32[batch, 2, 5, 5] = mat_mul(%2, %3) {transpose_a=false, transpose_b=false}
            %5 f32[batch, 2, 5, 3] = mat_mul(%4, %2) {transpose_a=false, transpose_b=false}
            %6 f32[batch, 5, 2, 3] = transpose(%5) {order=[0, 2, 1, 3]}
            %7 f32[batch, 2, 3, 5] = mat_mul(%3, %4) {transpose_a=false, transpose_b=true}
            %8 f32[batch, 5, 2, 3] = transpose(%7) {order=[0, 3, 1, 2]}
            output result "y": %6
            output result "z": %8
            """);
    assertThat(kinds(program)).containsExactly("LibraryCall", "LibraryCall", "LibraryCall");
  }

  @Test
  void aTransposeThatLeavesNeitherRowsNorColumnsIsCarriedOut() {
    var program =
        program(
            """
            input data "x": %0 f32[3, 4, 5]
            input data "z": %1 f32[5, 4, 2]
            %2 f32[5, 3, 4] = transpose(%0) {order=[2, 0, 1]}
            %3 f32[5, 3, 2] = mat_mul(%2, %1) {transpose_a=false, transpose_b=false}
            output result "y": %3
            """);
    assertThat(kinds(program)).containsExactly("KernelCall", "LibraryCall");
  }

  @Test
  void aProductThatIsReadTwiceKeepsItsOwnValue() {
    var program =
        program(
            """
            input data "x": %0 f32[batch, 4]
            input param "w": %1 f32[4, 3]
            input param "b": %2 f32[3]
            %3 f32[batch, 3] = mat_mul(%0, %1) {transpose_a=false, transpose_b=false}
            %4 f32[batch, 3] = broadcast(%2) {shape=[batch, 3], axes=[1]}
            %5 f32[batch, 3] = add(%3, %4)
            output result "p": %3
            output result "y": %5
            """);
    assertThat(kinds(program)).containsExactly("LibraryCall", "KernelCall");
  }

  @Test
  void variablesAreUpdatedInPlace() {
    var program =
        program(
            """
            input param "w": %0 f32[4]
            input data "g": %1 f32[4]
            %2 f32[4] = sub(%0, %1)
            output param "w": %2
            """);
    assertThat(kinds(program)).containsExactly("KernelCall");
  }

  @Test
  void aReaderOfTheOldValueGoesFirst() {
    var program =
        program(
            """
            input param "w": %0 f32[4, 4]
            input data "g": %1 f32[4, 4]
            %2 f32[4, 4] = sub(%0, %1)
            %3 f32[4, 4] = mat_mul(%1, %0) {transpose_a=false, transpose_b=false}
            output param "w": %2
            output result "p": %3
            """);
    assertThat(kinds(program)).containsExactly("LibraryCall", "KernelCall");
  }

  @Test
  void variablesThatChangePlacesAreCopied() {
    var program =
        program(
            """
            input param "a": %0 f32[4]
            input param "b": %1 f32[4]
            output param "a": %1
            output param "b": %0
            """);
    assertThat(kinds(program)).containsExactly("Copy", "Copy", "Copy", "Copy");
    var a = new double[] {1, 2, 3, 4};
    var b = new double[] {5, 6, 7, 8};
    var type = DType.F32;
    var inputs =
        Map.of(
            "a", new Tensor64(type, new int[] {4}, a),
            "b", new Tensor64(type, new int[] {4}, b));
    var found = ProgramInterpreter.run(program, inputs, 1);
    assertThat(found.get("a")).containsExactly(b);
    assertThat(found.get("b")).containsExactly(a);
  }

  @Test
  void aTransposedUpdateIsNotInPlace() {
    var program =
        program(
            """
            input param "w": %0 f32[4, 4]
            %1 f32[4, 4] = transpose(%0) {order=[1, 0]}
            output param "w": %1
            """);
    assertThat(kinds(program)).containsExactly("KernelCall", "Copy");
  }

  @Test
  void aChainNeedsTheMemoryOfTwo() {
    // each product is dead once the next is made
    var program =
        program(
            """
            input data "x": %0 f32[batch, 4]
            input param "w": %1 f32[4, 4]
            %2 f32[batch, 4] = mat_mul(%0, %1) {transpose_a=false, transpose_b=false}
            %3 f32[batch, 4] = mat_mul(%2, %1) {transpose_a=false, transpose_b=false}
            %4 f32[batch, 4] = mat_mul(%3, %1) {transpose_a=false, transpose_b=false}
            %5 f32[batch, 4] = mat_mul(%4, %1) {transpose_a=false, transpose_b=false}
            output result "y": %5
            """);
    assertThat(program.arenaSizes()).containsExactly(Map.entry(Arena.ROW, 2L * 4 * 4));
    assertThat(program.memory().peakBytes())
        .isEqualTo(program.memory().boundBytes())
        .isEqualTo(2 * 4 * 4 * 32);
  }

  /** The gradient of the weights is made when the rows behind it are dead; at any batch size. */
  @Test
  void fixedBuffersLieWhereRowsWere() {
    var program =
        program(
            """
            input data "x": %0 f32[batch, 64]
            input param "w": %1 f32[64, 64]
            %2 f32[batch, 64] = mat_mul(%0, %1) {transpose_a=false, transpose_b=false}
            %3 f32[batch, 64] = mat_mul(%2, %1) {transpose_a=false, transpose_b=false}
            %4 f32[batch, 64] = mat_mul(%3, %1) {transpose_a=false, transpose_b=false}
            %5 f32[64, 64] = mat_mul(%4, %0) {transpose_a=true, transpose_b=false}
            %6 f32[64, 64] = mat_mul(%5, %1) {transpose_a=false, transpose_b=false}
            %7 f32[64, 64] = mat_mul(%6, %1) {transpose_a=false, transpose_b=false}
            output result "y": %7
            """);
    // two products of rows, or one and the gradient, or two of [64, 64]
    int rows = 64 * 4;
    int weights = 64 * 64 * 4;
    for (int batch : new int[] {1, 16, 32, 48, 64, 80, 256}) {
      long padded = Arena.paddedBatch(batch);
      assertThat(program.peakBytes(batch))
          .as("batch %d", batch)
          .isEqualTo(Math.max(Math.max(2 * rows * padded, rows * padded + weights), 2 * weights));
    }
    assertThat(program.memory().peakBytes()).isEqualTo(program.memory().boundBytes());
  }

  @Test
  void sizesBesideTheBatchAreRoundedUp() {
    assertThat(Arena.of(DimParser.parse("3*batch+5"))).isEqualTo(Arena.ROW);
    assertThat(Arena.ROW.size(DimParser.parse("3*batch+5"), 4)).isEqualTo(32);
    assertThat(Arena.ROW.size(DimParser.parse("3*batch-5"), 4)).isEqualTo(12);
    assertThat(Arena.of(DimParser.parse("2*batch*batch"))).isEqualTo(Arena.SQUARE);
    assertThat(Arena.FIXED.size(DimParser.parse("17"), 4)).isEqualTo(128);
    assertThat(Arena.ROW.scale(33)).isEqualTo(48);
    assertThat(Arena.SQUARE.scale(5)).isEqualTo(256);
  }

  @Test
  void aReshapeOfAKernelsResultCostsNothing() {
    var program =
        program(
            """
            input data "x": %0 f32[batch, 2, 3]
            input param "w": %1 f32[6, 2]
            %2 f32[batch, 2, 3] = exp(%0)
            %3 f32[batch, 6] = reshape(%2) {shape=[batch, 6]}
            %4 f32[batch, 2] = mat_mul(%3, %1) {transpose_a=false, transpose_b=false}
            output result "y": %4
            """);
    assertThat(kinds(program)).containsExactly("KernelCall", "LibraryCall");
  }
}
