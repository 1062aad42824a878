package org.mdlc.compiler.op;

import java.util.List;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.TensorType;

/**
 * What an operation costs when it stands alone.
 *
 * @param flops additions, multiplications and function values; a multiply-add counts two
 * @param bytes read and written
 */
public record Cost(Dim flops, Dim bytes) {
  /** One flop per result element, operands read and results written once. */
  public static Cost ofTraffic(List<TensorType> operands, List<TensorType> results) {
    return new Cost(elements(results), traffic(operands, results));
  }

  /** Operands read and results written once, with the given arithmetic. */
  public static Cost of(Dim flops, List<TensorType> operands, List<TensorType> results) {
    return new Cost(flops, traffic(operands, results));
  }

  public Cost plus(Cost other) {
    return new Cost(flops.plus(other.flops), bytes.plus(other.bytes));
  }

  private static Dim traffic(List<TensorType> operands, List<TensorType> results) {
    return elements(operands).plus(elements(results)).times(DType.BYTES);
  }

  private static Dim elements(List<TensorType> types) {
    return types.stream().map(t -> t.shape().elements()).reduce(Dim.ZERO, Dim::plus);
  }
}
