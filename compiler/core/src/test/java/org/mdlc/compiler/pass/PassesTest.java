package org.mdlc.compiler.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/** Each pass alone: text in, text out, and a twin in which nothing may change. */
final class PassesTest {
  private static final TextForm TEXT = TextForm.over(Op.class);

  private static void turns(Pass pass, String before, String after) {
    var graph = TEXT.parse(before);
    Verify.check(graph, "test input");
    var result = pass.run(graph);
    Verify.check(result, pass.name());
    assertThat(TextForm.print(new Renumber().run(result)))
        .isEqualTo(TextForm.print(TEXT.parse(after)));
  }

  @Test
  void decomposesComposites() {
    turns(
        new DecomposeOps(),
        """
        graph g {
          input data "x": %0 f32[4]
          %1 f32[4] = composite(%0) {kind="Twice", scope="twice_1", body=graph body {
            input data "v": %0 f32[4]
            %1 f32[4] = composite(%0) {kind="Same", scope="", body=graph inner {
              input data "v": %0 f32[4]
              output result "v": %0
            }}
            %2 f32[4] = add(%0, %1)
            output result "r": %2
          }} @ "" "m.mdl:3:1" "y = Twice(x)"
          output result "y": %1
        }
        """,
        """
        graph g {
          input data "x": %0 f32[4]
          %1 f32[4] = add(%0, %0) @ "twice_1" "m.mdl:3:1" "y = Twice(x)"
          output result "y": %1
        }
        """);
  }

  @Test
  void movesProductsOfTheInputOutOfScans() {
    turns(
        new MoveOutOfScans(),
        """
        graph g {
          input data "start": %0 f32[batch, 5]
          input data "xs": %1 f32[7, batch, 2]
          input param "w": %2 f32[2, 5]
          input param "u": %3 f32[5, 5]
          input param "b": %4 f32[5]
          %5 f32[batch, 5], %6 f32[7, batch, 5] = scan(%0, %1, %2, %3, %4) {body=graph step {
            input data "h": %0 f32[batch, 5]
            input data "x": %1 f32[batch, 2]
            input data "w": %2 f32[2, 5]
            input data "u": %3 f32[5, 5]
            input data "b": %4 f32[5]
            %5 f32[batch, 5] = mat_mul(%1, %2) {transpose_a=false, transpose_b=false}
            %6 f32[batch, 5] = broadcast(%4) {shape=[batch, 5], axes=[1]}
            %7 f32[batch, 5] = add(%5, %6)
            %8 f32[batch, 5] = mat_mul(%0, %3) {transpose_a=false, transpose_b=false}
            %9 f32[batch, 5] = add(%7, %8)
            %10 f32[batch, 5] = tanh(%9)
            output result "h": %10
            output result "y": %10
          }, carries=1, sequences=1, reverse=true}
          output result "last": %5
          output result "ys": %6
        }
        """,
        """
        graph g {
          input data "start": %0 f32[batch, 5]
          input data "xs": %1 f32[7, batch, 2]
          input param "w": %2 f32[2, 5]
          input param "u": %3 f32[5, 5]
          input param "b": %4 f32[5]
          %5 f32[7, batch, 5] = mat_mul(%1, %2) {transpose_a=false, transpose_b=false}
          %6 f32[batch, 5] = broadcast(%4) {shape=[batch, 5], axes=[1]}
          %7 f32[7, batch, 5] = broadcast(%6) {shape=[7, batch, 5], axes=[1, 2]}
          %8 f32[7, batch, 5] = add(%5, %7)
          %9 f32[batch, 5], %10 f32[7, batch, 5] = scan(%0, %8, %3) {body=graph step {
            input data "h": %0 f32[batch, 5]
            input data "": %1 f32[batch, 5]
            input data "u": %2 f32[5, 5]
            %3 f32[batch, 5] = mat_mul(%0, %2) {transpose_a=false, transpose_b=false}
            %4 f32[batch, 5] = add(%1, %3)
            %5 f32[batch, 5] = tanh(%4)
            output result "h": %5
            output result "y": %5
          }, carries=1, sequences=1, reverse=true}
          output result "last": %9
          output result "ys": %10
        }
        """);
  }

  @Test
  void aScanWithoutCarriesMayVanish() {
    turns(
        new MoveOutOfScans(),
        """
        graph g {
          input data "xs": %0 f32[3, batch, 4, 4, 1]
          input param "w": %1 f32[2, 2, 1, 5]
          %2 f32[3, batch, 3, 3, 5] = scan(%0, %1) {body=graph step {
            input data "x": %0 f32[batch, 4, 4, 1]
            input data "w": %1 f32[2, 2, 1, 5]
            %2 f32[batch, 3, 3, 5] = convolution(%0, %1) {geometry={strides=[1, 1], pad_low=[0, 0], pad_high=[0, 0], dilation=[1, 1], groups=1}}
            %3 f32[batch, 3, 3, 5] = tanh(%2)
            output result "y": %3
          }, carries=0, sequences=1, reverse=false}
          output result "ys": %2
        }
        """,
        """
        graph g {
          input data "xs": %0 f32[3, batch, 4, 4, 1]
          input param "w": %1 f32[2, 2, 1, 5]
          %2 f32[3*batch, 4, 4, 1] = reshape(%0) {shape=[3*batch, 4, 4, 1]}
          %3 f32[3*batch, 3, 3, 5] = convolution(%2, %1) {geometry={strides=[1, 1], pad_low=[0, 0], pad_high=[0, 0], dilation=[1, 1], groups=1}}
          %4 f32[3, batch, 3, 3, 5] = reshape(%3) {shape=[3, batch, 3, 3, 5]}
          %5 f32[3, batch, 3, 3, 5] = tanh(%4)
          output result "ys": %5
        }
        """);
  }

  @Test
  void leavesInScansWhatNeedsTheCarriedValue() {
    var text =
        """
        graph g {
          input data "start": %0 f32[batch, 5]
          input data "xs": %1 f32[7, batch, 5]
          input param "u": %2 f32[5, 5]
          %3 f32[batch, 5] = scan(%0, %1, %2) {body=graph step {
            input data "h": %0 f32[batch, 5]
            input data "x": %1 f32[batch, 5]
            input data "u": %2 f32[5, 5]
            %3 f32[batch, 5] = add(%0, %1)
            %4 f32[batch, 5] = mat_mul(%3, %2) {transpose_a=false, transpose_b=false}
            output result "h": %4
          }, carries=1, sequences=1, reverse=false}
          output result "last": %3
        }
        """;
    turns(new MoveOutOfScans(), text, text);
  }

  @Test
  void leavesPrimitivesAlone() {
    var text =
        """
        graph g {
          input data "x": %0 f32[4]
          %1 "h" f32[4] = exp(%0) @ "a/b" "m.mdl:3:1" "say \\"exp\\""
          output result "y": %1
        }
        """;
    turns(new DecomposeOps(), text, text);
    assertThat(TextForm.print(TEXT.parse(text))).isEqualTo(text);
  }

  @Test
  void bindsNamedDimensions() {
    turns(
        new BindNamedDims(Map.of("T", 6L)),
        """
        graph g {
          input data "x": %0 f32[batch, T, 2]
          %1 f32[batch, 2*T] = reshape(%0) {shape=[batch, 2*T]}
          output result "y": %1
        }
        """,
        """
        graph g {
          input data "x": %0 f32[batch, 6, 2]
          %1 f32[batch, 12] = reshape(%0) {shape=[batch, 12]}
          output result "y": %1
        }
        """);
  }

  @Test
  void sharesCommonValues() {
    turns(
        new ShareCommonValues(),
        """
        graph g {
          input data "x": %0 f32[4]
          input data "z": %1 f32[4]
          %2 f32[4] = add(%0, %1)
          %3 f32[4] = add(%1, %0)
          %4 f32[4] = sub(%2, %3)
          output result "y": %4
        }
        """,
        """
        graph g {
          input data "x": %0 f32[4]
          input data "z": %1 f32[4]
          %2 f32[4] = add(%0, %1)
          %3 f32[4] = sub(%2, %2)
          output result "y": %3
        }
        """);
  }

  @Test
  void sharesNothingThatDiffers() {
    var text =
        """
        graph g {
          input data "x": %0 f32[4]
          input data "z": %1 f32[4]
          %2 f32[4] = sub(%0, %1)
          %3 f32[4] = sub(%1, %0)
          %4 f32[4] = add(%2, %3)
          output result "y": %4
        }
        """;
    turns(new ShareCommonValues(), text, text);
  }

  @Test
  void sharesRandomNumbersOfOneKeyOnly() {
    turns(
        new ShareCommonValues(),
        """
        graph g {
          input seed "k": %0 u32[2]
          %1 f32[4] = random_uniform(%0) {shape=[4], low=0.0, high=1.0}
          %2 u32[2] = advance_key(%0)
          %3 f32[4] = random_uniform(%2) {shape=[4], low=0.0, high=1.0}
          %4 f32[4] = random_uniform(%0) {shape=[4], low=0.0, high=1.0}
          output result "a": %1
          output result "b": %3
          output result "c": %4
        }
        """,
        """
        graph g {
          input seed "k": %0 u32[2]
          %1 f32[4] = random_uniform(%0) {shape=[4], low=0.0, high=1.0}
          %2 u32[2] = advance_key(%0)
          %3 f32[4] = random_uniform(%2) {shape=[4], low=0.0, high=1.0}
          output result "a": %1
          output result "b": %3
          output result "c": %1
        }
        """);
  }

  @Test
  void removesDeadCode() {
    turns(
        new RemoveDeadCode(),
        """
        graph g {
          input data "x": %0 f32[4]
          %1 f32[4] = exp(%0)
          %2 f32[4], %3 i32[4] = sort(%0) {descending=false}
          %4 f32[4] = neg(%1)
          output result "y": %3
        }
        """,
        """
        graph g {
          input data "x": %0 f32[4]
          %1 f32[4], %2 i32[4] = sort(%0) {descending=false}
          output result "y": %2
        }
        """);
  }

  @Test
  void readsMasksFromResults() {
    turns(
        new ReadMasksFromResults(),
        """
        graph g {
          input data "x": %0 f32[batch, 4]
          input param "w": %1 f32[4, 3]
          input data "dy": %2 f32[batch, 4]
          %3 f32[batch, 4] = constant() {type=f32[batch, 4], value=0.0}
          %4 bool[batch, 4] = le(%0, %3)
          %5 f32[batch, 4] = select(%4, %3, %0)
          %6 f32[batch, 3] = mat_mul(%5, %1) {transpose_a=false, transpose_b=false}
          %7 f32[batch, 4] = select(%4, %3, %2)
          output result "z": %6
          output result "dx": %7
        }
        """,
        """
        graph g {
          input data "x": %0 f32[batch, 4]
          input param "w": %1 f32[4, 3]
          input data "dy": %2 f32[batch, 4]
          %3 f32[batch, 4] = constant() {type=f32[batch, 4], value=0.0}
          %4 bool[batch, 4] = le(%0, %3)
          %5 f32[batch, 4] = select(%4, %3, %0)
          %6 f32[batch, 3] = mat_mul(%5, %1) {transpose_a=false, transpose_b=false}
          %7 f32[batch, 4] = constant() {type=f32[batch, 4], value=0.0}
          %8 bool[batch, 4] = le(%5, %7)
          %9 f32[batch, 4] = select(%8, %3, %2)
          output result "z": %6
          output result "dx": %9
        }
        """);
  }

  @Test
  void leavesMasksOfResultsThatAreNotInMemory() {
    var text =
        """
        graph g {
          input data "x": %0 f32[batch, 4]
          input data "dy": %1 f32[batch, 4]
          %2 f32[batch, 4] = constant() {type=f32[batch, 4], value=0.0}
          %3 bool[batch, 4] = le(%0, %2)
          %4 f32[batch, 4] = select(%3, %2, %0)
          %5 f32[batch, 4] = select(%3, %2, %1)
          output result "y": %4
          output result "dx": %5
        }
        """;
    turns(new ReadMasksFromResults(), text, text);
  }

  @Test
  void flushesTinyMoments() {
    turns(
        new FlushTinyMoments(),
        """
        graph g {
          input param "w": %0 f32[4]
          input slot "m": %1 f32[4]
          input slot "n": %2 i32[4]
          %3 f32[4] = mul(%0, %1)
          %4 i32[4] = add(%2, %2)
          %5 f32[4] = constant() {type=f32[4], value=0.0}
          output param "w": %3
          output slot "m": %3
          output slot "n": %4
          output slot "v": %5
        }
        """,
        """
        graph g {
          input param "w": %0 f32[4]
          input slot "m": %1 f32[4]
          input slot "n": %2 i32[4]
          %3 f32[4] = mul(%0, %1)
          %4 i32[4] = add(%2, %2)
          %5 f32[4] = constant() {type=f32[4], value=0.0}
          %6 f32[4] = constant() {type=f32[4], value=1.2037062152420224E-35}
          %7 f32[4] = abs(%3)
          %8 bool[4] = lt(%7, %6)
          %9 f32[4] = constant() {type=f32[4], value=0.0}
          %10 f32[4] = select(%8, %9, %3)
          output param "w": %3
          output slot "m": %10
          output slot "n": %4
          output slot "v": %5
        }
        """);
  }

  private static final String DROPOUT =
      """
      graph g {
        input data "x": %0 f32[batch, 4]
        input param "w": %1 f32[4, 3]
        input data "dy": %2 f32[batch, 4]
        input data "u": %3 f32[batch, 4]
        %4 f32[batch, 4] = constant() {type=f32[batch, 4], value=0.0}
        %5 f32[batch, 4] = constant() {type=f32[batch, 4], value=RATE}
        %6 bool[batch, 4] = lt(%3, %5)
        %7 bool[batch, 4] = le(%0, %4)
        %8 f32[batch, 4] = select(%7, %4, %0)
        %9 f32[batch, 4] = div(%8, %5)
        %10 f32[batch, 4] = select(%6, %9, %4)
        %11 f32[batch, 3] = mat_mul(%10, %1) {transpose_a=false, transpose_b=false}
        %12 f32[batch, 4] = select(%6, %2, %4)
        %13 f32[batch, 4] = div(%12, %5)
        %14 f32[batch, 4] = select(%7, %4, %13)
        output result "z": %11
        output result "dx": %14
      }
      """;

  @Test
  void readsMasksOfReluAndDropoutFromResults() {
    var graph = TEXT.parse(DROPOUT.replace("RATE", "0.8"));
    var found = new RemoveDeadCode().run(new ReadMasksFromResults().run(graph));
    assertThat(TextForm.print(new Renumber().run(found)))
        .contains(
            """
              %10 f32[batch, 4] = select(%6, %9, %4)
              %11 f32[batch, 3] = mat_mul(%10, %1) {transpose_a=false, transpose_b=false}
              %12 f32[batch, 4] = constant() {type=f32[batch, 4], value=0.0}
              %13 bool[batch, 4] = le(%10, %12)
              %14 f32[batch, 4] = div(%2, %5)
              %15 f32[batch, 4] = select(%13, %4, %14)
              output result "z": %11
              output result "dx": %15
            """);
    // where x is not above 0 or not kept, and where it is no number
    var inputs =
        Map.of(
            "x", tensor(Float.MIN_VALUE, 2, -1, Double.NaN, Double.NaN, 0, -0.0, 3),
            "dy", tensor(1, Double.NaN, 3, 4, 5, Double.NaN, 7, 8),
            "u", tensor(0, 0.9, 0, 0, 0.9, 0, 0, 0.8),
            "w", new Tensor64(DType.F32, new int[] {4, 3}, new double[12]));
    assertThat(Interpreter.run(found, inputs, 2).get("dx").data())
        .isEqualTo(Interpreter.run(graph, inputs, 2).get("dx").data())
        .containsExactly(1.25, 0, 0, 5, 0, 0, 0, 0);
  }

  private static Tensor64 tensor(double... data) {
    return new Tensor64(DType.F32, new int[] {2, 4}, data);
  }

  @Test
  void aDropoutThatMayMakeZerosKeepsItsMask() {
    var text = DROPOUT.replace("RATE", "1.5");
    turns(new ReadMasksFromResults(), text, text);
  }

  @Test
  void verifyNamesTheWrongType() {
    var graph =
        TEXT.parse(
            """
            graph g {
              input data "x": %0 f32[4]
              %1 f32[5] = exp(%0)
              output result "y": %1
            }
            """);
    assertThatThrownBy(() -> Verify.check(graph, "MyPass"))
        .isInstanceOf(CompilerBug.class)
        .hasMessageContaining("MyPass")
        .hasMessageContaining("f32[4]");
  }

  @Test
  void anOrderWithoutItsReasonIsRefused() {
    var builder =
        new Pipeline.Builder()
            .add(new Simplify())
            .after(DecomposeOps.class, "layers hide operations");
    assertThatThrownBy(builder::build)
        .isInstanceOf(CompilerBug.class)
        .hasMessageContaining("layers hide operations");
  }

  @Test
  void dumpsAfterThePassesAskedFor() {
    var dumped = new ArrayList<String>();
    var sink =
        new DumpSink() {
          @Override
          public boolean wants(String stage) {
            return stage.equals("ShareCommonValues");
          }

          @Override
          public void dump(String stage, String name, String text) {
            dumped.add(stage + " " + name + "\n" + text);
          }
        };
    var graph = TEXT.parse("graph g { input data \"x\": %0 f32[4] output result \"y\": %0 }");
    Pipeline.optimize(Map.of()).run(graph, sink);
    assertThat(dumped).containsExactly("ShareCommonValues g\n" + TextForm.print(graph));
  }
}
