package org.mdlc.compiler.emit.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.plan.Programs;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.type.DType;

/** Recurrences whose rows are cut into parts, and one in which rows need each other. */
final class RowLoopCodeTest {
  private static final int STEPS = 24;
  private static final int UNITS = 96;

  /** A recurrence of 24 steps; {@code more} works on what tanh gave, %7, and makes %9. */
  private static Graph recurrence(String more) {
    return TextForm.over(Op.class)
        .parse(
            """
            graph predict {
              input data "h": %%0 f32[batch, 96]
              input data "xs": %%1 f32[batch, 24, 96]
              input state "u": %%2 f32[96, 96]
              %%6 f32[24, batch, 96] = transpose(%%1) {order=[1, 0, 2]}
              %%3 f32[batch, 96], %%4 f32[24, batch, 96], %%5 f32[24, batch, 96] = scan(%%0, %%6, %%2) {body=graph step {
                input data "h": %%0 f32[batch, 96]
                input data "x": %%1 f32[batch, 96]
                input data "u": %%2 f32[96, 96]
                %%5 f32[batch, 96] = mat_mul(%%0, %%2) {transpose_a=false, transpose_b=false}
                %%6 f32[batch, 96] = add(%%5, %%1)
                %%7 f32[batch, 96] = tanh(%%6)
            %s
                output result "next": %%9
                output result "old": %%0
                output result "y": %%7
              }, carries=1, sequences=1, reverse=false}
              output result "last": %%3
              output result "olds": %%4
              output result "ys": %%5
            }
            """
                .formatted(more));
  }

  private static final String ALONE = "%9 f32[batch, 96] = mul(%7, %7)";

  private static final String TOGETHER =
      """
      %8 f32[96] = reduce_max(%7) {axes=[0]}
      %9 f32[batch, 96] = broadcast(%8) {shape=[batch, 96], axes=[1]}
      """;

  @Test
  void rowsThatGoTheirOwnWayAreCut() throws Exception {
    check(recurrence(ALONE), true, 1);
    check(recurrence(ALONE), true, 33);
    check(recurrence(ALONE), true, 64);
  }

  @Test
  void rowsThatNeedEachOtherStayTogether() throws Exception {
    check(recurrence(TOGETHER), false, 33);
  }

  private static void check(Graph graph, boolean byRow, int batch) throws Exception {
    var program = Programs.of(graph, true);
    var loops =
        program.steps().stream()
            .filter(Step.Loop.class::isInstance)
            .map(Step.Loop.class::cast)
            .toList();
    assertThat(loops).singleElement().matches(l -> l.byRow() == byRow);
    var random = new Random(42);
    var inputs = new LinkedHashMap<String, Tensor64>();
    inputs.put("h", draw(random, batch, UNITS));
    inputs.put("xs", draw(random, batch, STEPS, UNITS));
    inputs.put("u", draw(random, UNITS, UNITS));
    var expected = Interpreter.run(graph, inputs, batch);
    for (var style : KernelStyle.values()) {
      var source = GeneratedStep.source("Rows", graph, program, style);
      assertThat(source.contains("RowMatmul")).isEqualTo(byRow);
      var type = InMemoryJavac.load("Rows", source, RowLoopCodeTest.class.getClassLoader());
      var found = GeneratedStep.run(type, graph, inputs, batch);
      for (var name : expected.keySet()) {
        for (int i = 0; i < expected.get(name).count(); i++) {
          // 96 products of at most 0.1, 24 times over, through functions of slope at most 2
          assertThat((double) found.get(name)[i])
              .as("%s[%d], batch %d, %s", name, i, batch, style)
              .isCloseTo(expected.get(name).at(i), Offset.offset(1e-4));
        }
      }
    }
  }

  private static Tensor64 draw(Random random, int... sizes) {
    return Tensor64.of(DType.F32, sizes, _ -> (float) ((random.nextDouble() - 0.5) * 0.2));
  }
}
