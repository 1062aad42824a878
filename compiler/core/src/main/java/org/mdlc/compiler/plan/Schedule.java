package org.mdlc.compiler.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.mdlc.compiler.plan.Kernel.Stage;

/**
 * Where each computation of a kernel is printed: in the outermost loop in which its operands are
 * known, because no compiler behind the printers may move a load over a store by itself.
 *
 * <p>Loops are counted from outside: level 0 is in no loop, level {@code outer} within all outer
 * axes, level {@code outer + 1 + d} within own axis {@code d} of the stage.
 */
public final class Schedule {
  private final Kernel kernel;
  private final Map<Integer, Integer> levels = new HashMap<>();
  private final Set<Integer> pinned = new HashSet<>();

  public Schedule(Kernel kernel) {
    this.kernel = kernel;
    var variation = kernel.variation();
    var reduced = new HashSet<Integer>();
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        if (readsWritten(instr)
            || instr.reads().stream().anyMatch(r -> pinned.contains(r) || reduced.contains(r))) {
          pinned.add(instr.result());
        }
        var axes = Objects.requireNonNull(variation.get(instr.result()));
        levels.put(instr.result(), level(stage, instr, axes));
      }
      stage
          .reduces()
          .forEach(
              r -> {
                reduced.add(r.result());
                levels.put(r.result(), kernel.outer());
              });
    }
  }

  private int level(Stage stage, Instr instr, Set<Integer> axes) {
    int innermost = kernel.outer() + stage.axes().size();
    if (readsWritten(instr)) {
      return innermost;
    }
    int level = isPinned(instr) ? kernel.outer() : 0;
    for (int axis : axes) {
      level =
          Math.max(
              level,
              axis < kernel.outer() ? axis + 1 : kernel.outer() + 1 + stage.axes().indexOf(axis));
    }
    for (int operand : instr.reads()) {
      level = Math.max(level, Objects.requireNonNull(levels.get(operand)));
    }
    return level;
  }

  /** In how many loops the instruction stands. */
  public int level(Instr instr) {
    return Objects.requireNonNull(levels.get(instr.result()), instr::toString);
  }

  /**
   * True when the instruction stays in its stage, since what it reads is written or reduced by this
   * kernel.
   */
  public boolean isPinned(Instr instr) {
    return pinned.contains(instr.result());
  }

  /** True for a load of what this kernel itself writes. */
  public boolean readsWritten(Instr instr) {
    return instr instanceof Instr.Load load
        && kernel.params().get(load.param()).access() == Kernel.Access.UPDATE;
  }
}
