package org.mdlc.compiler.op;

import java.util.HashSet;
import java.util.List;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.type.TensorType;

/** Folds axes away. */
public sealed interface Reduction extends Op permits Fold, ArgMax, ArgMin {
  /** The axes that go, each named once. */
  List<Integer> axes();

  /** The operand's type once the axes are checked. */
  private TensorType checked(List<TensorType> operands) {
    var x = Types.one(this, operands);
    axes().forEach(a -> Types.axis(this, a, x));
    if (new HashSet<>(axes()).size() != axes().size()) {
      throw new ShapeError(name() + " names an axis twice: " + axes());
    }
    return x;
  }

  /** The operand's type without the axes. */
  default TensorType reduced(List<TensorType> operands) {
    var x = checked(operands);
    return x.withShape(x.shape().without(axes()));
  }

  /** One operation per operand element. */
  @Override
  default Cost cost(List<TensorType> operands) {
    return Cost.of(operands.get(0).shape().elements(), operands, infer(operands));
  }
}
