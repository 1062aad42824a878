package org.mdlc.compiler.op;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Where the largest element of an axis stands (i32): the first of equals; NaN never wins over a
 * number before it.
 */
public record ArgMax(int axis) implements Reduction {
  @Override
  public List<Integer> axes() {
    return List.of(axis);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.numbers(this, operands.stream().map(TensorType::dtype).toList());
    return List.of(reduced(operands).withDType(DType.I32));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return Collections.singletonList(null);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    return List.of(
        Rows.dropAxis(
            axis,
            Rows.map(
                operands.get(0),
                axis,
                1,
                DType.I32,
                (row, found) -> {
                  int best = 0;
                  for (int i = 1; i < row.length; i++) {
                    if (row[i] > row[best]) {
                      best = i;
                    }
                  }
                  found[0] = best;
                })));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new ArgMax(0), Samples.f32(-1, 1, 13)),
        new Samples.Case(new ArgMax(1), Samples.f32(-1, 1, 7, 13).and(0, -0.0)),
        new Samples.Case(new ArgMax(0), Samples.f32(-1, 1, 7, 257)),
        new Samples.Case(new ArgMax(1), Samples.f32(-1, 1, 3, 1, 2)),
        new Samples.Case(new ArgMax(1), Samples.i32(-3, 3, 2, 7)));
  }
}
