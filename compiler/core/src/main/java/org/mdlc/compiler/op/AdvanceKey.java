package org.mdlc.compiler.op;

import java.util.List;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/** The key for the next step: the counter, its second word, plus 1. */
public record AdvanceKey() implements Random {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    requireKey(operands);
    return List.of(operands.get(0));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var key = operands.get(0);
    double next = (double) (((long) key.at(1) + 1) & 0xFFFF_FFFFL);
    return List.of(new Tensor64(DType.U32, key.sizes(), new double[] {key.at(0), next}));
  }

  @Override
  public Samples samples() {
    return Samples.of(new Samples.Case(this, Samples.u32(2))).tolerance(0);
  }
}
