package org.mdlc.compiler.op;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Convolution, channels last: {@code x [n, spatial.., cin]}, {@code kernel [size.., cin/groups,
 * cout]} to {@code [n, spatial'.., cout]}.
 */
public record Convolution(ConvGeometry geometry) implements Contraction {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 2);
    Types.floats(this, operands.stream().map(TensorType::dtype).toList());
    return List.of(
        operands
            .get(0)
            .withShape(geometry.output(this, operands.get(0).shape(), operands.get(1).shape())));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var b = adjoint.builder();
    var x = adjoint.operand(0);
    var kernel = adjoint.operand(1);
    var dy = adjoint.gradient();
    return Arrays.asList(
        adjoint.wants(0)
            ? b.add(new ConvBackwardData(geometry, x.type().shape()), dy, kernel)
            : null,
        adjoint.wants(1)
            ? b.add(new ConvBackwardKernel(geometry, kernel.type().shape()), x, dy)
            : null);
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    var results = infer(operands);
    return geometry.cost(results.get(0).shape(), operands.get(1).shape(), operands, results);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var kernel = operands.get(1);
    var sizes = Tensor64.sizes(infer(List.of(x.type(), kernel.type())).get(0).shape());
    var y = new double[Tensor64.count(sizes)];
    int in = kernel.size(-2);
    int all = kernel.size(-1);
    int out = all / geometry.groups();
    geometry.visit(
        x.sizes(),
        kernel.sizes(),
        sizes,
        (i, cell, group, o) -> {
          int k = cell * in * all + group * out;
          ConvGeometry.addProduct(y, o, x.data(), i, kernel.data(), k, all, in, out);
        });
    return List.of(new Tensor64(DType.F32, sizes, y));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            ConvGeometry.examples().stream()
                .map(
                    e ->
                        new Samples.Case(
                            new Convolution(e.geometry()),
                            Samples.f32(-1, 1, e.x().sizes()),
                            Samples.f32(-1, 1, e.kernel().sizes())))
                .toArray(Samples.Case[]::new))
        .tolerance(1e-5);
  }
}
