package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Adds up rows of equal number: {@code i32 indices, updates [indices.shape + row]} to {@code i32
 * places [rows]} and {@code sums} of the type of updates. The sum of number r stands in the row
 * {@code places[r]} of sums, counted over all indices, which is that of the first r among them;
 * {@code places[r]} is -1 for a number that does not occur. All other rows of sums are 0. A number
 * below 0 or past the end adds nothing.
 *
 * <p>What {@link ScatterAdd} gives on the first axis, for tables that would be zero almost
 * everywhere: row r of the table is {@code sums[places[r]]}, or 0.
 */
public record SumRows(Dim rows) implements Indexing {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Types.count(this, operands, 2);
    Types.dtype(this, operands, 0, DType.I32);
    var updates = operands.get(1);
    Types.numbers(this, List.of(updates.dtype()));
    var indices = operands.get(0).shape();
    var dims = updates.shape().dims();
    int axes = Math.min(indices.rank(), dims.size());
    var wanted = new ArrayList<>(indices.dims());
    wanted.addAll(dims.subList(axes, dims.size()));
    Types.shape(this, operands, 1, new Shape(wanted));
    return List.of(new TensorType(DType.I32, Shape.of(rows)), updates);
  }

  /** The gradient of its sum to each row that was added. */
  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    var dsums = adjoint.resultGradients().get(1);
    if (dsums == null) {
      return Arrays.asList(null, null);
    }
    var b = adjoint.builder();
    var indices = adjoint.operand(0);
    var shape = adjoint.operand(1).type().shape();
    int axes = indices.type().rank();
    var zero = Build.like(b, indices, 0);
    var size = Build.broadcastTo(b, Build.size(b, rows), indices.type().shape());
    var valid = Build.and(b, b.add(new Ge(), indices, zero), b.add(new Lt(), indices, size));
    var numbers = Build.select(b, valid, indices, zero);
    var places = b.add(new Gather(0), adjoint.result(0), numbers);
    var safe = Build.select(b, valid, places, zero);
    var found = b.add(new Gather(0), Build.reshape(b, dsums, list(shape, axes)), safe);
    var validRows = Build.broadcast(b, valid, shape, Build.upTo(axes));
    return Arrays.asList(null, Build.select(b, validRows, found, Build.like(b, found, 0)));
  }

  /** The shape of a list of rows, of rows in a shape that starts with some axes of indices. */
  public static Shape list(Shape shape, int axes) {
    var count = new Shape(shape.dims().subList(0, axes)).elements();
    var dims = new ArrayList<Dim>();
    dims.add(count);
    dims.addAll(shape.dims().subList(axes, shape.rank()));
    return new Shape(dims);
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return Cost.of(operands.get(1).shape().elements(), operands, infer(operands));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var indices = operands.get(0);
    var updates = operands.get(1);
    var sizes = Tensor64.sizes(Shape.of(rows));
    var places = new double[sizes[0]];
    Arrays.fill(places, -1);
    var sums = new double[updates.count()];
    int inner = indices.count() == 0 ? 0 : updates.count() / indices.count();
    for (int n = 0; n < indices.count(); n++) {
      int row = (int) indices.at(n);
      if (row >= 0 && row < places.length) {
        if (places[row] < 0) {
          places[row] = n;
        }
        int first = (int) places[row];
        for (int k = 0; k < inner; k++) {
          sums[first * inner + k] += updates.at(n * inner + k);
        }
      }
    }
    return List.of(
        new Tensor64(DType.I32, sizes, places),
        new Tensor64(updates.dtype(), updates.sizes(), sums));
  }

  @Override
  public Samples samples() {
    return Samples.of(
            new Samples.Case(
                new SumRows(Dim.of(7)), Samples.i32(0, 6, 5), Samples.f32(-1, 1, 5, 13)),
            new Samples.Case(
                new SumRows(Dim.of(300)), Samples.i32(0, 20, 2, 33), Samples.f32(-1, 1, 2, 33, 5)),
            new Samples.Case(
                new SumRows(Dim.of(7)), Samples.i32(-1, 7, 9), Samples.f32(-1, 1, 9, 2, 16)),
            new Samples.Case(new SumRows(Dim.of(7)), Samples.i32(0, 6, 13), Samples.f32(-1, 1, 13)))
        .tolerance(1e-5);
  }
}
