package org.mdlc.compiler.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Op;

/** Each rewrite alone: text in, text out, and a twin in which it must not fire. */
final class RewritesTest {
  private static final TextForm TEXT = TextForm.over(Op.class);

  /** Inputs that most graphs below take. */
  private static final String X = "input data \"x\": %0 f32[batch, 4]\n";

  private static String wrapped(String body) {
    return "graph g {\n" + body + "}\n";
  }

  private static String simplified(Rewrite rewrite, String body) {
    var graph = TEXT.parse(wrapped(body));
    Verify.check(graph, "test input");
    var simple = new RemoveDeadCode().run(new Simplify(List.of(rewrite)).run(graph));
    Verify.check(simple, "Simplify");
    return TextForm.print(new Renumber().run(simple));
  }

  private static void turns(Rewrite rewrite, String before, String after) {
    assertThat(simplified(rewrite, before)).isEqualTo(TextForm.print(TEXT.parse(wrapped(after))));
  }

  private static void leaves(Rewrite rewrite, String body) {
    turns(rewrite, body, body);
  }

  @Test
  void dropsIdentities() {
    var rewrite = new Rewrites.DropIdentities();
    turns(
        rewrite,
        X
            + """
            %1 f32[batch, 4] = stop_gradient(%0)
            %2 f32[batch, 4] = cast(%1) {dtype=f32}
            %3 f32[batch, 4] = transpose(%2) {order=[0, 1]}
            %4 f32[batch, 4] = reshape(%3) {shape=[batch, 4]}
            output result "y": %4
            """,
        X + "output result \"y\": %0\n");
    leaves(
        rewrite,
        X
            + """
            %1 f32[4, batch] = transpose(%0) {order=[1, 0]}
            output result "y": %1
            """);
  }

  @Test
  void foldsConstants() {
    var rewrite = new ArithmeticRewrites.FoldConstants();
    turns(
        rewrite,
        """
        %0 f32[4] = constant() {type=f32[4], value=2.0}
        %1 f32[4] = constant() {type=f32[4], value=3.0}
        %2 f32[4] = mul(%0, %1)
        %3 bool[4] = gt(%2, %0)
        output result "y": %2
        output result "z": %3
        """,
        """
        %0 f32[4] = constant() {type=f32[4], value=6.0}
        %1 bool[4] = constant() {type=bool[4], value=1.0}
        output result "y": %0
        output result "z": %1
        """);
    leaves(
        rewrite,
        X
            + """
            %1 f32[batch, 4] = constant() {type=f32[batch, 4], value=3.0}
            %2 f32[batch, 4] = mul(%0, %1)
            output result "y": %2
            """);
  }

  @Test
  void foldsViewsOfConstants() {
    var rewrite = new ViewRewrites.FoldViewsOfConstants();
    turns(
        rewrite,
        """
        %0 f32[] = constant() {type=f32[], value=2.0}
        %1 f32[batch, 4] = broadcast(%0) {shape=[batch, 4], axes=[]}
        output result "y": %1
        """,
        """
        %0 f32[batch, 4] = constant() {type=f32[batch, 4], value=2.0}
        output result "y": %0
        """);
    leaves(
        rewrite,
        """
        %0 f32[4] = constant() {type=f32[4], value=2.0}
        %1 f32[6] = pad(%0) {low=[1], high=[1], value=0.0}
        output result "y": %1
        """);
  }

  @Test
  void foldsReductionsOfConstants() {
    var rewrite = new ReductionRewrites.FoldReductionsOfConstants();
    turns(
        rewrite,
        """
        %0 f32[3, batch] = constant() {type=f32[3, batch], value=2.0}
        %1 f32[batch] = reduce_sum(%0) {axes=[0]}
        output result "y": %1
        """,
        """
        %0 f32[batch] = constant() {type=f32[batch], value=6.0}
        output result "y": %0
        """);
    leaves(
        rewrite,
        """
        %0 f32[3, batch] = constant() {type=f32[3, batch], value=2.0}
        %1 f32[3] = reduce_sum(%0) {axes=[1]}
        output result "y": %1
        """);
  }

  @Test
  void dropsNeutralOperands() {
    var rewrite = new ArithmeticRewrites.DropNeutralOperands();
    turns(
        rewrite,
        X
            + """
            %1 f32[batch, 4] = constant() {type=f32[batch, 4], value=0.0}
            %2 f32[batch, 4] = constant() {type=f32[batch, 4], value=1.0}
            %3 f32[batch, 4] = constant() {type=f32[batch, 4], value=4.0}
            %4 f32[batch, 4] = add(%1, %0)
            %5 f32[batch, 4] = mul(%4, %2)
            %6 f32[batch, 4] = sub(%1, %5)
            %7 f32[batch, 4] = div(%6, %3)
            output result "y": %7
            """,
        X
            + """
            %1 f32[batch, 4] = neg(%0)
            %2 f32[batch, 4] = constant() {type=f32[batch, 4], value=0.25}
            %3 f32[batch, 4] = mul(%1, %2)
            output result "y": %3
            """);
    leaves( // a third is not exact in binary
        rewrite,
        X
            + """
            %1 f32[batch, 4] = constant() {type=f32[batch, 4], value=3.0}
            %2 f32[batch, 4] = div(%0, %1)
            output result "y": %2
            """);
    leaves( // 0 * x is not 0 for NaN and infinity
        rewrite,
        X
            + """
            %1 f32[batch, 4] = constant() {type=f32[batch, 4], value=0.0}
            %2 f32[batch, 4] = mul(%0, %1)
            output result "y": %2
            """);
  }

  @Test
  void expandsSmallPowers() {
    var rewrite = new ArithmeticRewrites.ExpandSmallPowers();
    turns(
        rewrite,
        X
            + """
            %1 f32[batch, 4] = constant() {type=f32[batch, 4], value=3.0}
            %2 f32[batch, 4] = pow(%0, %1)
            output result "y": %2
            """,
        X
            + """
            %1 f32[batch, 4] = mul(%0, %0)
            %2 f32[batch, 4] = mul(%1, %0)
            output result "y": %2
            """);
    leaves(
        rewrite,
        X
            + """
            %1 f32[batch, 4] = constant() {type=f32[batch, 4], value=2.5}
            %2 f32[batch, 4] = pow(%0, %1)
            output result "y": %2
            """);
  }

  @Test
  void dropsDoubleNegations() {
    var rewrite = new ArithmeticRewrites.DropDoubleNegations();
    turns(
        rewrite,
        X
            + """
            %1 f32[batch, 4] = neg(%0)
            %2 f32[batch, 4] = neg(%1)
            %3 f32[batch, 4] = add(%2, %1)
            output result "y": %3
            """,
        X
            + """
            %1 f32[batch, 4] = sub(%0, %0)
            output result "y": %1
            """);
    leaves(
        rewrite,
        X
            + """
            %1 f32[batch, 4] = neg(%0)
            %2 f32[batch, 4] = mul(%0, %1)
            output result "y": %2
            """);
  }

  @Test
  void mergesCastsOfTruth() {
    var rewrite = new ArithmeticRewrites.MergeCasts();
    turns(
        rewrite,
        """
        input data "b": %0 bool[4]
        %1 f32[4] = cast(%0) {dtype=f32}
        %2 i32[4] = cast(%1) {dtype=i32}
        output result "y": %2
        """,
        """
        input data "b": %0 bool[4]
        %1 i32[4] = cast(%0) {dtype=i32}
        output result "y": %1
        """);
    leaves( // truncates
        rewrite,
        """
        input data "x": %0 f32[4]
        %1 i32[4] = cast(%0) {dtype=i32}
        %2 f32[4] = cast(%1) {dtype=f32}
        output result "y": %2
        """);
  }

  @Test
  void foldsSelects() {
    var rewrite = new ArithmeticRewrites.FoldSelects();
    turns(
        rewrite,
        """
        input data "c": %0 bool[4]
        input data "x": %1 f32[4]
        input data "y": %2 f32[4]
        %3 bool[4] = not(%0)
        %4 f32[4] = select(%3, %1, %2)
        %5 f32[4] = select(%0, %4, %4)
        output result "z": %5
        """,
        """
        input data "c": %0 bool[4]
        input data "x": %1 f32[4]
        input data "y": %2 f32[4]
        %3 f32[4] = select(%0, %2, %1)
        output result "z": %3
        """);
    leaves(
        rewrite,
        """
        input data "c": %0 bool[4]
        input data "x": %1 f32[4]
        input data "y": %2 f32[4]
        %3 f32[4] = select(%0, %1, %2)
        output result "z": %3
        """);
  }

  @Test
  void mergesReshapes() {
    var rewrite = new ViewRewrites.MergeReshapes();
    turns(
        rewrite,
        X
            + """
            %1 f32[batch, 2, 2] = reshape(%0) {shape=[batch, 2, 2]}
            %2 f32[4*batch] = reshape(%1) {shape=[4*batch]}
            %3 f32[1, 4*batch] = broadcast(%2) {shape=[1, 4*batch], axes=[1]}
            %4 f32[4*batch, 1] = transpose(%3) {order=[1, 0]}
            output result "y": %4
            """,
        X
            + """
            %1 f32[4*batch, 1] = reshape(%0) {shape=[4*batch, 1]}
            output result "y": %1
            """);
    leaves(
        rewrite,
        X
            + """
            %1 f32[4, batch] = transpose(%0) {order=[1, 0]}
            %2 f32[4*batch] = reshape(%1) {shape=[4*batch]}
            output result "y": %2
            """);
  }

  @Test
  void mergesTransposes() {
    var rewrite = new ViewRewrites.MergeTransposes();
    turns(
        rewrite,
        """
        input data "x": %0 f32[2, 3, 5]
        %1 f32[3, 2, 5] = transpose(%0) {order=[1, 0, 2]}
        %2 f32[5, 2, 3] = transpose(%1) {order=[2, 1, 0]}
        output result "y": %2
        """,
        """
        input data "x": %0 f32[2, 3, 5]
        %1 f32[5, 2, 3] = transpose(%0) {order=[2, 0, 1]}
        output result "y": %1
        """);
    leaves(
        rewrite,
        """
        input data "x": %0 f32[2, 3, 5]
        %1 f32[3, 2, 5] = transpose(%0) {order=[1, 0, 2]}
        %2 f32[3, 2, 5] = exp(%1)
        %3 f32[5, 2, 3] = transpose(%2) {order=[2, 1, 0]}
        output result "y": %3
        """);
  }

  @Test
  void mergesBroadcasts() {
    var rewrite = new ViewRewrites.MergeBroadcasts();
    turns(
        rewrite,
        """
        input data "x": %0 f32[5]
        %1 f32[1, 5] = reshape(%0) {shape=[1, 5]}
        %2 f32[3, 5] = broadcast(%1) {shape=[3, 5], axes=[0, 1]}
        %3 f32[2, 3, 5] = broadcast(%2) {shape=[2, 3, 5], axes=[1, 2]}
        output result "y": %3
        """,
        """
        input data "x": %0 f32[5]
        %1 f32[2, 3, 5] = broadcast(%0) {shape=[2, 3, 5], axes=[2]}
        output result "y": %1
        """);
    leaves( // the reshape moves elements
        rewrite,
        """
        input data "x": %0 f32[2, 3]
        %1 f32[3, 2] = reshape(%0) {shape=[3, 2]}
        %2 f32[4, 3, 2] = broadcast(%1) {shape=[4, 3, 2], axes=[1, 2]}
        output result "y": %2
        """);
  }

  @Test
  void computesBeforeBroadcast() {
    var rewrite = new ViewRewrites.ComputeBeforeBroadcast();
    turns(
        rewrite,
        """
        input data "x": %0 f32[5]
        %1 f32[batch, 5] = broadcast(%0) {shape=[batch, 5], axes=[1]}
        %2 f32[batch, 5] = exp(%1)
        output result "y": %2
        """,
        """
        input data "x": %0 f32[5]
        %1 f32[5] = exp(%0)
        %2 f32[batch, 5] = broadcast(%1) {shape=[batch, 5], axes=[1]}
        output result "y": %2
        """);
    leaves(
        rewrite,
        """
        input data "x": %0 f32[5]
        input data "z": %1 f32[batch, 5]
        %2 f32[batch, 5] = broadcast(%0) {shape=[batch, 5], axes=[1]}
        %3 f32[batch, 5] = add(%2, %1)
        output result "y": %3
        """);
  }

  @Test
  void mergesSlices() {
    var rewrite = new ViewRewrites.MergeSlices();
    turns(
        rewrite,
        """
        input data "x": %0 f32[20]
        %1 f32[8] = slice(%0) {starts=[2], limits=[18], strides=[2]}
        %2 f32[3] = slice(%1) {starts=[1], limits=[6], strides=[2]}
        output result "y": %2
        """,
        """
        input data "x": %0 f32[20]
        %1 f32[3] = slice(%0) {starts=[4], limits=[13], strides=[4]}
        output result "y": %1
        """);
    leaves(
        rewrite,
        """
        input data "x": %0 f32[20]
        %1 f32[8] = slice(%0) {starts=[2], limits=[18], strides=[2]}
        output result "y": %1
        """);
  }

  @Test
  void mergesReductions() {
    var rewrite = new ReductionRewrites.MergeReductions();
    turns(
        rewrite,
        """
        input data "x": %0 f32[2, 3, 5]
        %1 f32[2, 5] = reduce_sum(%0) {axes=[1]}
        %2 f32[2] = reduce_sum(%1) {axes=[1]}
        output result "y": %2
        """,
        """
        input data "x": %0 f32[2, 3, 5]
        %1 f32[2] = reduce_sum(%0) {axes=[1, 2]}
        output result "y": %1
        """);
    leaves(
        rewrite,
        """
        input data "x": %0 f32[2, 3, 5]
        %1 f32[2, 5] = reduce_sum(%0) {axes=[1]}
        %2 f32[2] = reduce_max(%1) {axes=[1]}
        output result "y": %2
        """);
  }

  @Test
  void reshapesReductionsOfOnes() {
    var rewrite = new ReductionRewrites.ReshapeReductionsOfOnes();
    turns(
        rewrite,
        """
        input data "x": %0 f32[2, 1, 5]
        %1 f32[2, 5] = reduce_max(%0) {axes=[1]}
        output result "y": %1
        """,
        """
        input data "x": %0 f32[2, 1, 5]
        %1 f32[2, 5] = reshape(%0) {shape=[2, 5]}
        output result "y": %1
        """);
    leaves(
        rewrite,
        """
        input data "x": %0 f32[2, 1, 5]
        %1 f32[2] = reduce_max(%0) {axes=[1, 2]}
        output result "y": %1
        """);
  }

  @Test
  void reducesBeforeBroadcast() {
    var rewrite = new ReductionRewrites.ReduceBeforeBroadcast();
    turns(
        rewrite,
        """
        input data "x": %0 f32[5, 7]
        %1 f32[3, 5, 7] = broadcast(%0) {shape=[3, 5, 7], axes=[1, 2]}
        %2 f32[5] = reduce_sum(%1) {axes=[0, 2]}
        output result "y": %2
        """,
        """
        input data "x": %0 f32[5, 7]
        %1 f32[5] = reduce_sum(%0) {axes=[1]}
        %2 f32[5] = constant() {type=f32[5], value=3.0}
        %3 f32[5] = mul(%1, %2)
        output result "y": %3
        """);
    leaves( // the number of copies is not known
        rewrite,
        """
        input data "x": %0 f32[5]
        %1 f32[batch, 5] = broadcast(%0) {shape=[batch, 5], axes=[1]}
        %2 f32[5] = reduce_sum(%1) {axes=[0]}
        output result "y": %2
        """);
  }

  @Test
  void readsSharesNotPowers() {
    var rewrite = new ReductionRewrites.ReadSharesNotPowers();
    turns(
        rewrite,
        """
        input data "e": %0 f32[2, 3]
        input data "g": %1 f32[2, 3]
        %2 f32[2] = reduce_sum(%0) {axes=[1]}
        %3 f32[2, 3] = broadcast(%2) {shape=[2, 3], axes=[0]}
        %4 f32[2, 3] = div(%0, %3)
        %5 f32[2, 3] = div(%4, %3)
        %6 f32[2, 3] = mul(%1, %5)
        %7 f32[2, 3] = neg(%6)
        %8 f32[2] = reduce_sum(%7) {axes=[1]}
        %9 f32[2, 3] = broadcast(%8) {shape=[2, 3], axes=[0]}
        %10 f32[2, 3] = div(%1, %3)
        %11 f32[2, 3] = add(%10, %9)
        %12 f32[2, 3] = mul(%11, %0)
        output result "p": %4
        output result "y": %12
        """,
        """
        input data "e": %0 f32[2, 3]
        input data "g": %1 f32[2, 3]
        %2 f32[2] = reduce_sum(%0) {axes=[1]}
        %3 f32[2, 3] = broadcast(%2) {shape=[2, 3], axes=[0]}
        %4 f32[2, 3] = div(%0, %3)
        %5 f32[2, 3] = mul(%1, %4)
        %6 f32[2] = reduce_sum(%5) {axes=[1]}
        %7 f32[2, 3] = broadcast(%6) {shape=[2, 3], axes=[0]}
        %8 f32[2, 3] = sub(%1, %7)
        %9 f32[2, 3] = mul(%8, %4)
        output result "p": %4
        output result "y": %9
        """);
    leaves( // the divisors differ along the axis of the sum
        rewrite,
        """
        input data "e": %0 f32[2, 3]
        input data "g": %1 f32[2, 3]
        input data "s": %2 f32[3]
        %3 f32[2, 3] = broadcast(%2) {shape=[2, 3], axes=[1]}
        %4 f32[2, 3] = div(%0, %3)
        %5 f32[2, 3] = div(%4, %3)
        %6 f32[2, 3] = mul(%1, %5)
        %7 f32[2, 3] = neg(%6)
        %8 f32[2] = reduce_sum(%7) {axes=[1]}
        %9 f32[2, 3] = broadcast(%8) {shape=[2, 3], axes=[0]}
        %10 f32[2, 3] = div(%1, %3)
        %11 f32[2, 3] = add(%10, %9)
        %12 f32[2, 3] = mul(%11, %0)
        output result "p": %4
        output result "y": %12
        """);
  }

  @Test
  void foldsTransposesIntoMatMul() {
    var rewrite = new ViewRewrites.FoldTransposesIntoMatMul();
    turns(
        rewrite,
        """
        input data "x": %0 f32[batch, 4]
        input data "z": %1 f32[5, 4]
        %2 f32[4, 5] = transpose(%1) {order=[1, 0]}
        %3 f32[batch, 5] = matmul(%0, %2) {transpose_a=false, transpose_b=false}
        output result "y": %3
        """
            .replace("matmul", "mat_mul"),
        """
        input data "x": %0 f32[batch, 4]
        input data "z": %1 f32[5, 4]
        %2 f32[batch, 5] = mat_mul(%0, %1) {transpose_a=false, transpose_b=true}
        output result "y": %2
        """);
    leaves( // moves the batch axis too
        rewrite,
        """
        input data "x": %0 f32[2, 3, 4]
        input data "z": %1 f32[5, 4, 2]
        %2 f32[2, 4, 5] = transpose(%1) {order=[2, 1, 0]}
        %3 f32[2, 3, 5] = mat_mul(%0, %2) {transpose_a=false, transpose_b=false}
        output result "y": %3
        """);
    leaves( // the batch axis would have to be rows of a transposed matrix
        rewrite,
        """
        input data "x": %0 f32[2, 4, 3]
        input data "z": %1 f32[4, 5]
        %2 f32[2, 3, 4] = transpose(%0) {order=[0, 2, 1]}
        %3 f32[2, 3, 5] = mat_mul(%2, %1) {transpose_a=false, transpose_b=false}
        output result "y": %3
        """);
  }

  @Test
  void joinsPads() {
    var rewrite = new ViewRewrites.JoinPads();
    turns(
        rewrite,
        """
        input data "a": %0 f32[3]
        input data "b": %1 f32[5]
        %2 f32[8] = pad(%0) {low=[0], high=[5], value=0.0}
        %3 f32[8] = pad(%1) {low=[3], high=[0], value=0.0}
        %4 f32[8] = add(%3, %2)
        output result "y": %4
        """,
        """
        input data "a": %0 f32[3]
        input data "b": %1 f32[5]
        %2 f32[8] = concat(%0, %1) {axis=0}
        output result "y": %2
        """);
    leaves( // they overlap
        rewrite,
        """
        input data "a": %0 f32[4]
        input data "b": %1 f32[5]
        %2 f32[8] = pad(%0) {low=[0], high=[4], value=0.0}
        %3 f32[8] = pad(%1) {low=[3], high=[0], value=0.0}
        %4 f32[8] = add(%2, %3)
        output result "y": %4
        """);
  }

  @Test
  void mergesConcats() {
    var rewrite = new ViewRewrites.MergeConcats();
    turns(
        rewrite,
        """
        input data "a": %0 f32[3, 2]
        input data "b": %1 f32[3, 5]
        %2 f32[3, 7] = concat(%0, %1) {axis=1}
        %3 f32[3, 9] = concat(%2, %0) {axis=1}
        output result "y": %3
        """,
        """
        input data "a": %0 f32[3, 2]
        input data "b": %1 f32[3, 5]
        %2 f32[3, 9] = concat(%0, %1, %0) {axis=1}
        output result "y": %2
        """);
    leaves(
        rewrite,
        """
        input data "a": %0 f32[3, 2]
        %1 f32[3, 4] = concat(%0, %0) {axis=1}
        %2 f32[6, 4] = concat(%1, %1) {axis=0}
        output result "y": %2
        """);
  }

  @Test
  void everyRewriteIsTested() {
    var tested =
        List.of(getClass().getDeclaredMethods()).stream()
                .filter(m -> m.isAnnotationPresent(Test.class))
                .count()
            - 1;
    assertThat(Rewrites.ALL).hasSize((int) tested);
  }
}
