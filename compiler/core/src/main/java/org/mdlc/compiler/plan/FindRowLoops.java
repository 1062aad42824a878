package org.mdlc.compiler.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.plan.Step.Tensor;
import org.mdlc.compiler.type.Dim;

/**
 * Finds the loops in which every row of the batch goes its own way: a recurrence over examples that
 * know nothing of each other, without sums over the batch.
 *
 * <p>Whatever such a loop writes lies row by row: so and so many elements for row 0, as many for
 * row 1, and so on, and a step that works on a row reads and writes there what belongs to that row.
 * What the loop only reads may be read anywhere.
 */
public final class FindRowLoops {
  private final Set<Integer> written = new HashSet<>();

  /** Elements of a row, by buffer. */
  private final Map<Integer, Long> rowSizes = new HashMap<>();

  private FindRowLoops() {}

  static List<Step> run(List<Step> steps) {
    return steps.stream()
        .map(s -> s instanceof Step.Loop l && isByRow(l) ? l.with(true, l.body()) : s)
        .toList();
  }

  /**
   * How many points of a kernel's first outer axis a row of the batch has; nothing when the axis
   * does not count through the rows.
   */
  public static OptionalLong pointsPerRow(Kernel kernel) {
    return kernel.outer() == 0 ? OptionalLong.empty() : perRow(kernel.axes().get(0));
  }

  private static boolean isByRow(Step.Loop loop) {
    var find = new FindRowLoops();
    for (var step : loop.body()) {
      Operands.writes(step).forEach(o -> find.written.add(o.buffer()));
    }
    return loop.body().stream().allMatch(find::isByRow);
  }

  private boolean isByRow(Step step) {
    return switch (step) {
      case Step.KernelCall call -> isByRow(call);
      case Step.LibraryCall call -> isByRow(call);
      case Step.Copy copy ->
          isRows(copy.from(), copy.elements()) && isRows(copy.to(), copy.elements());
      case Step.HostCall _, Step.Loop _ -> false;
    };
  }

  private boolean isByRow(Step.LibraryCall call) {
    return call.operation() instanceof MatMul product
        && !product.transposeA()
        && isMatrix(call.operands().get(0))
        && isMatrix(call.result())
        && isRows(call.operands().get(0))
        && isRows(call.result())
        && call.operands().get(1).type().rank() == 2
        && !written.contains(call.operands().get(1).at().buffer())
        && call.post().stream()
            .allMatch(p -> p.bias().filter(b -> written.contains(b.at().buffer())).isEmpty());
  }

  private static boolean isMatrix(Tensor tensor) {
    return tensor.type().rank() == 2 && tensor.type().shape().dim(0).equals(Dim.BATCH);
  }

  private boolean isRows(Tensor tensor) {
    return isRows(tensor.at(), tensor.type().shape().elements());
  }

  /** True when these elements are so many for each row. */
  private boolean isRows(Operand operand, Dim elements) {
    var size = perRow(elements);
    return size.isPresent() && isRows(operand, size.getAsLong());
  }

  /** True when this is where the rows begin, if they have so many elements each. */
  private boolean isRows(Operand operand, long size) {
    if (!written.contains(operand.buffer())) {
      return true;
    }
    Long known = rowSizes.putIfAbsent(operand.buffer(), size);
    return (known == null || known == size)
        && isWholeRows(operand.offset(), size)
        && operand.advances().stream().allMatch(a -> isWholeRows(a.stride(), size));
  }

  private static boolean isWholeRows(Dim elements, long size) {
    return elements.is(0) || perRow(elements).stream().anyMatch(n -> n % size == 0);
  }

  private boolean isByRow(Step.KernelCall call) {
    var kernel = call.kernel();
    var points = pointsPerRow(kernel);
    if (points.isEmpty()) {
      return false;
    }
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        if (instr instanceof Instr.Load load
            && !isOfRow(call, load.param(), load.index(), points.getAsLong())) {
          return false;
        }
      }
      for (var store : stage.stores()) {
        if (!isOfRow(call, store.param(), store.index(), points.getAsLong())) {
          return false;
        }
      }
    }
    return true;
  }

  /** True when an access stays within the row that the first axis is at. */
  private boolean isOfRow(Step.KernelCall call, int param, IndexExpr index, long points) {
    var operand = call.arguments().get(param);
    if (!written.contains(operand.buffer())) {
      return true;
    }
    var step = index.strideAlong(0);
    if (step.isEmpty() || !step.get().isConstant() || step.get().value() <= 0) {
      return false;
    }
    var rest = index.minus(IndexExpr.axis(0).times(step.get()));
    return new IndexBounds(call.kernel().axes()).isWithin(rest, step.get())
        && isRows(operand, Math.multiplyExact(step.get().value(), points));
  }

  private static OptionalLong perRow(Dim elements) {
    return elements
        .dividedBy(Dim.BATCH)
        .filter(Dim::isConstant)
        .filter(d -> d.value() > 0)
        .map(d -> OptionalLong.of(d.value()))
        .orElse(OptionalLong.empty());
  }
}
