package org.mdlc.compiler.op;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Gradient of a convolution by its kernel: {@code x [n, spatial.., cin]}, {@code dy [n, spatial'..,
 * cout]} to {@code kernel [size.., cin/groups, cout]}.
 *
 * @param kernel shape of the result
 */
public record ConvBackwardKernel(ConvGeometry geometry, Shape kernel) implements Contraction {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 2);
    Types.floats(this, operands.stream().map(TensorType::dtype).toList());
    Types.shape(this, operands, 1, geometry.output(this, operands.get(0).shape(), kernel));
    return List.of(operands.get(0).withShape(kernel));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var b = adjoint.builder();
    var x = adjoint.operand(0);
    var dy = adjoint.operand(1);
    var g = adjoint.gradient();
    return Arrays.asList(
        adjoint.wants(0) ? b.add(new ConvBackwardData(geometry, x.type().shape()), dy, g) : null,
        adjoint.wants(1) ? b.add(new Convolution(geometry), x, g) : null);
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return geometry.cost(operands.get(1).shape(), kernel, operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var dy = operands.get(1);
    var sizes = Tensor64.sizes(kernel);
    var dk = new double[Tensor64.count(sizes)];
    int in = sizes[sizes.length - 2];
    int all = sizes[sizes.length - 1];
    int out = all / geometry.groups();
    geometry.visit(
        x.sizes(),
        sizes,
        dy.sizes(),
        (i, cell, group, o) -> {
          for (int c = 0; c < in; c++) {
            double a = x.at(i + c);
            int k = (cell * in + c) * all + group * out;
            for (int j = 0; j < out; j++) {
              dk[k + j] += a * dy.at(o + j);
            }
          }
        });
    return List.of(new Tensor64(DType.F32, sizes, dk));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            ConvGeometry.examples().stream()
                .map(
                    e ->
                        new Samples.Case(
                            new ConvBackwardKernel(e.geometry(), e.kernel()),
                            Samples.f32(-1, 1, e.x().sizes()),
                            Samples.f32(-1, 1, e.y().sizes())))
                .toArray(Samples.Case[]::new))
        .tolerance(2e-5);
  }
}
