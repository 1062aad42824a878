package org.mdlc.compiler.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.bind.Architecture;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.KerasLayout;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.AdvanceKey;
import org.mdlc.compiler.op.Build;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

final class BuildTrainStepTest {
  private static final TensorType SCALAR = TensorType.scalar(DType.F32);
  private static final TensorType BATCH = new TensorType(DType.F32, Shape.of(Dim.BATCH));
  private static final TensorType KEY = TensorType.f32(2).withDType(DType.U32);

  @Test
  void oneStepOfGradientDescentWithMomentum() {
    var step = BuildTrainStep.of(program(), stage(fit("w")));
    // y = w x for x = 1, 2 and targets 3, 3; w = 1: errors -2, -1; loss 5; dw = 2 (-2 * 1 - 1 * 2)
    // = -8
    var found = Interpreter.run(step, start(), 2);
    assertEquals(5, found.get("objective").at(0));
    assertEquals(-8, found.get("w/momentum").at(0)); // 0.5 * 0 + dw
    assertEquals(1.8, found.get("w").at(0), 1e-15); // w - 0.1 * momentum
    assertEquals(1, found.get("step").at(0));
    assertEquals(8, found.get("key").at(1));
  }

  @Test
  void stepsFollowOneAnother() {
    var step = BuildTrainStep.of(program(), stage(fit("w")));
    var state = start();
    double w = 1;
    double momentum = 0;
    for (int i = 0; i < 5; i++) {
      state.putAll(Interpreter.run(step, state, 2));
      momentum = 0.5 * momentum + 2 * ((w - 3) + (2 * w - 3) * 2);
      w -= 0.1 * momentum;
      assertEquals(w, state.get("w").at(0), 1e-12);
    }
    assertEquals(5, state.get("step").at(0));
  }

  @Test
  void everyVariableIsAnInputAndOnlyWrittenOnesAreOutputs() {
    var step = BuildTrainStep.of(program(), stage(fit("w")));
    var inputs = step.inputs().stream().map(Graph.Input::name).toList();
    assertEquals(List.of("w", "v", "w/momentum", "v/momentum", "step", "key", "x", "t"), inputs);
    var outputs = step.outputs().stream().map(Graph.Output::name).toList();
    assertEquals(List.of("w", "w/momentum", "step", "key", "objective"), outputs);
    assertTrue(step.nodes().stream().noneMatch(n -> n.op() instanceof Composite));
  }

  /**
   * As in adversarial training: the second objective sees the weight that the first one moved, its
   * own results get the graph's name.
   */
  @Test
  void laterObjectivesSeeWhatEarlierOnesWrote() {
    var second = new GraphBuilder("second");
    var w = second.input("w", Role.PARAM, SCALAR);
    var v = second.input("v", Role.PARAM, SCALAR);
    second.output("objective", Role.RESULT, Build.mul(second, w, v));
    var objective = new BoundProgram.Objective(second.build(), List.of(update("v")));
    var found =
        Interpreter.run(BuildTrainStep.of(program(), stage(fit("w"), objective)), start(), 2);
    assertEquals(1.8, found.get("w").at(0), 1e-15);
    assertEquals(5, found.get("objective").at(0));
    assertEquals(1.8 * 2, found.get("second_objective").at(0), 1e-15);
    assertEquals(2 - 0.1 * 1.8, found.get("v").at(0), 1e-15); // dv = the new w
  }

  /** The first update moves w by an amount that depends on v; to the second, w is a number. */
  @Test
  void gradientsDoNotFlowIntoEarlierUpdates() {
    var first = new GraphBuilder("first");
    var w = first.input("w", Role.PARAM, SCALAR);
    var v = first.input("v", Role.PARAM, SCALAR);
    first.output("objective", Role.RESULT, Build.mul(first, Build.mul(first, w, w), v));
    var second = new GraphBuilder("second");
    var movedW = second.input("w", Role.PARAM, SCALAR);
    var sameV = second.input("v", Role.PARAM, SCALAR);
    second.output("objective", Role.RESULT, Build.mul(second, movedW, sameV));
    var step =
        BuildTrainStep.of(
            program(),
            stage(
                new BoundProgram.Objective(first.build(), List.of(update("w"))),
                new BoundProgram.Objective(second.build(), List.of(update("v")))));
    var found = Interpreter.run(step, start(), 2);
    assertEquals(1 - 0.1 * 4, found.get("w").at(0), 1e-15); // dw = 2 w v
    assertEquals(0.6, found.get("v/momentum").at(0), 1e-15); // dv = the new w, and nothing more
  }

  @Test
  void objectiveWithoutLossIsABug() {
    var forward = new GraphBuilder("nothing");
    var w = forward.input("w", Role.PARAM, SCALAR);
    forward.output("accuracy", Role.RESULT, w);
    var objective = new BoundProgram.Objective(forward.build(), List.of());
    assertThrows(CompilerBug.class, () -> BuildTrainStep.of(program(), stage(objective)));
  }

  @Test
  void unknownNamesAreABug() {
    assertThrows(CompilerBug.class, () -> BuildTrainStep.of(program(), stage(fit("u"))));
  }

  /**
   * {@code loss = sum((x w - t)^2)}, the product in a composite; counts steps and advances a key.
   */
  private static BoundProgram.Objective fit(String updated) {
    var body = new GraphBuilder("scale");
    var bx = body.input("x", Role.DATA, BATCH);
    var bw = body.input("w", Role.DATA, SCALAR);
    body.output("y", Role.RESULT, Build.mul(body, bx, Build.broadcastTo(body, bw, BATCH.shape())));

    var b = new GraphBuilder("fit");
    var w = b.input("w", Role.PARAM, SCALAR);
    var x = b.input("x", Role.DATA, BATCH);
    var t = b.input("t", Role.TARGET, BATCH);
    var step = b.input("step", Role.HYPER, SCALAR);
    var key = b.input("key", Role.SEED, KEY);
    var error = Build.sub(b, b.add(new Composite("Scale", "scale", body.build()), x, w), t);
    b.output("objective", Role.RESULT, Build.sum(b, Build.mul(b, error, error), 0));
    b.output("step", Role.HYPER, Build.add(b, step, Build.like(b, step, 1)));
    b.output("key", Role.SEED, b.add(new AdvanceKey(), key));
    return new BoundProgram.Objective(b.build(), List.of(update(updated)));
  }

  /**
   * {@code momentum' = momentum / 2 + g; w' = w - rate * momentum'}, with the rate 0.1 / (step + 1)
   * * (step + 1) to read the step.
   */
  private static BoundProgram.Update update(String parameter) {
    var slot = parameter + "/momentum";
    var b = new GraphBuilder("momentum");
    var w = b.input(parameter, Role.PARAM, SCALAR);
    var g = b.input(BoundProgram.Update.gradient(parameter), Role.DATA, SCALAR);
    var momentum = b.input(slot, Role.SLOT, SCALAR);
    var step = b.input("step", Role.HYPER, SCALAR);
    var count = Build.add(b, step, Build.like(b, step, 1));
    var rate = Build.mul(b, Build.div(b, Build.like(b, w, 0.1), count), count);
    var moved = Build.add(b, Build.mul(b, momentum, Build.like(b, momentum, 0.5)), g);
    b.output(parameter, Role.PARAM, Build.sub(b, w, Build.mul(b, rate, moved)));
    b.output(slot, Role.SLOT, moved);
    return new BoundProgram.Update(List.of(parameter), List.of(), b.build());
  }

  private static BoundProgram.Stage stage(BoundProgram.Objective... objectives) {
    return new BoundProgram.Stage("", 1, List.of(objectives));
  }

  private static BoundProgram program() {
    var variables = new ArrayList<BoundProgram.Variable>();
    Stream.of("w", "v")
        .forEach(n -> variables.add(new BoundProgram.Variable(n, Role.PARAM, SCALAR, true, 1, -1)));
    Stream.of("w/momentum", "v/momentum")
        .forEach(n -> variables.add(new BoundProgram.Variable(n, Role.SLOT, SCALAR, false, 0, -1)));
    variables.add(new BoundProgram.Variable("step", Role.HYPER, SCALAR, false, 0, -1));
    variables.add(new BoundProgram.Variable("key", Role.SEED, KEY, false, Double.NaN, 0));
    var empty = new GraphBuilder("empty").build();
    return new BoundProgram(
        "Line",
        List.of(new BoundProgram.Port("x", BATCH)),
        List.of(),
        List.of(new BoundProgram.Port("t", BATCH)),
        List.of(),
        variables,
        empty,
        empty,
        null,
        null,
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        KerasLayout.NONE,
        Architecture.NONE,
        Optional.empty());
  }

  private static Map<String, Tensor64> start() {
    var values = new LinkedHashMap<String, Tensor64>();
    values.put("w", Tensor64.scalar(DType.F32, 1));
    values.put("v", Tensor64.scalar(DType.F32, 2));
    values.put("w/momentum", Tensor64.scalar(DType.F32, 0));
    values.put("v/momentum", Tensor64.scalar(DType.F32, 0));
    values.put("step", Tensor64.scalar(DType.F32, 0));
    values.put("key", new Tensor64(DType.U32, new int[] {2}, new double[] {42, 7}));
    values.put("x", new Tensor64(DType.F32, new int[] {2}, new double[] {1, 2}));
    values.put("t", new Tensor64(DType.F32, new int[] {2}, new double[] {3, 3}));
    return values;
  }
}
