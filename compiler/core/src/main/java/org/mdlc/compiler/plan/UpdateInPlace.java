package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.plan.Kernel.Access;

/**
 * Lets a step write straight into a variable instead of into a buffer that is copied there at the
 * end, when nothing reads the old value any more.
 *
 * <pre>
 * new_w = kernel(w, g)          -&gt;    w = kernel(w, g)
 * copy new_w to w
 * </pre>
 */
final class UpdateInPlace {
  private final List<Buffer> buffers;

  private UpdateInPlace(List<Buffer> buffers) {
    this.buffers = buffers;
  }

  static List<Step> run(List<Step> steps, List<Buffer> buffers) {
    return new UpdateInPlace(buffers).list(steps);
  }

  private List<Step> list(List<Step> steps) {
    var current = new ArrayList<Step>();
    for (var step : steps) {
      current.add(step instanceof Step.Loop l ? l.with(l.byRow(), list(l.body())) : step);
    }
    for (int i = current.size() - 1; i >= 0; i--) {
      if (current.get(i) instanceof Step.Copy copy && isLegal(copy, current)) {
        current.remove(i);
        int from = copy.from().buffer();
        current.replaceAll(
            s ->
                reads(s, from) || writes(s, from)
                    ? Operands.renamed(s, id -> id == from ? copy.to().buffer() : id)
                    : s);
      }
    }
    return current;
  }

  private boolean isLegal(Step.Copy copy, List<Step> steps) {
    int from = copy.from().buffer();
    int to = copy.to().buffer();
    boolean whole =
        copy.from().equals(Operand.of(from))
            && copy.to().equals(Operand.of(to))
            && buffers.get(from).elements().equals(copy.elements());
    if (!whole || !buffers.get(from).isOpen() || from == to) {
      return false;
    }
    int writer = onlyWriter(from, steps);
    if (writer < 0 || steps.get(writer) instanceof Step.Copy) {
      return false;
    }
    for (int i = 0; i < steps.size(); i++) {
      var step = steps.get(i);
      if (!step.equals(copy) && (writes(step, to) || (i > writer && reads(step, to)))) {
        return false;
      }
      if (i < writer && reads(step, from)) {
        return false;
      }
    }
    var step = steps.get(writer);
    return !reads(step, to)
        || (step instanceof Step.KernelCall call
            && canShare(call, Operand.of(to), Operand.of(from)));
  }

  /** The one step that writes a buffer whole, or -1; a write from within a loop is none. */
  private static int onlyWriter(int buffer, List<Step> steps) {
    int found = -1;
    for (int i = 0; i < steps.size(); i++) {
      if (writes(steps.get(i), buffer)) {
        boolean second = found >= 0;
        boolean nested = steps.get(i) instanceof Step.Loop;
        boolean part = !Operands.writes(steps.get(i)).contains(Operand.of(buffer));
        if (second || nested || part) {
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  private static boolean reads(Step step, int buffer) {
    return step instanceof Step.Loop loop
        ? loop.body().stream().anyMatch(s -> reads(s, buffer))
        : Operands.reads(step).stream().anyMatch(o -> o.buffer() == buffer);
  }

  private static boolean writes(Step step, int buffer) {
    return step instanceof Step.Loop loop
        ? loop.body().stream().anyMatch(s -> writes(s, buffer))
        : Operands.writes(step).stream().anyMatch(o -> o.buffer() == buffer);
  }

  /**
   * True when a kernel's parameter that is read may share memory with one that is written: each
   * element is read at the very point that overwrites it, and no later stage reads it.
   */
  static boolean canShare(Step.KernelCall call, Operand read, Operand written) {
    var kernel = call.kernel();
    var readParams = paramsOf(call, read);
    var writtenParams = paramsOf(call, written);
    boolean readElsewhere =
        call.arguments().stream()
            .anyMatch(o -> o.buffer() == read.buffer() && !o.equals(read) && !o.equals(written));
    if (readElsewhere
        || readParams.stream().anyMatch(p -> kernel.params().get(p).access() != Access.READ)) {
      return false;
    }
    var stores = new HashMap<IndexExpr, Integer>();
    for (int s = 0; s < kernel.stages().size(); s++) {
      for (var store : kernel.stages().get(s).stores()) {
        if (writtenParams.contains(store.param())) {
          stores.merge(store.index(), s, Math::min);
        }
      }
    }
    if (stores.size() != 1) {
      return false;
    }
    var index = stores.keySet().iterator().next();
    int firstStore = Known.in(stores, index);
    for (int s = 0; s < kernel.stages().size(); s++) {
      for (var instr : kernel.stages().get(s).body()) {
        if (instr instanceof Instr.Load load && readParams.contains(load.param())) {
          if (s > firstStore || !load.index().equals(index)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static Set<Integer> paramsOf(Step.KernelCall call, Operand operand) {
    var found = new HashSet<Integer>();
    for (int i = 0; i < call.arguments().size(); i++) {
      if (call.arguments().get(i).equals(operand)) {
        found.add(i);
      }
    }
    return found;
  }
}
