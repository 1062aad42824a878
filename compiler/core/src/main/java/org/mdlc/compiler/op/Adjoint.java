package org.mdlc.compiler.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;

/**
 * What a gradient rule sees: the node and the gradients of its results.
 *
 * @param builder where the rule adds its nodes
 * @param resultGradients one per result; null where nothing depends on that result
 * @param wanted one per operand: whether its gradient is of use; the others need not be worked out
 */
public record Adjoint(
    GraphBuilder builder, Node node, List<@Nullable Value> resultGradients, List<Boolean> wanted) {
  public boolean wants(int operand) {
    return wanted.get(operand);
  }

  public Value operand(int index) {
    return node.operands().get(index);
  }

  public Value result(int index) {
    return node.results().get(index);
  }

  /** The gradient of the first result, which a rule may rely on when the operation has only one. */
  public Value gradient() {
    var gradient = resultGradients.get(0);
    if (gradient == null) {
      throw new IllegalStateException("no gradient of " + node.result());
    }
    return gradient;
  }
}
