package org.mdlc.compiler.op;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.TensorType;

/**
 * A matrix product of operands that lie in memory in another order of axes, to a result that does:
 * {@code transpose(matmul(transpose(a, orderA), transpose(b, orderB)), orderC)} without moving
 * anything. A library is told the strides. The heads of attention are such views.
 */
public record MatMulOfViews(List<Integer> orderA, List<Integer> orderB, List<Integer> orderC)
    implements Contraction {
  private static final MatMul PRODUCT = new MatMul(false, false);

  public MatMulOfViews {
    orderA = List.copyOf(orderA);
    orderB = List.copyOf(orderB);
    orderC = List.copyOf(orderC);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 2);
    var a = new Transpose(orderA).infer(operands.subList(0, 1));
    var b = new Transpose(orderB).infer(operands.subList(1, 2));
    return new Transpose(orderC).infer(PRODUCT.infer(List.of(a.get(0), b.get(0))));
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var builder = adjoint.builder();
    var a = builder.add(new Transpose(orderA), adjoint.operand(0));
    var b = builder.add(new Transpose(orderB), adjoint.operand(1));
    var dc = builder.add(new Transpose(orderC).inverse(), adjoint.gradient());
    return Arrays.asList(
        adjoint.wants(0)
            ? builder.add(
                new Transpose(orderA).inverse(), Build.matMul(builder, dc, b, false, true))
            : null,
        adjoint.wants(1)
            ? builder.add(
                new Transpose(orderB).inverse(), Build.matMul(builder, a, dc, true, false))
            : null);
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    var a = new Transpose(orderA).infer(operands.subList(0, 1)).get(0);
    var result = infer(operands);
    var products = result.get(0).shape().elements().times(a.shape().dim(-1)).times(2);
    return Cost.of(products, operands, result);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var a = new Transpose(orderA).evaluate(operands.subList(0, 1));
    var b = new Transpose(orderB).evaluate(operands.subList(1, 2));
    var c = PRODUCT.evaluate(List.of(a.get(0), b.get(0)));
    return new Transpose(orderC).evaluate(c);
  }

  @Override
  public Samples samples() {
    var heads = List.of(0, 2, 1, 3);
    return Samples.of(
            // [batch, time, heads, size] times itself over size, and back to where heads follow
            // time
            new Samples.Case(
                new MatMulOfViews(heads, List.of(0, 2, 3, 1), List.of(0, 1, 2, 3)),
                Samples.f32(-1, 1, 2, 7, 3, 5),
                Samples.f32(-1, 1, 2, 13, 3, 5)),
            new Samples.Case(
                new MatMulOfViews(List.of(0, 1, 2, 3), heads, heads),
                Samples.f32(-1, 1, 2, 3, 7, 13),
                Samples.f32(-1, 1, 2, 13, 3, 5)),
            new Samples.Case(
                new MatMulOfViews(List.of(0, 2, 1), List.of(1, 0, 2), List.of(0, 1, 2)),
                Samples.f32(-1, 1, 3, 13, 7),
                Samples.f32(-1, 1, 13, 3, 5)))
        .tolerance(1e-5);
  }
}
