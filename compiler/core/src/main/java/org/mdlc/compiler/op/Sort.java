package org.mdlc.compiler.op;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Each line of the last axis in order: (values, i32 indices). Stable: of equals the one with the
 * lower index comes first.
 */
public record Sort(boolean descending) implements Ordered {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    Types.numbers(this, List.of(x.dtype()));
    if (x.rank() == 0) {
      throw new ShapeError("sort needs an axis, not a scalar", 0);
    }
    return List.of(x, x.withDType(DType.I32));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var dy = adjoint.resultGradients().get(0);
    return Collections.singletonList(
        dy == null
            ? null
            : Build.scatterLast(
                adjoint.builder(), adjoint.result(1), dy, adjoint.operand(0).type().shape()));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    return firsts(x, x.size(-1), descending);
  }

  /** The first k of each line in order, with their indices. */
  static List<Tensor64> firsts(Tensor64 x, int k, boolean descending) {
    int axis = x.rank() - 1;
    var values =
        Rows.map(
            x,
            axis,
            k,
            x.dtype(),
            (line, sorted) -> {
              var order = order(line, descending);
              Arrays.setAll(sorted, i -> line[order.get(i)]);
            });
    var indices =
        Rows.map(
            x,
            axis,
            k,
            DType.I32,
            (line, sorted) -> {
              var order = order(line, descending);
              Arrays.setAll(sorted, order::get);
            });
    return List.of(values, indices);
  }

  private static List<Integer> order(double[] line, boolean descending) {
    Comparator<Integer> byValue =
        Comparator.comparingDouble(i -> line[i] + 0.0); // -0.0 + 0.0 is 0.0: the zeros are equal
    return IntStream.range(0, line.length)
        .boxed()
        .sorted(descending ? byValue.reversed() : byValue)
        .toList();
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new Sort(false), Samples.f32(-1, 1, 13).and(0, -0.0)),
        new Samples.Case(new Sort(true), Samples.f32(-1, 1, 7, 13).and(0.5)),
        new Samples.Case(new Sort(true), Samples.f32(-1, 1, 2, 3, 1)),
        new Samples.Case(new Sort(false), Samples.i32(-3, 3, 2, 7)));
  }
}
