package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Gradient of {@link AveragePool}: {@code dy [n, spatial'.., c]}, spread evenly over the cells of
 * its window.
 *
 * @param input shape of the result
 */
public record AveragePoolBackward(PoolGeometry geometry, Shape input) implements Contraction {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var dy = Types.one(this, operands);
    Types.floats(this, List.of(dy.dtype()));
    Types.shape(this, operands, 0, geometry.output(this, input));
    return List.of(dy.withShape(input));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return List.of(adjoint.builder().add(new AveragePool(geometry), adjoint.gradient()));
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return geometry.cost(operands.get(0).shape(), operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var dy = operands.get(0);
    var sizes = Tensor64.sizes(input);
    var dx = new double[Tensor64.count(sizes)];
    geometry.visit(
        sizes,
        dy.sizes(),
        (cells, o) -> cells.forEach(cell -> dx[cell] += dy.at(o) / cells.size()));
    return List.of(new Tensor64(DType.F32, sizes, dx));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        PoolGeometry.examples().stream()
            .map(
                e ->
                    new Samples.Case(
                        new AveragePoolBackward(e.geometry(), e.x()),
                        Samples.f32(-1, 1, e.y().sizes())))
            .toArray(Samples.Case[]::new));
  }
}
