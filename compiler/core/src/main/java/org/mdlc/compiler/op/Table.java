package org.mdlc.compiler.op;

import java.util.List;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/** A small literal, row-major. */
public record Table(TensorType type, List<Double> values) implements Source {
  public Table {
    values = List.copyOf(values);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 0);
    if (!type.shape().elements().is(values.size())) {
      throw new ShapeError(values.size() + " numbers do not fill " + type.shape());
    }
    return List.of(type);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    return List.of(Tensor64.of(type.dtype(), Tensor64.sizes(type.shape()), values::get));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(
            new Table(TensorType.f32(7), List.of(0.0, -0.0, 1.0, -2.5, 3.0, 0.25, 1e30))),
        new Samples.Case(new Table(TensorType.f32(2, 1), List.of(1.0, 2.0))),
        new Samples.Case(
            new Table(TensorType.f32(3).withDType(DType.I32), List.of(1.0, -2.0, 3.0))));
  }
}
