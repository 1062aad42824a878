package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Gradient of a convolution by its input, and a transposed convolution: {@code dy [n, spatial'..,
 * cout]}, {@code kernel [size.., cin/groups, cout]} to {@code input [n, spatial.., cin]}.
 *
 * @param input shape of the result
 */
public record ConvBackwardData(ConvGeometry geometry, Shape input) implements Contraction {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 2);
    Types.floats(this, operands.stream().map(TensorType::dtype).toList());
    Types.shape(this, operands, 0, geometry.output(this, input, operands.get(1).shape()));
    return List.of(operands.get(0).withShape(input));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var b = adjoint.builder();
    var dy = adjoint.operand(0);
    var kernel = adjoint.operand(1);
    var g = adjoint.gradient();
    return Arrays.asList(
        adjoint.wants(0) ? b.add(new Convolution(geometry), g, kernel) : null,
        adjoint.wants(1)
            ? b.add(new ConvBackwardKernel(geometry, kernel.type().shape()), g, dy)
            : null);
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return geometry.cost(
        operands.get(0).shape(), operands.get(1).shape(), operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var dy = operands.get(0);
    var kernel = operands.get(1);
    var sizes = Tensor64.sizes(input);
    var dx = new double[Tensor64.count(sizes)];
    int in = kernel.size(-2);
    int out = kernel.size(-1) / geometry.groups();
    var turned = turned(kernel);
    geometry.visit(
        sizes,
        kernel.sizes(),
        dy.sizes(),
        (i, cell, group, o) -> {
          int k = (cell * geometry.groups() + group) * out * in;
          ConvGeometry.addProduct(dx, i, dy.data(), o, turned, k, in, out, in);
        });
    return List.of(new Tensor64(DType.F32, sizes, dx));
  }

  /** The kernel as {@code [size.., cout, cin/groups]}, so that inner loops walk through memory. */
  private static double[] turned(Tensor64 kernel) {
    var order = new ArrayList<>(Build.upTo(kernel.rank()));
    Collections.swap(order, kernel.rank() - 2, kernel.rank() - 1);
    return new Transpose(order).evaluate(List.of(kernel)).getFirst().data();
  }

  @Override
  public Samples samples() {
    return Samples.of(
            ConvGeometry.examples().stream()
                .map(
                    e ->
                        new Samples.Case(
                            new ConvBackwardData(e.geometry(), e.x()),
                            Samples.f32(-1, 1, e.y().sizes()),
                            Samples.f32(-1, 1, e.kernel().sizes())))
                .toArray(Samples.Case[]::new))
        .tolerance(1e-5);
  }
}
