package org.mdlc.compiler.pass;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Op;

final class AvoidTablesOfZerosTest {
  private static final TextForm TEXT = TextForm.over(Op.class);

  private static String after(String before) {
    var graph = TEXT.parse(before);
    Verify.check(graph, "test input");
    var result = new AvoidTablesOfZeros().run(graph);
    Verify.check(result, "AvoidTablesOfZeros");
    return TextForm.print(new Renumber().run(result));
  }

  @Test
  void readsTheSumsOfTheRowsThatOccur() {
    assertThat(
            after(
                """
                graph g {
                  input data "words": %0 i32[batch, 80]
                  input data "dx": %1 f32[batch, 80, 128]
                  %2 f32[20000, 128] = scatter_add(%0, %1) {axis=0, shape=[20000, 128]}
                  %3 f32[20000, 128] = mul(%2, %2)
                  output result "y": %3
                }
                """))
        .isEqualTo(
            """
            graph g {
              input data "words": %0 i32[batch, 80]
              input data "dx": %1 f32[batch, 80, 128]
              %2 i32[20000], %3 f32[batch, 80, 128] = sum_rows(%0, %1) {rows=20000}
              %4 f32[80*batch, 128] = reshape(%3) {shape=[80*batch, 128]}
              %5 f32[20000, 128] = gather(%4, %2) {axis=0}
              %6 i32[20000] = constant() {type=i32[20000], value=0.0}
              %7 bool[20000] = ge(%2, %6)
              %8 bool[20000, 128] = broadcast(%7) {shape=[20000, 128], axes=[0]}
              %9 f32[20000, 128] = constant() {type=f32[20000, 128], value=0.0}
              %10 f32[20000, 128] = select(%8, %5, %9)
              %11 f32[20000, 128] = mul(%10, %10)
              output result "y": %11
            }
            """);
  }

  @Test
  void takesTransposedRowsAsTheyAre() {
    assertThat(
            after(
                """
                graph g {
                  input data "words": %0 i32[batch, 80]
                  input data "dx": %1 f32[80, batch, 128]
                  %2 f32[batch, 80, 128] = transpose(%1) {order=[1, 0, 2]}
                  %3 f32[20000, 128] = scatter_add(%0, %2) {axis=0, shape=[20000, 128]}
                  %4 f32[20000, 128] = neg(%3)
                  output result "y": %4
                }
                """))
        .contains(
            "%3 i32[80, batch] = transpose(%0) {order=[1, 0]}",
            "%4 i32[20000], %5 f32[80, batch, 128] = sum_rows(%3, %1) {rows=20000}");
  }

  @Test
  void leavesTransposedElementsOfRowsAlone() {
    assertThat(
            after(
                """
                graph g {
                  input data "words": %0 i32[batch, 8]
                  input data "dx": %1 f32[batch, 8, 16, 4]
                  %2 f32[batch, 8, 4, 16] = transpose(%1) {order=[0, 1, 3, 2]}
                  %3 f32[20000, 4, 16] = scatter_add(%0, %2) {axis=0, shape=[20000, 4, 16]}
                  %4 f32[20000, 4, 16] = neg(%3)
                  output result "y": %4
                }
                """))
        .contains("sum_rows(%0, %2)");
  }

  @Test
  void leavesTablesThatAreNeededWholeAlone() {
    String before =
        """
        graph g {
          input data "words": %0 i32[batch, 80]
          input data "dx": %1 f32[batch, 80, 128]
          %2 f32[20000, 128] = scatter_add(%0, %1) {axis=0, shape=[20000, 128]}
          %3 f32[20000, 128] = neg(%2)
          output result "y": %3
          output result "table": %2
        }
        """;
    assertThat(after(before)).isEqualTo(before);
  }

  @Test
  void leavesSmallAndFullTablesAlone() {
    String before =
        """
        graph g {
          input data "words": %0 i32[batch, 80]
          input data "dx": %1 f32[batch, 80, 1024]
          input data "d": %2 f32[batch, 80]
          %3 f32[96, 1024] = scatter_add(%0, %1) {axis=0, shape=[96, 1024]}
          %4 f32[96, 1024] = neg(%3)
          %5 f32[20000] = scatter_add(%0, %2) {axis=0, shape=[20000]}
          %6 f32[20000] = neg(%5)
          output result "y": %4
          output result "z": %6
        }
        """;
    assertThat(after(before)).isEqualTo(before);
  }
}
