package org.mdlc.compiler.pass;

import static java.util.Optional.empty;

import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Concat;
import org.mdlc.compiler.op.Identity;
import org.mdlc.compiler.op.Pad;
import org.mdlc.compiler.op.Reduction;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Reverse;
import org.mdlc.compiler.op.Slice;
import org.mdlc.compiler.op.StopGradient;
import org.mdlc.compiler.op.Transpose;

/** The local rewrites of {@link Simplify}, in the order they are tried. */
final class Rewrites {
  static final List<Rewrite> ALL =
      List.of(
          new DropIdentities(),
          new ArithmeticRewrites.FoldConstants(),
          new ViewRewrites.FoldViewsOfConstants(),
          new ReductionRewrites.FoldReductionsOfConstants(),
          new ArithmeticRewrites.DropNeutralOperands(),
          new ArithmeticRewrites.ExpandSmallPowers(),
          new ArithmeticRewrites.DropDoubleNegations(),
          new ArithmeticRewrites.MergeCasts(),
          new ArithmeticRewrites.FoldSelects(),
          new ViewRewrites.MergeReshapes(),
          new ViewRewrites.MergeTransposes(),
          new ViewRewrites.MergeBroadcasts(),
          new ViewRewrites.ComputeBeforeBroadcast(),
          new ViewRewrites.MergeSlices(),
          new ReductionRewrites.ReshapeReductionsOfOnes(),
          new ReductionRewrites.MergeReductions(),
          new ReductionRewrites.ReduceBeforeBroadcast(),
          new ReductionRewrites.ReadSharesNotPowers(),
          new ViewRewrites.FoldTransposesIntoMatMul(),
          new ViewRewrites.JoinPads(),
          new ViewRewrites.MergeConcats());

  private Rewrites() {}

  /** {@code identity(x) -> x}, and every view, cast or reduction that changes nothing. */
  static final class DropIdentities implements Rewrite {
    @Override
    public Optional<Value> apply(Candidate node) {
      boolean nothing =
          switch (node.op()) {
            case Identity _, StopGradient _ -> true;
            case Cast cast -> node.operand(0).type().dtype() == cast.dtype();
            case Reshape _, Broadcast _, Slice _ -> node.operand(0).type().equals(node.type());
            case Pad pad ->
                pad.low().stream().allMatch(d -> d.is(0))
                    && pad.high().stream().allMatch(d -> d.is(0));
            case Transpose transpose ->
                transpose.order().equals(transpose.order().stream().sorted().toList());
            case Reverse reverse ->
                reverse.axes().stream().allMatch(a -> node.shape().dim(a).is(1));
            case Concat _ -> node.operands().size() == 1;
            case Reduction reduction -> reduction.axes().isEmpty();
            default -> false;
          };
      return nothing ? Optional.of(node.operand(0)) : empty();
    }
  }
}
