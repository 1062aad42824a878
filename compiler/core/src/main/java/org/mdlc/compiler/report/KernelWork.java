package org.mdlc.compiler.report;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.op.RandomUniform;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Access;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Schedule;
import org.mdlc.compiler.type.DType;

/**
 * Counts what a kernel does at a batch size.
 *
 * <p>An instruction counts as often as the loops run that {@link Schedule} puts it in, so a value
 * that is worked out again counts again. Memory counts by elements touched: loads of one parameter
 * at the same index are one, and no parameter moves more than it has. What a kernel reads of what
 * it has written itself does not count, because it is still in the cache; a load behind a mask
 * counts as if the mask were always true.
 */
final class KernelWork {
  private final Kernel kernel;
  private final long batch;
  private final Schedule schedule;
  private final Map<Integer, Set<Integer>> variation;
  private final Map<Integer, DType> types = new HashMap<>();

  private KernelWork(Kernel kernel, long batch) {
    this.kernel = kernel;
    this.batch = batch;
    this.schedule = new Schedule(kernel);
    this.variation = kernel.variation();
    for (var stage : kernel.stages()) {
      stage.body().forEach(i -> types.put(i.result(), i.type()));
      stage.reduces().forEach(r -> types.put(r.result(), r.type()));
    }
  }

  static Work of(Kernel kernel, long batch) {
    var count = new KernelWork(kernel, batch);
    return new Work(
        kernel.stages().stream().mapToLong(count::flops).sum(), count.read(), count.written());
  }

  // Arithmetic

  private long flops(Stage stage) {
    long flops = 0;
    for (var instr : stage.body()) {
      flops += flops(instr) * runs(stage, schedule.level(instr));
    }
    if (!stage.axes().isEmpty()) {
      long points = runs(stage, kernel.outer() + stage.axes().size());
      flops += points * stage.reduces().stream().filter(r -> isFloat(r.value())).count();
    }
    return flops;
  }

  private long flops(Instr instr) {
    return switch (instr) {
      case Instr.Constant _, Instr.Index _, Instr.InRange _, Instr.Load _ -> 0;
      case Instr.Apply a -> a.type().isFloat() || a.args().stream().anyMatch(this::isFloat) ? 1 : 0;
      case Instr.Uniform _ -> RandomUniform.OPERATIONS;
    };
  }

  private boolean isFloat(int register) {
    return Known.in(types, register).isFloat();
  }

  /** How often something runs that stands in this many loops. */
  private long runs(Stage stage, int level) {
    long runs = 1;
    for (int depth = 0; depth < level; depth++) {
      runs *= extent(depth < kernel.outer() ? depth : stage.axes().get(depth - kernel.outer()));
    }
    return runs;
  }

  // Memory

  private long read() {
    var touched = new Touched();
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        if (instr instanceof Instr.Load load
            && kernel.params().get(load.param()).access() == Access.READ) {
          touched.add(load.param(), load.index());
        }
      }
    }
    return touched.bytes();
  }

  private long written() {
    var touched = new Touched();
    for (var stage : kernel.stages()) {
      stage.stores().forEach(s -> touched.add(s.param(), s.index()));
    }
    return touched.bytes();
  }

  /** The elements of parameters that indices reach. */
  private final class Touched {
    private final Map<Integer, Set<IndexExpr>> indices = new TreeMap<>();

    void add(int param, IndexExpr index) {
      indices.computeIfAbsent(param, _ -> new HashSet<>()).add(index);
    }

    long bytes() {
      long elements = 0;
      for (var entry : indices.entrySet()) {
        long most = kernel.params().get(entry.getKey()).elements().at(batch);
        long reached = entry.getValue().stream().mapToLong(i -> distinct(i, most)).sum();
        elements += Math.min(most, reached);
      }
      return elements * DType.BYTES;
    }
  }

  /** How many values an index takes, at most: no more than {@code most}. */
  private long distinct(IndexExpr index, long most) {
    var axes = new HashSet<Integer>();
    for (int axis = 0; axis < kernel.axes().size(); axis++) {
      if (index.usesAxis(axis)) {
        axes.add(axis);
      }
    }
    index.registers().forEach(r -> axes.addAll(Known.in(variation, r)));
    long values = Math.min(most, product(axes.stream().map(this::extent).toList()));
    if (index.registers().isEmpty()) {
      var terms = index.terms().stream().map(t -> extent(t.atom())).toList();
      values = Math.min(values, Math.min(product(terms), extent(index)));
    }
    return values;
  }

  /** One more than the distance from the smallest value to the largest. */
  private long extent(IndexExpr index) {
    long extent = 1;
    for (var term : index.terms()) {
      extent += Math.abs(term.coefficient().at(batch)) * (extent(term.atom()) - 1);
    }
    return extent;
  }

  private long extent(IndexExpr.Atom atom) {
    return switch (atom) {
      case IndexExpr.AxisAtom a -> extent(a.axis());
      case IndexExpr.Quotient q -> (extent(q.numerator()) - 1) / q.divisor().at(batch) + 1;
      case IndexExpr.Remainder r -> Math.min(r.divisor().at(batch), extent(r.numerator()));
      case IndexExpr.RegisterAtom r ->
          throw new CompilerBug("report", r + " of " + kernel.name() + " may be anything");
    };
  }

  private long extent(int axis) {
    return kernel.axes().get(axis).at(batch);
  }

  private static long product(List<Long> factors) {
    return factors.stream().reduce(1L, Math::multiplyExact);
  }
}
