package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.op.MatMulOfViews;
import org.mdlc.compiler.plan.IndexExpr.AxisAtom;
import org.mdlc.compiler.plan.Step.Tensor;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * Carries out neighbouring steps for one row of the batch after the other, where each is for all
 * rows, if what they hand on is large: it then stays in the cache of the thread that works on the
 * row, and needs no memory for the whole batch. The scores of attention are of this kind.
 *
 * <pre>
 * scores = mat_mul_of_views(query, key)          loop t &lt; batch side by side {
 * make_shares(scores, shares)              -&gt;      scores = mat_mul_of_views(query[t], key[t])
 *                                                  make_shares(scores, shares[t])
 *                                                }
 * </pre>
 */
final class RunByRows {
  /** A row of this size is worth the calls: what it saves are trips through memory. */
  private static final long LARGE_BYTES = 64 << 10;

  /** Of a row, all that the steps touch: more would not stay in a second-level cache anyway. */
  private static final long MOST_BYTES = 2 << 20;

  record Result(List<Step> steps, List<Buffer> buffers) {}

  private final List<Step> steps;
  private final Draft draft;
  private final List<Buffer> buffers;

  /** By buffer: the positions of the first and the last step that use it. */
  private final Map<Integer, Lifetime> uses = new HashMap<>();

  private RunByRows(List<Step> steps, Draft draft) {
    this.steps = steps;
    this.draft = draft;
    this.buffers = new ArrayList<>(draft.buffers());
    for (int i = 0; i < steps.size(); i++) {
      collect(steps.get(i), i);
    }
  }

  static Result run(List<Step> steps, Draft draft) {
    var run = new RunByRows(steps, draft);
    return new Result(run.looped(), run.buffers);
  }

  private void collect(Step step, int position) {
    for (var operand : Operands.of(step)) {
      uses.merge(operand.buffer(), new Lifetime(position, position), RunByRows::both);
    }
    if (step instanceof Step.Loop loop) {
      loop.body().forEach(inner -> collect(inner, position));
    }
  }

  private List<Step> looped() {
    var result = new ArrayList<Step>();
    int from = 0;
    while (from < steps.size()) {
      int to = from;
      while (to < steps.size() && RowOf.step(steps.get(to), buffers, 0).isPresent()) {
        to++;
      }
      if (to == from) {
        result.add(steps.get(from++));
      } else {
        addRun(from, to, result);
        from = to;
      }
    }
    return List.copyOf(result);
  }

  /** Steps from one position up to another, all of them row by row. */
  private void addRun(int from, int to, List<Step> result) {
    int first = to;
    int last = from;
    boolean anyLocal = false;
    for (var use : usesWithin(from, to).entrySet()) {
      var life = use.getValue();
      if (life.first() < life.last() && isLarge(buffers.get(use.getKey()))) {
        anyLocal |= isOpen(use.getKey()) && life.equals(uses.get(use.getKey()));
        first = Math.min(first, life.first());
        last = Math.max(last, life.last() + 1);
      }
    }
    if (!anyLocal || !pays(steps.subList(first, last))) {
      result.addAll(steps.subList(from, to));
      return;
    }
    result.addAll(steps.subList(from, first));
    result.add(loop(first, last));
    result.addAll(steps.subList(last, to));
  }

  private Map<Integer, Lifetime> usesWithin(int from, int to) {
    var within = new HashMap<Integer, Lifetime>();
    for (int i = from; i < to; i++) {
      for (var operand : Operands.of(steps.get(i))) {
        within.merge(operand.buffer(), new Lifetime(i, i), RunByRows::both);
      }
    }
    return within;
  }

  private static Lifetime both(Lifetime a, Lifetime b) {
    return new Lifetime(Math.min(a.first(), b.first()), Math.max(a.last(), b.last()));
  }

  private boolean isOpen(int buffer) {
    return buffers.get(buffer).isOpen();
  }

  private static boolean isLarge(Buffer buffer) {
    return rowBytes(buffer).filter(bytes -> bytes >= LARGE_BYTES).isPresent();
  }

  private static Optional<Long> rowBytes(Buffer buffer) {
    return buffer
        .elements()
        .dividedBy(Dim.BATCH)
        .filter(Dim::isConstant)
        .map(row -> row.value() * DType.BYTES);
  }

  private boolean pays(List<Step> run) {
    var touched = new HashSet<Integer>();
    run.forEach(step -> Operands.of(step).forEach(o -> touched.add(o.buffer())));
    long bytes =
        touched.stream().mapToLong(id -> rowBytes(buffers.get(id)).orElse(0L)).sum();
    return bytes <= MOST_BYTES
        && run.stream()
            .anyMatch(s -> s instanceof Step.LibraryCall c && c.operation() instanceof MatMulOfViews);
  }

  private Step loop(int first, int last) {
    int id = draft.newLoop();
    var body = new ArrayList<Step>();
    Set<Integer> local = new HashSet<>();
    uses.forEach(
        (buffer, use) -> {
          if (first <= use.first() && use.last() < last && isOpen(buffer)) {
            local.add(buffer);
          }
        });
    for (int i = first; i < last; i++) {
      var row = RowOf.step(steps.get(i), buffers, id).orElseThrow();
      body.add(Operands.replaced(row, o -> local.contains(o.buffer()) ? withoutRow(o) : o));
    }
    local.forEach(this::keepOneRow);
    var origins = body.stream().flatMap(s -> s.origins().stream()).distinct().toList();
    var name = draft.stepName("rows_of_" + steps.get(last - 1).name());
    return new Step.Loop(name, id, Dim.BATCH, Step.Rounds.SIDE_BY_SIDE, false, body, origins);
  }

  private static Operand withoutRow(Operand operand) {
    return Operand.of(operand.buffer());
  }

  private void keepOneRow(int id) {
    var whole = buffers.get(id);
    var row = whole.elements().dividedBy(Dim.BATCH).orElseThrow();
    buffers.set(
        id,
        new Buffer(id, whole.name(), whole.type(), row, Buffer.Planned.openForThread()));
  }

  /** A step for all rows of the batch as the same for one row, which a loop moves. */
  private record RowOf(List<Buffer> buffers, int loop) {
    static Optional<Step> step(Step step, List<Buffer> buffers, int loop) {
      var row = new RowOf(buffers, loop);
      return switch (step) {
        case Step.LibraryCall call -> row.product(call).map(c -> c);
        case Step.KernelCall call -> row.kernel(call).map(c -> c);
        case Step.Copy _, Step.HostCall _, Step.Loop _ -> Optional.empty();
      };
    }

    private Optional<Step.LibraryCall> product(Step.LibraryCall call) {
      if (!(call.operation() instanceof MatMulOfViews views)
          || views.orderA().getFirst() != 0
          || views.orderB().getFirst() != 0
          || views.orderC().getFirst() != 0
          || !call.post().isEmpty()) {
        return Optional.empty();
      }
      var operands = call.operands().stream().map(this::row).toList();
      var result = row(call.result());
      return operands.stream().allMatch(Optional::isPresent) && result.isPresent()
          ? Optional.of(
              new Step.LibraryCall(
                  call.name(),
                  call.operation(),
                  operands.stream().map(Optional::orElseThrow).toList(),
                  result.get(),
                  call.post(),
                  call.origins()))
          : Optional.empty();
    }

    private Optional<Tensor> row(Tensor tensor) {
      var shape = tensor.type().shape();
      return shape.dim(0).equals(Dim.BATCH)
          ? row(tensor.at())
              .map(at -> new Tensor(at, tensor.type().withShape(shape.with(0, Dim.ONE))))
          : Optional.empty();
    }

    private Optional<Operand> row(Operand whole) {
      return whole.equals(Operand.of(whole.buffer()))
          ? rowElements(whole)
              .map(
                  row ->
                      new Operand(
                          whole.buffer(), Dim.ZERO, List.of(new Operand.Advance(loop, row))))
          : Optional.empty();
    }

    private Optional<Dim> rowElements(Operand operand) {
      return buffers
          .get(operand.buffer())
          .elements()
          .dividedBy(Dim.BATCH)
          .filter(Dim::isConstant);
    }

    private Optional<Step.KernelCall> kernel(Step.KernelCall call) {
      var kernel = call.kernel();
      if (kernel.outer() == 0 || !kernel.axes().stream().skip(1).allMatch(Dim::isConstant)) {
        return Optional.empty();
      }
      var points = kernel.axes().getFirst().dividedBy(Dim.BATCH).filter(Dim::isConstant);
      if (points.isEmpty() || points.get().is(1) && kernel.outer() == 1 && kernel.axes().size() == 1) {
        return Optional.empty();
      }
      var axes = new ArrayList<>(kernel.axes());
      axes.set(0, points.get());
      var accesses = new Accesses(kernel, new IndexBounds(axes));
      var params = new ArrayList<Kernel.Param>();
      var arguments = new ArrayList<Operand>();
      for (int i = 0; i < kernel.params().size(); i++) {
        var param = kernel.params().get(i);
        var argument = call.arguments().get(i);
        if (accesses.areShared(i) && param.elements().isConstant()) {
          params.add(param);
          arguments.add(argument);
          continue;
        }
        var row = row(argument);
        var elements = rowElements(argument);
        if (row.isEmpty() || !accesses.stayInRow(i, points.get(), elements.orElseThrow())) {
          return Optional.empty();
        }
        params.add(new Kernel.Param(param.name(), param.type(), param.access(), elements.get()));
        arguments.add(row.get());
      }
      return accesses.arePlain()
          ? Optional.of(
              new Step.KernelCall(
                  call.name(),
                  new Kernel(
                      kernel.name(),
                      params,
                      axes,
                      kernel.outer(),
                      kernel.lanes(),
                      kernel.stages()),
                  arguments,
                  call.parts()))
          : Optional.empty();
    }
  }

  /**
   * Where a kernel reads and writes.
   *
   * @param bounds of its loops within one row
   */
  private record Accesses(Kernel kernel, IndexBounds bounds) {
    private List<IndexExpr> of(int param) {
      var found = new ArrayList<IndexExpr>();
      for (var stage : kernel.stages()) {
        for (var instr : stage.body()) {
          if (instr instanceof Instr.Load load && load.param() == param) {
            found.add(load.index());
          }
        }
        stage.stores().stream()
            .filter(s -> s.param() == param)
            .forEach(s -> found.add(s.index()));
      }
      return found;
    }

    /** True when it is read alike for all rows. */
    boolean areShared(int param) {
      return kernel.params().get(param).access() == Kernel.Access.READ
          && of(param).stream().noneMatch(index -> index.usesAxis(0));
    }

    /**
     * True when points {@code [t * points, (t + 1) * points)} of the first axis go to elements
     * {@code [t * elements, (t + 1) * elements)}, row after row.
     */
    boolean stayInRow(int param, Dim points, Dim elements) {
      return of(param).stream()
          .allMatch(
              index ->
                  alongFirst(index).filter(k -> k.times(points).equals(elements)).isPresent()
                      && bounds.isWithin(index, elements));
    }

    private static Optional<Dim> alongFirst(IndexExpr index) {
      boolean affine =
          index.terms().stream()
              .allMatch(t -> t.atom() instanceof AxisAtom || !IndexExpr.of(t.atom()).usesAxis(0));
      return affine ? index.strideAlong(0) : Optional.empty();
    }

    /** True when nothing but reads and writes depends on which row it is. */
    boolean arePlain() {
      return kernel.stages().stream()
          .flatMap(s -> s.body().stream())
          .allMatch(
              instr ->
                  switch (instr) {
                    case Instr.Constant _, Instr.Apply _, Instr.Load _ -> true;
                    case Instr.Index i -> !i.value().usesAxis(0);
                    case Instr.InRange r -> !r.value().usesAxis(0);
                    case Instr.Uniform u -> !u.element().usesAxis(0);
                  });
    }
  }
}
