package org.mdlc.compiler.op;

import java.util.Arrays;
import java.util.List;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * A reduction by one associative function. Elements are taken in any order; the meaning takes them
 * in memory order.
 */
public sealed interface Fold extends Reduction permits ReduceSum, ReduceMax, ReduceMin, ReduceProd {
  ScalarFn combine();

  /** What an empty fold gives. */
  double start();

  @Override
  default List<TensorType> infer(List<TensorType> operands) {
    var type = reduced(operands);
    boolean ordered = combine() == ScalarFn.MAX || combine() == ScalarFn.MIN;
    if (type.dtype() == DType.U32 || (type.dtype() == DType.BOOL && !ordered)) {
      throw new ShapeError(
          name() + " of " + type.dtype().text() + " has no meaning; cast it first", 0);
    }
    return List.of(type);
  }

  @Override
  default List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var kept = Build.others(x.rank(), axes());
    var sizes = kept.stream().mapToInt(x::size).toArray();
    var folded = new double[Tensor64.count(sizes)];
    Arrays.fill(folded, x.dtype() == DType.BOOL ? (combine() == ScalarFn.MAX ? 0 : 1) : start());
    var strides = Indices.strides(sizes);
    var moves = new int[x.rank()];
    for (int i = 0; i < sizes.length; i++) {
      moves[kept.get(i)] = strides[i];
    }
    Indices.rows(
        x.sizes(),
        moves,
        (position, target, step, length) -> {
          for (int i = 0; i < length; i++) {
            int at = target + i * step;
            folded[at] = combine().apply(folded[at], x.at(position + i));
          }
        });
    return List.of(new Tensor64(x.dtype(), sizes, folded));
  }
}
