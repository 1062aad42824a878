package org.mdlc.compiler.emit.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.plan.Buffer;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.ProgramInterpreter;
import org.mdlc.compiler.plan.Programs;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.type.DType;

/** Attention whose scores are large is done row by row, and gives what it gives otherwise. */
final class RunByRowsTest {
  private static final int[] BATCHES = {1, 3, 17};

  /** Causal attention of two heads of size 8, its shares, and a gradient of the scores. */
  private static Graph attention(int length) {
    return TextForm.over(Op.class)
        .parse(
            """
            graph g {
              input data "q": %0 f32[batch, T, 2, 8]
              input data "k": %1 f32[batch, T, 2, 8]
              input data "v": %2 f32[batch, T, 2, 8]
              %3 f32[batch, 2, T, 8] = transpose(%0) {order=[0, 2, 1, 3]}
              %4 f32[batch, 2, 8, T] = transpose(%1) {order=[0, 2, 3, 1]}
              %5 f32[batch, 2, T, T] = mat_mul(%3, %4) {transpose_a=false, transpose_b=false}
              %6 i32[batch, 2, T, T] = iota() {shape=[batch, 2, T, T], axis=2}
              %7 i32[batch, 2, T, T] = iota() {shape=[batch, 2, T, T], axis=3}
              %8 bool[batch, 2, T, T] = ge(%6, %7)
              %9 f32[batch, 2, T, T] = constant() {type=f32[batch, 2, T, T], value=-1.0E9}
              %10 f32[batch, 2, T, T] = select(%8, %5, %9)
              %11 f32[batch, 2, T] = reduce_max(%10) {axes=[3]}
              %12 f32[batch, 2, T, T] = broadcast(%11) {shape=[batch, 2, T, T], axes=[0, 1, 2]}
              %13 f32[batch, 2, T, T] = sub(%10, %12)
              %14 f32[batch, 2, T, T] = exp(%13)
              %15 f32[batch, 2, T] = reduce_sum(%14) {axes=[3]}
              %16 f32[batch, 2, T, T] = broadcast(%15) {shape=[batch, 2, T, T], axes=[0, 1, 2]}
              %17 f32[batch, 2, T, T] = div(%14, %16)
              %18 f32[batch, 2, T, 8] = transpose(%2) {order=[0, 2, 1, 3]}
              %19 f32[batch, 2, T, 8] = mat_mul(%17, %18) {transpose_a=false, transpose_b=false}
              %20 f32[batch, T, 2, 8] = transpose(%19) {order=[0, 2, 1, 3]}
              output result "p": %17
              output result "y": %20
            }
            """
                .replace("T", Integer.toString(length)));
  }

  private static long sharedLoops(Program program) {
    return program.steps().stream()
        .filter(
            s -> s instanceof Step.Loop loop && loop.rounds() == Step.Rounds.SIDE_BY_SIDE)
        .count();
  }

  @ParameterizedTest
  @EnumSource
  void largeScoresStayWithTheirThread(KernelStyle style) throws Exception {
    var graph = attention(96);
    var program = Programs.of(graph, true);
    assertThat(sharedLoops(program)).isEqualTo(1);
    assertThat(program.buffers())
        .filteredOn(
            b ->
                b.storage() instanceof Buffer.Planned planned
                    && planned.arena() == Buffer.Arena.THREAD)
        .extracting(b -> b.elements().value())
        .containsExactly(2L * 96 * 96);
    var loader =
        InMemoryJavac.loadAll(
            Map.of("Attention", GeneratedStep.source("Attention", graph, program, style)),
            RunByRowsTest.class.getClassLoader());
    for (int batch : BATCHES) {
      var inputs = inputs(batch, 96);
      var wanted = Interpreter.run(graph, inputs, batch);
      var found = GeneratedStep.run(loader.loadClass("Attention"), graph, inputs, batch);
      var interpreted = ProgramInterpreter.run(program, inputs, batch);
      for (var name : wanted.keySet()) {
        var numbers = new ArrayList<Double>();
        for (float number : found.get(name)) {
          numbers.add((double) number);
        }
        compare(wanted.get(name), numbers.stream().mapToDouble(n -> n).toArray(), 1e-6);
        compare(wanted.get(name), interpreted.get(name), 1e-12);
      }
    }
  }

  private static void compare(Tensor64 wanted, double[] found, double error) {
    for (int i = 0; i < wanted.count(); i++) {
      assertThat(found[i]).as("%d", i).isCloseTo(wanted.at(i), offset(error));
    }
  }

  private static Map<String, Tensor64> inputs(int batch, int length) {
    return Map.of(
        "q", tensor(1, batch, length), "k", tensor(2, batch, length), "v", tensor(3, batch, length));
  }

  private static Tensor64 tensor(int seed, int batch, int length) {
    var random = new java.util.Random(seed);
    int[] sizes = {batch, length, 2, 8};
    return new Tensor64(
        DType.F32,
        sizes,
        random.doubles(Tensor64.count(sizes), -1, 1).map(d -> (float) d).toArray());
  }

  @Test
  void smallScoresAreDoneForTheWholeBatch() {
    assertThat(sharedLoops(Programs.of(attention(32), true))).isZero();
  }
}
