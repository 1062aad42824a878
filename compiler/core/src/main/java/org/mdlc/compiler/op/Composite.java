package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.TensorType;

/**
 * A named call of a layer or function: its meaning is its body, its name is for people and for
 * backends that know a faster way.
 *
 * @param kind what is called, such as {@code Dense}
 * @param scope its path in the model, such as {@code encoder/dense_1}
 */
public record Composite(String kind, String scope, Graph body) implements Control {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Control.requireInputs(this, body, operands);
    return body.outputs().stream().map(o -> o.value().type()).toList();
  }

  @Override
  public List<Graph> regions() {
    return List.of(body);
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    throw new CompilerBug(
        "differentiate", "composite " + kind + " at " + scope + " was not decomposed");
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    return Control.cost(body);
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    return Control.run(body, operands);
  }

  /** {@code relu(x) * 2}. */
  @Override
  public Samples samples() {
    var b = new GraphBuilder("double_relu");
    var x = b.input("x", Role.DATA, TensorType.f32(7));
    b.output(
        "y",
        Role.RESULT,
        Build.mul(b, b.add(new Max(), x, Build.like(b, x, 0)), Build.like(b, x, 2)));
    return Samples.of(
        new Samples.Case(
            new Composite("DoubleRelu", "double_relu", b.build()), Samples.f32(-1, 1, 7)));
  }
}
