package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.function.Predicate;
import org.mdlc.compiler.plan.IndexExpr.AxisAtom;
import org.mdlc.compiler.plan.IndexExpr.Quotient;
import org.mdlc.compiler.plan.IndexExpr.RegisterAtom;
import org.mdlc.compiler.plan.IndexExpr.Remainder;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;
import org.mdlc.compiler.type.Dim;

/**
 * Makes one loop of two neighbouring ones wherever every index runs on from the one into the other,
 * so that vectors are long and loops are few.
 *
 * <pre>
 * outer i0 &lt; batch                    outer i0 &lt; 28*batch
 * outer i1 &lt; 28               -&gt;       load p0[i0]
 *   load p0[28*i0 + i1]
 * </pre>
 */
final class MergeAxes {
  private MergeAxes() {}

  static Kernel run(Kernel kernel) {
    for (int axis = 0; axis + 1 < kernel.axes().size(); axis++) {
      if (canMerge(kernel, axis)) {
        return run(merged(kernel, axis));
      }
    }
    return kernel;
  }

  private static boolean canMerge(Kernel kernel, int axis) {
    boolean sameLevel = axis + 1 < kernel.outer() || axis >= kernel.outer();
    var extent = kernel.axes().get(axis + 1);
    return sameLevel
        && kernel.stages().stream().allMatch(s -> allIndices(s, i -> runsOn(i, axis, extent)));
  }

  private static boolean allIndices(Stage stage, Predicate<IndexExpr> holds) {
    boolean body =
        stage.body().stream()
            .allMatch(
                instr ->
                    switch (instr) {
                      case Instr.Constant _, Instr.Apply _ -> true;
                      case Instr.Index i -> holds.test(i.value());
                      case Instr.InRange r -> holds.test(r.value());
                      case Instr.Load l -> holds.test(l.index());
                      case Instr.Uniform u -> holds.test(u.element());
                    });
    return body && stage.stores().stream().allMatch(s -> holds.test(s.index()));
  }

  /**
   * True when the index grows along the axis by as much as along the whole next one, here and
   * within quotients and remainders.
   */
  private static boolean runsOn(IndexExpr index, int axis, Dim extentOfNext) {
    var outer = Dim.ZERO;
    var next = Dim.ZERO;
    for (var term : index.terms()) {
      switch (term.atom()) {
        case AxisAtom a -> {
          outer = a.axis() == axis ? term.coefficient() : outer;
          next = a.axis() == axis + 1 ? term.coefficient() : next;
        }
        case RegisterAtom _ -> {}
        case Quotient q -> {
          if (!runsOn(q.numerator(), axis, extentOfNext)) {
            return false;
          }
        }
        case Remainder r -> {
          if (!runsOn(r.numerator(), axis, extentOfNext)) {
            return false;
          }
        }
      }
    }
    return outer.equals(next.times(extentOfNext));
  }

  private static Kernel merged(Kernel kernel, int axis) {
    var axes = new ArrayList<>(kernel.axes());
    axes.set(axis, axes.get(axis).times(axes.remove(axis + 1)));
    int outer = axis + 1 < kernel.outer() ? kernel.outer() - 1 : kernel.outer();
    var stages = kernel.stages().stream().map(s -> merged(s, axis)).toList();
    return new Kernel(kernel.name(), kernel.params(), axes, outer, kernel.lanes(), stages);
  }

  private static Stage merged(Stage stage, int axis) {
    var axes =
        stage.axes().stream().filter(a -> a != axis + 1).map(a -> a > axis ? a - 1 : a).toList();
    var body = stage.body().stream().map(i -> merged(i, axis)).toList();
    var stores =
        stage.stores().stream()
            .map(s -> new Store(s.param(), merged(s.index(), axis), s.value()))
            .toList();
    return new Stage(axes, body, stage.reduces(), stores);
  }

  private static Instr merged(Instr instr, int axis) {
    return switch (instr) {
      case Instr.Constant _, Instr.Apply _ -> instr;
      case Instr.Index i -> new Instr.Index(i.result(), merged(i.value(), axis));
      case Instr.InRange r ->
          new Instr.InRange(r.result(), merged(r.value(), axis), r.low(), r.high());
      case Instr.Load l ->
          new Instr.Load(l.result(), l.type(), l.param(), merged(l.index(), axis), l.mask());
      case Instr.Uniform u ->
          new Instr.Uniform(
              u.result(), u.seed(), u.counter(), merged(u.element(), axis), u.low(), u.high());
    };
  }

  /** The first of the two axes goes, the second takes its number and counts through both. */
  private static IndexExpr merged(IndexExpr index, int axis) {
    return index.substituteAxes(
        a -> a < axis ? IndexExpr.axis(a) : a == axis ? IndexExpr.ZERO : IndexExpr.axis(a - 1));
  }
}
