package org.mdlc.compiler.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What holds for every primitive. */
final class PrimitivesTest {
  @Test
  void everyRecordIsInTheList() {
    var listed = Ops.ALL.stream().map(Op::getClass).collect(Collectors.toSet());
    assertEquals(records(Op.class).collect(Collectors.toSet()), listed);
    assertEquals(Ops.ALL.size(), listed.size(), "one line each");
  }

  private static Stream<Class<?>> records(Class<?> family) {
    return family.isSealed()
        ? Stream.of(family.getPermittedSubclasses()).flatMap(PrimitivesTest::records)
        : Stream.of(family);
  }

  @Test
  void namesAreFoundAgain() {
    for (var op : Ops.ALL) {
      assertEquals(op.getClass(), Ops.type(op.name()).orElseThrow());
    }
    assertTrue(Ops.type("softmax").isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> samplesFitTheirShapeRule() {
    return Ops.ALL.stream().map(op -> DynamicTest.dynamicTest(op.name(), () -> checkSamples(op)));
  }

  private static void checkSamples(Op op) {
    var samples = op.samples();
    assertFalse(samples.cases().isEmpty());
    var seen = new HashSet<Class<?>>();
    for (var example : samples.cases()) {
      seen.add(example.op().getClass());
      var plain = example.draw(new Random(1));
      for (var operands : List.of(plain, example.drawAwkward(new Random(2)))) {
        var results = example.op().evaluate(operands);
        var types = example.op().infer(example.types());
        assertEquals(types, results.stream().map(Tensor64::type).toList(), example::toString);
        assertEquals(results, example.op().evaluate(operands), "same operands, same result");
      }
      var cost = example.op().cost(example.types());
      assertTrue(cost.flops().value() >= 0 && cost.bytes().value() > 0);
    }
    assertEquals(Set.of(op.getClass()), seen);
  }

  @TestFactory
  Stream<DynamicTest> attributesMakeTheRecordAgain() {
    return Ops.ALL.stream()
        .flatMap(op -> op.samples().cases().stream())
        .map(Samples.Case::op)
        .map(
            op ->
                DynamicTest.dynamicTest(
                    op.name(),
                    () -> {
                      assertEquals(op, Attributes.make(op.getClass(), Attributes.of(op)));
                      assertEquals(op, BindDims.in(op, Map.of("batch", 3L)));
                    }));
  }
}
