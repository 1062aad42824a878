package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.TensorType;

/** Runs some axes from the last element to the first. */
public record Reverse(List<Integer> axes) implements View {
  public Reverse {
    axes = List.copyOf(axes);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var x = Types.one(this, operands);
    axes.forEach(a -> Types.axis(this, a, x));
    return List.of(x);
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return List.of(adjoint.builder().add(this, adjoint.gradient()));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    var x = operands.get(0);
    var strides = Indices.strides(x.sizes());
    var data = new double[x.count()];
    for (var at = new Indices(x.sizes()); at.more(); at.next()) {
      int source = 0;
      for (int i = 0; i < strides.length; i++) {
        source += (axes.contains(i) ? x.size(i) - 1 - at.index(i) : at.index(i)) * strides[i];
      }
      data[at.position()] = x.at(source);
    }
    return List.of(new Tensor64(x.dtype(), x.sizes(), data));
  }

  @Override
  public Samples samples() {
    return Samples.of(
        new Samples.Case(new Reverse(List.of(0)), Samples.f32(-1, 1, 13)),
        new Samples.Case(new Reverse(List.of(0, 2)), Samples.f32(-1, 1, 2, 3, 7)),
        new Samples.Case(new Reverse(List.of(1)), Samples.i32(-9, 9, 7, 1)));
  }
}
