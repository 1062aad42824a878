package org.mdlc.compiler.emit.java;

import java.util.Optional;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * Whether a kernel can be printed with vectors: every index moves evenly along the lane axis and
 * every function has a vector form.
 */
final class Vectorizable {
  /**
   * So few points are one vector that is mostly empty. HotSpot also compiles what has no loop late,
   * and now and then without its vectors, which then are objects in every step.
   */
  private static final int FEW_POINTS = 4;

  private final Kernel kernel;
  private final Registers registers;

  private Vectorizable(Kernel kernel, Registers registers) {
    this.kernel = kernel;
    this.registers = registers;
  }

  static boolean test(Kernel kernel, Registers registers) {
    var check = new Vectorizable(kernel, registers);
    return !hasFewPoints(kernel)
        && kernel.stages().stream().anyMatch(registers::hasLanes)
        && kernel.stages().stream().allMatch(check::fits);
  }

  /** Of element-wise kernels: sums of plain loops have another order. */
  static boolean hasFewPoints(Kernel kernel) {
    return kernel.stages().stream().allMatch(stage -> stage.reduces().isEmpty())
        && kernel.axes().stream().allMatch(axis -> axis.isConstant() && axis.value() <= FEW_POINTS)
        && kernel.axes().stream().mapToLong(Dim::value).reduce(1, (a, b) -> a * b) <= FEW_POINTS;
  }

  private boolean fits(Stage stage) {
    if (!registers.hasLanes(stage)) {
      return true;
    }
    return stage.body().stream().allMatch(i -> fits(stage, i))
        && stage.reduces().stream()
            .noneMatch(r -> r.reducer().isPosition() || r.type() == DType.BOOL)
        && stage.stores().stream().allMatch(s -> fits(stage, s));
  }

  private boolean fits(Stage stage, Instr instr) {
    return switch (instr) {
      case Instr.Constant _ -> true;
      case Instr.Index i -> isEven(stage, i.value());
      case Instr.InRange r -> isEven(stage, r.value());
      case Instr.Load l -> fitsLoad(stage, l);
      case Instr.Apply a ->
          VectorCode.supports(a.fn(), registers.operandType(a))
              || !registers.isVector(stage, a.result());
      case Instr.Uniform u ->
          isEven(stage, u.element())
              && !registers.isVector(stage, u.seed())
              && !registers.isVector(stage, u.counter());
    };
  }

  private boolean fitsLoad(Stage stage, Instr.Load load) {
    var stride = stride(stage, load.index());
    if (stride.isEmpty()) {
      return false;
    }
    if (registers.isGather(stage, load)) {
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

  private boolean fits(Stage stage, Store store) {
    var stride = stride(stage, store.index());
    if (stride.isEmpty() || !isEven(stage, store.index())) {
      return false;
    }
    return stride.get().is(1)
        || (!stride.get().is(0) && kernel.params().get(store.param()).type() == DType.F32);
  }

  private boolean isEven(Stage stage, IndexExpr index) {
    return stride(stage, index).isPresent()
        && index.registers().stream().noneMatch(r -> registers.isVector(stage, r));
  }

  private Optional<Dim> stride(Stage stage, IndexExpr index) {
    return index.strideAlong(kernel.laneAxis(stage));
  }
}
