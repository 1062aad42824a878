package org.mdlc.compiler.emit.java;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.type.DType;

/**
 * Whether a kernel can be printed with vectors: every index moves evenly along the lane axis and
 * every function has a vector form.
 */
final class Vectorizable {
  private final Kernel kernel;
  private final Map<Integer, Set<Integer>> variation;

  private Vectorizable(Kernel kernel) {
    this.kernel = kernel;
    this.variation = kernel.variation();
  }

  static boolean test(Kernel kernel) {
    var check = new Vectorizable(kernel);
    boolean hasLanes =
        kernel.lanes() == Lanes.OUTER
            ? kernel.outer() > 0
            : kernel.stages().stream().anyMatch(s -> !s.axes().isEmpty());
    return hasLanes && kernel.stages().stream().allMatch(check::fits);
  }

  private boolean fits(Stage stage) {
    int lane = kernel.laneAxis(stage);
    if (lane < 0) {
      return true;
    }
    return stage.body().stream().allMatch(i -> fits(i, lane))
        && stage.reduces().stream()
            .noneMatch(r -> r.reducer().isPosition() || r.type() == DType.BOOL)
        && stage.stores().stream().allMatch(s -> fitsStore(s, lane));
  }

  private boolean fits(Instr instr, int lane) {
    return switch (instr) {
      case Instr.Constant _ -> true;
      case Instr.Index i -> isEven(i.value(), lane);
      case Instr.InRange r -> isEven(r.value(), lane);
      case Instr.Load l -> fitsLoad(l, lane);
      case Instr.Apply a ->
          VectorCode.supports(a.fn(), operandType(a)) || !isVector(a.result(), lane);
      case Instr.Uniform u ->
          isEven(u.element(), lane) && !isVector(u.seed(), lane) && !isVector(u.counter(), lane);
    };
  }

  private boolean fitsLoad(Instr.Load load, int lane) {
    var stride = load.index().strideAlong(lane);
    if (stride.isEmpty()) {
      return false;
    }
    if (load.index().registers().stream().anyMatch(r -> isVector(r, lane))) {
      boolean plain =
          load.index().terms().stream()
              .allMatch(
                  t ->
                      t.atom() instanceof IndexExpr.AxisAtom
                          || t.atom() instanceof IndexExpr.RegisterAtom);
      return plain && load.type() == DType.F32;
    }
    return stride.get().is(1) || stride.get().is(0) || load.type() != DType.BOOL;
  }

  private boolean fitsStore(Kernel.Store store, int lane) {
    var stride = store.index().strideAlong(lane);
    if (stride.isEmpty() || !isEven(store.index(), lane)) {
      return false;
    }
    return stride.get().is(1)
        || (!stride.get().is(0) && kernel.params().get(store.param()).type() == DType.F32);
  }

  private boolean isEven(IndexExpr index, int lane) {
    return index.strideAlong(lane).isPresent()
        && index.registers().stream().noneMatch(r -> isVector(r, lane));
  }

  private boolean isVector(int register, int lane) {
    return Objects.requireNonNull(variation.get(register)).contains(lane);
  }

  private DType operandType(Instr.Apply apply) {
    int register = apply.args().get(apply.fn() == ScalarFn.SELECT ? 1 : 0);
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        if (instr.result() == register) {
          return instr.type();
        }
      }
      for (var reduce : stage.reduces()) {
        if (reduce.result() == register) {
          return reduce.type();
        }
      }
    }
    throw new IllegalStateException(
        "kernel " + kernel.name() + ": r" + register + " is not defined");
  }
}
