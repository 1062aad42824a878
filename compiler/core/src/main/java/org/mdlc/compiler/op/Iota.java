package org.mdlc.compiler.op;

import java.util.List;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** {@code 0, 1, 2, ..} along an axis, the same along the others (i32). */
public record Iota(Shape shape, int axis) implements Source {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 0);
    var type = new TensorType(DType.I32, shape);
    Types.axis(this, axis, type);
    return List.of(type);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var sizes = Tensor64.sizes(shape);
    int stride = Indices.strides(sizes)[axis];
    return List.of(Tensor64.of(DType.I32, sizes, i -> i / stride % sizes[axis]));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new Iota(Shape.of(13), 0)),
        new Samples.Case(new Iota(Shape.of(7, 13), 0)),
        new Samples.Case(new Iota(Shape.of(3, 1, 7), 2)));
  }
}
