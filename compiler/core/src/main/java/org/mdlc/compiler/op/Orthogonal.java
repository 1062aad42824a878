package org.mdlc.compiler.op;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.TensorType;

/**
 * The orthonormal columns Q of {@code x = Q R} with a positive diagonal of R: {@code [rows, cols]}
 * with rows at least cols, to the same shape. For initial weights only: no gradient.
 */
public record Orthogonal() implements Linear {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    Types.floats(this, List.of(x.dtype()));
    Types.rank(this, operands, 0, 2);
    var rows = x.shape().dim(0);
    var cols = x.shape().dim(1);
    if (rows.isConstant() && cols.isConstant() && rows.value() < cols.value()) {
      throw new ShapeError(
          "orthogonal needs at least as many rows as columns, not " + x.shape(), 0);
    }
    return List.of(x);
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return Collections.singletonList(null);
  }

  /** Two passes over all pairs of columns. */
  @Override
  public Cost cost(List<TensorType> operands) {
    var x = operands.get(0);
    return Cost.of(
        x.shape().elements().times(x.shape().dim(1)).times(4), operands, infer(operands));
  }

  /**
   * Gram-Schmidt, each column cleaned twice, which is enough for full precision (Giraud and others,
   * 2005).
   */
  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    int rows = x.size(0);
    int cols = x.size(1);
    var q = x.data().clone();
    for (int c = 0; c < cols; c++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int p = 0; p < c; p++) {
          double dot = 0;
          for (int r = 0; r < rows; r++) {
            dot += q[r * cols + p] * q[r * cols + c];
          }
          for (int r = 0; r < rows; r++) {
            q[r * cols + c] -= dot * q[r * cols + p];
          }
        }
      }
      double square = 0;
      for (int r = 0; r < rows; r++) {
        square += q[r * cols + c] * q[r * cols + c];
      }
      double norm = Math.sqrt(square);
      for (int r = 0; r < rows; r++) {
        q[r * cols + c] /= norm;
      }
    }
    return List.of(new Tensor64(x.dtype(), x.sizes(), q));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(this, Samples.f32(-1, 1, 13, 7)),
            new Samples.Case(this, Samples.f32(-1, 1, 7, 7)),
            new Samples.Case(this, Samples.f32(0.5, 1, 1, 1)))
        .tolerance(1e-4); // a square matrix of random numbers may be close to singular
  }
}
