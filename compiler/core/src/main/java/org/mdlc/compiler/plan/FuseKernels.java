package org.mdlc.compiler.plan;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Contraction;
import org.mdlc.compiler.op.Control;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.Gather;
import org.mdlc.compiler.op.Iota;
import org.mdlc.compiler.op.Linear;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Ordered;
import org.mdlc.compiler.op.Random;
import org.mdlc.compiler.op.Reduction;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Sampling;
import org.mdlc.compiler.op.ScatterAdd;
import org.mdlc.compiler.op.SumRows;
import org.mdlc.compiler.op.Table;
import org.mdlc.compiler.op.View;

/**
 * Cuts a graph into kernels and calls.
 *
 * <p>First {@link ChooseAnchors} says what kernels are made for: reductions, what must be in memory
 * (operands of library calls, outputs), and what is dear and used more than once. Everything else
 * is worked out on the way by whoever reads it: views, literals, random numbers, cheap arithmetic.
 * Then {@link GroupAnchors} joins those that run over the same loops, as long as one reads what
 * another makes, or both read one tensor, and no call has to happen between the two. So softmax,
 * layer normalisation and an optimizer's update come out as one kernel each.
 */
final class FuseKernels {
  /** Something to be done at one time. */
  sealed interface Unit {
    int order();
  }

  /** A kernel to be written. */
  record Fused(Space space, List<Anchor> anchors) implements Unit {
    Fused {
      anchors = List.copyOf(anchors);
    }

    @Override
    public int order() {
      return anchors.stream().mapToInt(Anchor::nodeIndex).max().orElseThrow();
    }
  }

  /** An operation that is no kernel. */
  record Single(Node node, int order) implements Unit {}

  /**
   * @param units in an order that respects all dependencies
   * @param stored values that need memory
   */
  record Result(List<Unit> units, Set<Integer> stored, Map<Integer, Node> definitions) {}

  /**
   * A value that takes the place of another in memory at the end.
   *
   * @param old an input
   */
  record Overwrite(Value old, Value now) {}

  private FuseKernels() {}

  /**
   * @param overwrites whoever reads an old value comes before the new one is made, as far as
   *     possible: then it can be made in place
   */
  static Result run(Graph graph, List<Overwrite> overwrites) {
    var chosen = ChooseAnchors.run(graph);
    var grouping = new GroupAnchors(graph, chosen);
    grouping.group();
    overwrites.forEach(grouping::readersFirst);
    return new Result(grouping.ordered(), grouping.stored(), chosen.definitions());
  }

  /** True for operations that a kernel can work out. */
  static boolean isFusible(Node node) {
    return switch (Op.of(node)) {
      case Elementwise _, View _, Reduction _, Constant _, Iota _, Table _, Random _, Gather _ ->
          true;
      case Contraction _, Ordered _, ScatterAdd _, SumRows _, Linear _, Sampling _, Control _ ->
          false;
    };
  }

  /** The value whose memory holds this one: a reshape has none of its own. */
  static Value holder(Value value, Map<Integer, Node> definitions) {
    var node = definitions.get(value.id());
    return node != null && node.op() instanceof Reshape
        ? holder(node.operands().get(0), definitions)
        : value;
  }
}
