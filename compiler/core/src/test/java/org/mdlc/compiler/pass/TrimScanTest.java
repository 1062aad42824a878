package org.mdlc.compiler.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Build;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

final class TrimScanTest {
  private static final TensorType SCALAR = TensorType.scalar(DType.F32);

  /**
   * Carries a, b, c over sequences x, y with the invariant k: {@code a' = a + x}, {@code b' = b +
   * a}, {@code c' = c * k}; stacked are {@code a'} and {@code y * k}.
   */
  private static Node node() {
    var step = new GraphBuilder("step");
    var a = step.input("a", Role.DATA, SCALAR);
    var b = step.input("b", Role.DATA, SCALAR);
    var c = step.input("c", Role.DATA, SCALAR);
    var x = step.input("x", Role.DATA, SCALAR);
    var y = step.input("y", Role.DATA, SCALAR);
    var k = step.input("k", Role.DATA, SCALAR);
    var next = Build.add(step, a, x);
    step.output("a", Role.RESULT, next);
    step.output("b", Role.RESULT, Build.add(step, b, a));
    step.output("c", Role.RESULT, Build.mul(step, c, k));
    step.output("all", Role.RESULT, next);
    step.output("scaled", Role.RESULT, Build.mul(step, y, k));

    var outer = new GraphBuilder("f");
    var sequence = TensorType.f32(3);
    var operands =
        List.of(SCALAR, SCALAR, SCALAR, sequence, sequence, SCALAR).stream()
            .map(t -> outer.input("", Role.DATA, t))
            .toList();
    outer.addAll(new Scan(step.build(), 3, 2, false), operands);
    return outer.nodes().get(0);
  }

  private static Node trimmed(int... read) {
    var node = node();
    var values = new HashSet<Value>();
    for (int i : read) {
      values.add(node.results().get(i));
    }
    return TrimScan.of((Scan) node.op(), node, values::contains);
  }

  private static List<String> inputs(Node node) {
    return ((Scan) node.op()).body().inputs().stream().map(Graph.Input::name).toList();
  }

  private static List<String> outputs(Node node) {
    return ((Scan) node.op()).body().outputs().stream().map(Graph.Output::name).toList();
  }

  @Test
  void dropsOutputsNobodyReadsAndWhatServedThem() {
    var node = trimmed(0);
    assertEquals(List.of("a", "x"), inputs(node));
    assertEquals(List.of("a"), outputs(node));
    assertEquals(1, ((Scan) node.op()).body().nodes().size());
  }

  @Test
  void keepsCarriesThatOtherCarriesRead() {
    var node = trimmed(1);
    assertEquals(List.of("a", "b", "x"), inputs(node));
    assertEquals(List.of("a", "b"), outputs(node));
  }

  @Test
  void keepsOneSequenceToCountTheSteps() {
    assertEquals(List.of("c", "x", "k"), inputs(trimmed(2)));
  }

  @Test
  void isPartOfRemovingDeadCode() {
    var whole = node();
    var outer = new GraphBuilder("f");
    var arguments =
        whole.operands().stream().map(v -> outer.input("", Role.DATA, v.type())).toList();
    var results = outer.addAll(whole.op(), arguments);
    outer.output("a", Role.RESULT, results.get(0));
    var clean = new RemoveDeadCode().run(outer.build());
    assertEquals(List.of("a", "x"), inputs(clean.nodes().get(0)));
    assertEquals(6, clean.inputs().size(), "inputs stay");
  }

  @Test
  void leavesAScanThatIsReadInFullAlone() {
    var node = node();
    assertSame(node, TrimScan.of((Scan) node.op(), node, v -> true));
  }

  @Test
  void whatIsLeftHasTheSameValues() {
    var random = new Random(3);
    var whole = node();
    var operands =
        whole.operands().stream()
            .map(
                v ->
                    Tensor64.of(
                        DType.F32, Tensor64.sizes(v.type().shape()), i -> random.nextDouble()))
            .toList();
    var wanted = Op.of(whole).evaluate(operands);
    for (var read : List.of(Set.of(0), Set.of(1, 4), Set.of(2), Set.of(3), Set.of(4))) {
      var node = trimmed(read.stream().mapToInt(i -> i).toArray());
      var given =
          node.operands().stream().map(v -> operands.get(whole.operands().indexOf(v))).toList();
      var found = Op.of(node).evaluate(given);
      for (int i : read) {
        int place = node.results().indexOf(whole.results().get(i));
        assertEquals(wanted.get(i), found.get(place));
      }
      assertEquals(
          node.results().stream().map(Value::type).toList(),
          Op.of(node).infer(node.operands().stream().map(Value::type).toList()));
    }
  }
}
