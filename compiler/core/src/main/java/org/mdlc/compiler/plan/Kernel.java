package org.mdlc.compiler.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * A fused loop nest, independent of any target: the one form that the interpreter and the Java and
 * CUDA printers read.
 *
 * <pre>
 * for every point of the outer axes (in any order, in parallel):
 *   for every stage, in order:
 *     for every point of the stage's own axes, row-major: body, then accumulate reduces, then stores
 * </pre>
 *
 * <p>A register defined in a stage without own axes, and the result of a reduce, is one value per
 * outer point and may be read by later stages; any other register lives only within its stage. A
 * stage may read what an earlier stage stored at the same outer point.
 *
 * <p>Two shapes cover everything: with {@link Lanes#OUTER} neighbouring points of the last outer
 * axis go side by side into a vector (element-wise work, and reductions over an axis that is not
 * contiguous in memory: "column" reductions); with {@link Lanes#STAGE} neighbouring points of the
 * last axis of each stage do ("row" reductions: softmax, layer norm), and stages without axes are
 * scalar code.
 *
 * <p>Parameters may share memory only as the planner allows: element by element, each read no later
 * than it is overwritten at the same outer point and lane. So a printer may keep a vector in
 * registers between load and store, but must not reorder stages and must not promise the C compiler
 * {@code __restrict__} for written parameters.
 *
 * @param name unique within the program, a word of letters, digits and underscores
 * @param axes extents; the first {@code outer} ones are the outer axes
 */
public record Kernel(
    String name, List<Param> params, List<Dim> axes, int outer, Lanes lanes, List<Stage> stages) {
  /** Which loop is cut into vectors. */
  public enum Lanes {
    /** The last outer axis; with no outer axes the kernel is scalar code. */
    OUTER,
    /** The last axis of each stage. */
    STAGE;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public enum Access {
    READ,
    WRITE,
    /** Written by one stage, read by a later one. */
    UPDATE;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A pointer to {@code elements} elements. */
  public record Param(String name, DType type, Access access, Dim elements) {}

  /**
   * @param axes own axes, outermost first; a stage with reduces reduces over all of them
   */
  public record Stage(
      List<Integer> axes, List<Instr> body, List<Reduce> reduces, List<Store> stores) {
    public Stage {
      axes = List.copyOf(axes);
      body = List.copyOf(body);
      reduces = List.copyOf(reduces);
      stores = List.copyOf(stores);
    }
  }

  /** Gathers a register over all own axes of its stage. */
  public record Reduce(int result, DType type, Reducer reducer, int value) {
    @Override
    public String toString() {
      return "reduce " + reducer.text() + " r" + value;
    }
  }

  public enum Reducer {
    SUM,
    PROD,
    /** NaN when any element is. */
    MAX,
    MIN,
    /**
     * I32 position, row-major over the own axes, of the first largest element; a NaN counts as the
     * largest.
     */
    ARGMAX,
    ARGMIN;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** True when the result is a position and not a value. */
    public boolean isPosition() {
      return this == ARGMAX || this == ARGMIN;
    }
  }

  public record Store(int param, IndexExpr index, int value) {
    @Override
    public String toString() {
      return "store p" + param + "[" + index + "] = r" + value;
    }
  }

  public Kernel {
    params = List.copyOf(params);
    axes = List.copyOf(axes);
    stages = List.copyOf(stages);
    new Verifier(name, params, axes, outer, stages).verify();
  }

  /** The axis that goes into vector lanes in a stage, or -1 when the stage is scalar code. */
  public int laneAxis(Stage stage) {
    return switch (lanes) {
      case OUTER -> outer - 1;
      case STAGE -> stage.axes().isEmpty() ? -1 : stage.axes().getLast();
    };
  }

  /**
   * For every register the axes it varies along: what a printer hoists by, and what is uniform over
   * the lanes.
   */
  public Map<Integer, Set<Integer>> variation() {
    var variation = new HashMap<Integer, Set<Integer>>();
    for (var stage : stages) {
      for (var instr : stage.body()) {
        var axesUsed = new HashSet<Integer>();
        instr.reads().forEach(r -> axesUsed.addAll(variation.get(r)));
        indexOf(instr).ifPresent(index -> addAxes(index, axesUsed));
        variation.put(instr.result(), Set.copyOf(axesUsed));
      }
      for (var reduce : stage.reduces()) {
        var axesUsed = new HashSet<>(variation.get(reduce.value()));
        axesUsed.removeAll(stage.axes());
        variation.put(reduce.result(), Set.copyOf(axesUsed));
      }
    }
    return Map.copyOf(variation);
  }

  private void addAxes(IndexExpr index, Set<Integer> axesUsed) {
    for (int axis = 0; axis < axes.size(); axis++) {
      if (index.usesAxis(axis)) {
        axesUsed.add(axis);
      }
    }
  }

  private static Optional<IndexExpr> indexOf(Instr instr) {
    return switch (instr) {
      case Instr.Constant _, Instr.Apply _ -> Optional.empty();
      case Instr.Index i -> Optional.of(i.value());
      case Instr.InRange r -> Optional.of(r.value());
      case Instr.Load l -> Optional.of(l.index());
      case Instr.Uniform u -> Optional.of(u.element());
    };
  }

  /** This kernel under another name. */
  public Kernel named(String other) {
    return new Kernel(other, params, axes, outer, lanes, stages);
  }

  /**
   * Checks that registers are defined once, in scope and of fitting types, and that axes and
   * parameters exist.
   */
  private static final class Verifier {
    private final String name;
    private final List<Param> params;
    private final List<Dim> axes;
    private final int outer;
    private final List<Stage> stages;
    private final Set<Integer> defined = new HashSet<>();
    private final Map<Integer, DType> scope = new HashMap<>();
    private Set<Integer> visibleAxes = Set.of();

    Verifier(String name, List<Param> params, List<Dim> axes, int outer, List<Stage> stages) {
      this.name = name;
      this.params = params;
      this.axes = axes;
      this.outer = outer;
      this.stages = stages;
    }

    void verify() {
      check(name.matches("[A-Za-z_][A-Za-z0-9_]*"), "bad name");
      check(outer >= 0 && outer <= axes.size(), "outer " + outer + " of " + axes.size() + " axes");
      for (var stage : stages) {
        verify(stage);
      }
      for (int p = 0; p < params.size(); p++) {
        verifyAccess(p);
      }
    }

    private void verify(Stage stage) {
      visibleAxes = new HashSet<>(stage.axes());
      check(visibleAxes.size() == stage.axes().size(), "an axis stands twice");
      for (int axis : stage.axes()) {
        check(axis >= outer && axis < axes.size(), "i" + axis + " is not an inner axis");
      }
      for (int axis = 0; axis < outer; axis++) {
        visibleAxes.add(axis);
      }
      check(stage.reduces().isEmpty() || !stage.axes().isEmpty(), "a reduce needs axes of its own");
      var local = new HashSet<Integer>();
      for (var instr : stage.body()) {
        verify(instr);
        define(instr.result(), instr.type());
        local.add(instr.result());
      }
      for (var reduce : stage.reduces()) {
        var type = read(reduce.value());
        check(
            reduce.type() == (reduce.reducer().isPosition() ? DType.I32 : type),
            "type of r" + reduce.result());
        check(defined.add(reduce.result()), "r" + reduce.result() + " is defined twice");
      }
      for (var store : stage.stores()) {
        check(
            store.param() >= 0 && store.param() < params.size(), "no parameter p" + store.param());
        var param = params.get(store.param());
        check(param.access() != Access.READ, param.name() + " is read-only");
        check(
            param.type() == read(store.value()),
            store + ": the parameter is " + param.type().text());
        verify(store.index());
      }
      if (!stage.axes().isEmpty()) {
        scope.keySet().removeAll(local);
      }
      stage.reduces().forEach(r -> scope.put(r.result(), r.type()));
    }

    private void define(int register, DType type) {
      check(defined.add(register), "r" + register + " is defined twice");
      scope.put(register, type);
    }

    private DType read(int register) {
      var type = scope.get(register);
      if (type == null) {
        throw new IllegalStateException("kernel " + name + ": r" + register + " is not in scope");
      }
      return type;
    }

    private void verify(IndexExpr index) {
      for (int axis = 0; axis < axes.size(); axis++) {
        check(
            !index.usesAxis(axis) || visibleAxes.contains(axis),
            "i" + axis + " is not a loop here: " + index);
      }
      check(index.usesOnlyAxes(a -> a >= 0 && a < axes.size()), "axis out of range: " + index);
      for (int register : index.registers()) {
        check(read(register) == DType.I32, "index register r" + register + " is not i32");
      }
    }

    private void verify(Instr instr) {
      instr.reads().forEach(this::read);
      indexOf(instr).ifPresent(this::verify);
      switch (instr) {
        case Instr.Constant _, Instr.Index _, Instr.InRange _ -> {}
        case Instr.Load load -> {
          check(load.param() >= 0 && load.param() < params.size(), "no parameter p" + load.param());
          var param = params.get(load.param());
          check(param.type() == load.type(), load + ": the parameter is " + param.type().text());
          check(param.access() != Access.WRITE, param.name() + " is write-only");
          check(!load.isMasked() || read(load.mask()) == DType.BOOL, "mask of " + load);
        }
        case Instr.Apply apply -> verifyTypes(apply);
        case Instr.Uniform uniform ->
            check(
                read(uniform.seed()) == DType.U32 && read(uniform.counter()) == DType.U32,
                "key of " + uniform);
      }
    }

    private void verifyTypes(Instr.Apply apply) {
      var types = apply.args().stream().map(this::read).toList();
      var first = types.get(0);
      boolean fits =
          switch (apply.fn()) {
            case SELECT ->
                first == DType.BOOL && types.get(1) == types.get(2) && apply.type() == types.get(1);
            case EQ, NE, LT, LE, GT, GE -> first == types.get(1) && apply.type() == DType.BOOL;
            case AND, OR, XOR ->
                first == DType.BOOL && types.get(1) == DType.BOOL && apply.type() == DType.BOOL;
            case NOT -> first == DType.BOOL && apply.type() == DType.BOOL;
            case TO_BOOL -> apply.type() == DType.BOOL;
            case TO_F32 -> apply.type() == DType.F32;
            case TO_I32 -> apply.type() == DType.I32;
            case ADD, SUB, MUL, DIV, MOD, MIN, MAX, NEG, ABS, SIGN ->
                types.stream().allMatch(t -> t == first)
                    && apply.type() == first
                    && first != DType.BOOL;
            case POW,
                EXP,
                EXPM1,
                LOG,
                LOG1P,
                SQRT,
                RSQRT,
                TANH,
                SIGMOID,
                ERF,
                ERFINV,
                SIN,
                COS,
                FLOOR,
                CEIL,
                ROUND,
                TO_BF16,
                TO_F16 ->
                types.stream().allMatch(t -> t == DType.F32) && apply.type() == DType.F32;
          };
      check(fits, apply + ": types " + types + " to " + apply.type().text());
    }

    private void verifyAccess(int param) {
      boolean loaded =
          stages.stream()
              .flatMap(s -> s.body().stream())
              .anyMatch(i -> i instanceof Instr.Load l && l.param() == param);
      boolean stored =
          stages.stream().flatMap(s -> s.stores().stream()).anyMatch(s -> s.param() == param);
      boolean fits =
          switch (params.get(param).access()) {
            case READ -> loaded && !stored;
            case WRITE -> stored && !loaded;
            case UPDATE -> loaded && stored;
          };
      check(fits, "access of " + params.get(param).name());
    }

    private void check(boolean condition, String message) {
      if (!condition) {
        throw new IllegalStateException("kernel " + name + ": " + message);
      }
    }
  }
}
