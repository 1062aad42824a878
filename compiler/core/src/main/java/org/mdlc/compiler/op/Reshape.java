package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** The same elements in the same memory order under another shape. */
public record Reshape(Shape shape) implements View {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    var here = x.shape().elements();
    if (!here.equals(shape.elements())) {
      throw new ShapeError(
          x.shape() + " has " + here + " elements, " + shape + " has " + shape.elements(), 0);
    }
    return List.of(x.withShape(shape));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return List.of(
        Build.reshape(adjoint.builder(), adjoint.gradient(), adjoint.operand(0).type().shape()));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    return List.of(new Tensor64(x.dtype(), Tensor64.sizes(shape), x.data()));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new Reshape(Shape.of(7, 6)), Samples.f32(-1, 1, 2, 3, 7)),
        new Samples.Case(new Reshape(Shape.of(1)), Samples.f32(-1, 1)),
        new Samples.Case(new Reshape(Shape.of(13, 1, 5)), Samples.i32(-9, 9, 65)));
  }
}
