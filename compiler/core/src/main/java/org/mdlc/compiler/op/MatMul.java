package org.mdlc.compiler.op;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Matrix product over the last two axes: {@code [..batch.., m, k] x [..batch.., k, n]} to {@code
 * [..batch.., m, n]}. A right side of rank 2 goes with any left rank of at least 2; the batch axes
 * then are rows.
 *
 * @param transposeA the left side is stored as {@code [.., k, m]}; not with a right side of lower
 *     rank
 * @param transposeB the right side is stored as {@code [.., n, k]}
 */
public record MatMul(boolean transposeA, boolean transposeB) implements Contraction {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 2);
    Types.floats(this, operands.stream().map(TensorType::dtype).toList());
    var a = operands.get(0).shape();
    var b = operands.get(1).shape();
    for (int i = 0; i < 2; i++) {
      if (operands.get(i).rank() < 2) {
        throw new ShapeError("matmul needs at least two axes, not " + operands.get(i).shape(), i);
      }
    }
    int rank = a.rank();
    boolean rows = b.rank() == 2 && rank > 2;
    if (b.rank() != rank && !rows) {
      throw new ShapeError("matmul of " + a + " and " + b + ": ranks differ", 1);
    }
    if (rows && transposeA) {
      throw new ShapeError("matmul cannot transpose " + a + " against " + b + " of rank 2", 0);
    }
    for (int i = 0; i < rank - 2 && !rows; i++) {
      if (!a.dim(i).equals(b.dim(i))) {
        throw new ShapeError("batch dimensions of matmul differ: " + a + " and " + b, 1);
      }
    }
    var left = a.dim(transposeA ? -2 : -1);
    var right = b.dim(transposeB ? -1 : -2);
    if (!left.equals(right)) {
      throw new ShapeError(
          "inner dimensions of matmul differ: " + left + " on the left, " + right + " on the right",
          1);
    }
    var m = a.dim(transposeA ? -1 : -2);
    return List.of(operands.get(0).withShape(a.with(-2, m).with(-1, b.dim(transposeB ? -2 : -1))));
  }

  /**
   * The sides change places with the result, so that every transpose is a flag: for {@code C = A
   * B}, {@code dA = dC B'} and {@code dB = A' dC}.
   */
  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var builder = adjoint.builder();
    var a = adjoint.operand(0);
    var b = adjoint.operand(1);
    var dc = adjoint.gradient();
    Value da = null;
    Value db = null;
    if (adjoint.wants(0)) {
      da =
          transposeA
              ? Build.matMul(builder, b, dc, transposeB, true)
              : Build.matMul(builder, dc, b, false, !transposeB);
    }
    if (adjoint.wants(1)) {
      var left = asRows(builder, a, b.type().rank());
      var right = asRows(builder, dc, b.type().rank());
      db =
          transposeB
              ? Build.matMul(builder, right, left, true, transposeA)
              : Build.matMul(builder, left, right, !transposeA, false);
    }
    return Arrays.asList(da, db);
  }

  private static Value asRows(GraphBuilder builder, Value x, int rank) {
    var shape = x.type().shape();
    if (shape.rank() == rank) {
      return x;
    }
    var rows = new Shape(shape.dims().subList(0, shape.rank() - 1)).elements();
    return Build.reshape(builder, x, Shape.of(rows, shape.dim(-1)));
  }

  /** Two per multiply-add. */
  @Override
  public Cost cost(List<TensorType> operands) {
    var result = infer(operands);
    var k = operands.get(0).shape().dim(transposeA ? -2 : -1);
    return Cost.of(result.get(0).shape().elements().times(k).times(2), operands, result);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var a = operands.get(0);
    var b = operands.get(1);
    int m = a.size(transposeA ? -1 : -2);
    int k = a.size(transposeA ? -2 : -1);
    int n = b.size(transposeB ? -2 : -1);
    var sizes = a.sizes().clone();
    sizes[sizes.length - 2] = m;
    sizes[sizes.length - 1] = n;
    var c = new double[Tensor64.count(sizes)];
    int matrices = Tensor64.count(Arrays.copyOf(sizes, sizes.length - 2));
    int stepB = b.rank() == a.rank() ? k * n : 0;
    for (int q = 0; q < matrices; q++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int p = 0; p < k; p++) {
            double left = a.at(q * m * k + (transposeA ? p * m + i : i * k + p));
            double right = b.at(q * stepB + (transposeB ? j * k + p : p * n + j));
            sum += left * right;
          }
          c[(q * m + i) * n + j] = sum;
        }
      }
    }
    return List.of(new Tensor64(DType.F32, sizes, c));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(
                new MatMul(false, false), Samples.f32(-1, 1, 7, 13), Samples.f32(-1, 1, 13, 5)),
            new Samples.Case(
                new MatMul(true, false), Samples.f32(-1, 1, 13, 7), Samples.f32(-1, 1, 13, 5)),
            new Samples.Case(
                new MatMul(false, true), Samples.f32(-1, 1, 7, 13), Samples.f32(-1, 1, 5, 13)),
            new Samples.Case(
                new MatMul(true, true), Samples.f32(-1, 1, 13, 7), Samples.f32(-1, 1, 5, 13)),
            new Samples.Case(
                new MatMul(false, false), Samples.f32(-1, 1, 1, 1), Samples.f32(-1, 1, 1, 1)),
            new Samples.Case(
                new MatMul(false, false), Samples.f32(-1, 1, 2, 3, 7), Samples.f32(-1, 1, 7, 5)),
            new Samples.Case(
                new MatMul(false, true), Samples.f32(-1, 1, 2, 3, 7), Samples.f32(-1, 1, 5, 7)),
            new Samples.Case(
                new MatMul(false, false), Samples.f32(-1, 1, 2, 3, 7), Samples.f32(-1, 1, 2, 7, 5)),
            new Samples.Case(
                new MatMul(true, true),
                Samples.f32(-1, 1, 2, 3, 7, 3),
                Samples.f32(-1, 1, 2, 3, 5, 7)))
        .tolerance(1e-5);
  }
}
