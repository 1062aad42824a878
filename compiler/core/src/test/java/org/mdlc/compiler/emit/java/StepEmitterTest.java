package org.mdlc.compiler.emit.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.plan.Programs;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/** Programs of more steps than one method may call. */
final class StepEmitterTest {
  /** HotSpot never compiles a method of more bytes than this. */
  private static final int HUGE_METHOD = 8_000;

  /** Turns a row by a right angle: every product matters to the result, and all are exact. */
  private static final Tensor64 TURN =
      new Tensor64(DType.F32, new int[] {2, 2}, new double[] {0, 1, -1, 0});

  @ParameterizedTest
  @ValueSource(ints = {3, 2101})
  void oneMethodOrNumberedParts(int count) throws Exception {
    var builder = new GraphBuilder("predict");
    var x = builder.input("x", Role.STATE, TensorType.f32(2, 2));
    var turn = builder.input("turn", Role.STATE, TensorType.f32(2, 2));
    builder.output("y", Role.RESULT, turned(builder, x, turn, count));
    check(builder.build(), TURN);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 2101})
  void alsoInLoops(int count) throws Exception {
    var body = new GraphBuilder("body");
    var carried = body.input("x", Role.DATA, TensorType.f32(2, 2));
    var turn = body.input("turn", Role.DATA, TensorType.f32(2, 2));
    body.output("y", Role.RESULT, turned(body, carried, turn, count));
    var builder = new GraphBuilder("predict");
    var x = builder.input("x", Role.STATE, TensorType.f32(2, 2));
    var turns = builder.input("turn", Role.STATE, TensorType.f32(3, 2, 2));
    var scan = new Scan(body.build(), 1, 1, false);
    builder.output("y", Role.RESULT, builder.addAll(scan, List.of(x, turns)).getFirst());
    check(
        builder.build(),
        Tensor64.of(DType.F32, new int[] {3, 2, 2}, i -> TURN.at(i % TURN.count())));
  }

  private static Value turned(GraphBuilder builder, Value x, Value turn, int count) {
    var y = x;
    for (int i = 0; i < count; i++) {
      y = builder.add(new MatMul(false, false), y, turn);
    }
    return y;
  }

  private static void check(Graph graph, Tensor64 turn) throws Exception {
    var inputs = new LinkedHashMap<String, Tensor64>();
    inputs.put("x", new Tensor64(DType.F32, new int[] {2, 2}, new double[] {1, 2, 3, 4}));
    inputs.put("turn", turn);
    for (boolean timed : new boolean[] {false, true}) {
      check(graph, inputs, timed);
    }
  }

  private static void check(Graph graph, Map<String, Tensor64> inputs, boolean timed)
      throws Exception {
    var program = Programs.of(graph, true);
    var source = GeneratedStep.source("Long", graph, program, KernelStyle.PLAIN, timed);
    assertThat(source.contains("mark(")).isEqualTo(timed);
    assertThat(tooLarge(InMemoryJavac.compile(Map.of("Long", source), List.of()))).isEmpty();
    var type = InMemoryJavac.load("Long", source, StepEmitterTest.class.getClassLoader());
    var found = GeneratedStep.run(type, graph, inputs, 1).get("y");
    var expected = Interpreter.run(graph, inputs, 1).get("y").data();
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isEqualTo((float) expected[i]);
    }
  }

  private static List<String> tooLarge(Map<String, byte[]> classes) {
    var tooLarge = new ArrayList<String>();
    classes.forEach(
        (name, bytes) -> {
          for (var method : ClassFile.of().parse(bytes).methods()) {
            int length = method.code().map(c -> ((CodeAttribute) c).codeLength()).orElse(0);
            if (length > HUGE_METHOD) {
              tooLarge.add(name + "." + method.methodName().stringValue() + ": " + length);
            }
          }
        });
    return tooLarge;
  }
}
