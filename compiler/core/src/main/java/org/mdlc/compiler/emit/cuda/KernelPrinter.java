package org.mdlc.compiler.emit.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.plan.Kernel.Reduce;
import org.mdlc.compiler.plan.Kernel.Reducer;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;
import org.mdlc.compiler.plan.Schedule;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * Prints one kernel as a CUDA {@code __global__} function.
 *
 * <ul>
 *   <li>{@link Lanes#OUTER}: one thread per outer point. Own axes are loops within the thread, so
 *       that a sum is in the order of the plain meaning; neighbouring threads read neighbouring
 *       elements.
 *   <li>{@link Lanes#STAGE}: one block per outer point. Its threads stride over the points of each
 *       stage and combine their parts in a fixed order; every thread knows every result. Stages
 *       without own axes are computed by all threads and stored by the first.
 * </ul>
 */
final class KernelPrinter {
  /** A block holds eight warps unless there is less to do. */
  private static final int MOST_THREADS = 256;

  private final Kernel kernel;
  private final Schedule schedule;
  private final Barriers barriers;
  private final Names names;
  private final Launch launch;
  private final Map<Integer, Instr> definitions = new HashMap<>();
  private final Map<Integer, Reduce> reduces = new HashMap<>();
  private final Lines out = new Lines();

  private KernelPrinter(Kernel kernel) {
    this.kernel = kernel;
    this.schedule = new Schedule(kernel);
    this.barriers = new Barriers(kernel);
    this.names = new Names(kernel);
    this.launch = launch(kernel);
    for (var stage : kernel.stages()) {
      stage.body().forEach(i -> definitions.put(i.result(), i));
      stage.reduces().forEach(r -> reduces.put(r.result(), r));
    }
  }

  static String print(Kernel kernel) {
    return new KernelPrinter(kernel).print();
  }

  /** How the kernel is to be started. */
  static Launch launch(Kernel kernel) {
    var points = product(kernel, outerAxes(kernel));
    return switch (kernel.lanes()) {
      case OUTER -> {
        int threads = blockSize(points);
        yield new Launch(kernel.name(), points.ceilDiv(threads), threads);
      }
      case STAGE -> {
        int threads =
            kernel.stages().stream()
                .mapToInt(s -> blockSize(product(kernel, s.axes())))
                .max()
                .orElse(Launch.WARP);
        yield new Launch(kernel.name(), points, threads);
      }
    };
  }

  private static int blockSize(Dim work) {
    return work.isConstant()
        ? (int) Math.min(MOST_THREADS, Math.ceilDiv(work.value(), Launch.WARP) * Launch.WARP)
        : MOST_THREADS;
  }

  private static List<Integer> outerAxes(Kernel kernel) {
    return Stream.iterate(0, axis -> axis < kernel.outer(), axis -> axis + 1).toList();
  }

  /** How many points the axes have together. */
  private static Dim product(Kernel kernel, List<Integer> axes) {
    var product = Dim.ONE;
    for (int axis : axes) {
      product = product.times(kernel.axes().get(axis));
    }
    return product;
  }

  private String print() {
    out.line("extern \"C\" __global__ void __launch_bounds__(" + launch.threads() + ")");
    out.open(kernel.name() + "(" + parameters() + ")");
    for (int axis = 0; axis < kernel.axes().size(); axis++) {
      if (!isPlain(kernel.axes().get(axis))) {
        out.line("const int n" + axis + " = " + Code.dim(kernel.axes().get(axis)) + ";");
      }
    }
    outerPoint();
    hoisted();
    kernel.stages().forEach(this::stage);
    out.close();
    out.line("MDLC_EXPORT(" + kernel.name() + ")");
    return out.toString();
  }

  private String parameters() {
    var parameters = new ArrayList<String>();
    for (int p = 0; p < kernel.params().size(); p++) {
      // no __restrict__, not even for what is only read: the planner lets parameters share memory
      var param = kernel.params().get(p);
      String access = param.access() == Kernel.Access.READ ? "const " : "";
      parameters.add(access + Code.elementType(param.type()) + "* " + names.param(p));
    }
    parameters.add("int batch");
    return String.join(", ", parameters);
  }

  // ---- the outer point

  private void outerPoint() {
    boolean perThread = kernel.lanes() == Lanes.OUTER;
    String linear =
        perThread ? "blockIdx.x * " + launch.threads() + " + threadIdx.x" : "blockIdx.x";
    var axes = outerAxes(kernel);
    if (axes.size() == 1) {
      out.line("const int i0 = " + linear + ";");
      if (perThread) {
        out.line("if (i0 >= " + size(0) + ") return;");
      }
      return;
    }
    if (perThread || !axes.isEmpty()) {
      out.line("const int point = " + linear + ";");
    }
    if (perThread) {
      // there is no barrier in such a kernel that a thread could miss
      out.line("if (point >= " + Code.dim(product(kernel, axes)) + ") return;");
    }
    components("point", axes);
  }

  /** Defines the position along each axis from the row-major position among all their points. */
  private void components(String linear, List<Integer> axes) {
    for (int a = axes.size() - 1; a >= 0; a--) {
      var inside = product(kernel, axes.subList(a + 1, axes.size()));
      String text = inside.is(1) ? linear : linear + " / " + Code.factor(inside, "");
      text += a > 0 ? " % " + size(axes.get(a)) : "";
      out.line("const int i" + axes.get(a) + " = " + text + ";");
    }
  }

  /** What does not depend on own axes and not on what this kernel writes or reduces. */
  private void hoisted() {
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        if (schedule.level(instr) <= kernel.outer() && !schedule.isPinned(instr)) {
          define(instr);
          if (instr instanceof Instr.Load) {
            barriers.loadedAhead();
          }
        }
      }
    }
  }

  // ---- stages

  private void stage(Stage stage) {
    boolean inBlock = kernel.lanes() == Lanes.STAGE;
    if (inBlock && barriers.before(stage)) {
      out.line("__syncthreads();");
    }
    define(stage, i -> schedule.level(i) == kernel.outer() && schedule.isPinned(i));
    stage.reduces().forEach(this::accumulator);
    if (stage.axes().isEmpty()) {
      scalarStores(stage);
    } else if (inBlock) {
      stridingLoop(stage);
      stage.reduces().forEach(this::combine);
    } else {
      ownLoop(stage, 0);
      stage.reduces().forEach(this::finish);
    }
    barriers.after(stage);
  }

  private void scalarStores(Stage stage) {
    if (stage.stores().isEmpty()) {
      return;
    }
    if (kernel.lanes() == Lanes.OUTER) {
      stage.stores().forEach(this::store);
      return;
    }
    if (barriers.beforeStores(stage)) {
      out.line("__syncthreads();");
    }
    out.open("if (threadIdx.x == 0)");
    stage.stores().forEach(this::store);
    out.close();
  }

  /** All own axes as one loop that the threads of the block share. */
  private void stridingLoop(Stage stage) {
    var axes = stage.axes();
    String step = Integer.toString(launch.threads());
    String position = axes.size() == 1 ? names.axis(axes.getFirst()) : "element";
    String points = axes.size() == 1 ? size(axes.getFirst()) : Code.dim(product(kernel, axes));
    out.open(
        "for (int %1$s = threadIdx.x; %1$s < %2$s; %1$s += %3$s)"
            .formatted(position, points, step));
    if (axes.size() > 1) {
      components(position, axes);
    }
    define(stage, i -> schedule.level(i) > kernel.outer());
    stage.reduces().forEach(r -> accumulate(r, position));
    stage.stores().forEach(this::store);
    out.close();
  }

  /** One loop per own axis within a single thread. */
  private void ownLoop(Stage stage, int depth) {
    if (depth == stage.axes().size()) {
      stage.reduces().forEach(r -> accumulate(r, rowMajor(stage.axes())));
      stage.stores().forEach(this::store);
      return;
    }
    int axis = stage.axes().get(depth);
    out.open("for (int %1$s = 0; %1$s < %2$s; %1$s++)".formatted(names.axis(axis), size(axis)));
    define(stage, i -> schedule.level(i) == kernel.outer() + 1 + depth);
    ownLoop(stage, depth + 1);
    out.close();
  }

  private String rowMajor(List<Integer> axes) {
    String text = names.axis(axes.getFirst());
    for (int axis : axes.subList(1, axes.size())) {
      text = (text.contains(" ") ? "(" + text + ")" : text) + " * " + size(axis) + " + i" + axis;
    }
    return text;
  }

  // ---- reductions

  private void accumulator(Reduce reduce) {
    String name = partName(reduce);
    if (reduce.reducer().isPosition()) {
      out.line(
          "mdlc::Best<%s> %s = {%s, -1};"
              .formatted(
                  Code.type(typeOf(reduce.value())), name, Code.zero(typeOf(reduce.value()))));
    } else {
      out.line(Code.type(reduce.type()) + " " + name + " = " + neutral(reduce) + ";");
    }
  }

  /** Positions, and the parts of a block, are not the result yet. */
  private String partName(Reduce reduce) {
    boolean unfinished = kernel.lanes() == Lanes.STAGE || reduce.reducer().isPosition();
    return names.register(reduce.result()) + (unfinished ? "_part" : "");
  }

  private String neutral(Reduce reduce) {
    return switch (reduce.type()) {
      case F32, BF16, F16 ->
          switch (reduce.reducer()) {
            case SUM, ARGMAX, ARGMIN -> Code.f32(0);
            case PROD -> Code.f32(1);
            case MAX -> "-MDLC_INFINITY";
            case MIN -> "MDLC_INFINITY";
          };
      case I32 ->
          switch (reduce.reducer()) {
            case SUM, ARGMAX, ARGMIN -> "0";
            case PROD -> "1";
            case MAX -> "MDLC_INT_MIN";
            case MIN -> "MDLC_INT_MAX";
          };
      case U32 ->
          switch (reduce.reducer()) {
            case SUM, MAX, ARGMAX, ARGMIN -> "0u";
            case PROD -> "1u";
            case MIN -> "4294967295u";
          };
      case BOOL ->
          throw new IllegalStateException("kernel " + kernel.name() + ": " + reduce + " of bool");
    };
  }

  private void accumulate(Reduce reduce, String position) {
    String part = partName(reduce);
    String value = value(reduce.value());
    String next =
        switch (reduce.reducer()) {
          case SUM -> Code.apply(ScalarFn.ADD, reduce.type(), List.of(part, value));
          case PROD -> Code.apply(ScalarFn.MUL, reduce.type(), List.of(part, value));
          case MAX -> Code.apply(ScalarFn.MAX, reduce.type(), List.of(part, value));
          case MIN -> Code.apply(ScalarFn.MIN, reduce.type(), List.of(part, value));
          case ARGMAX, ARGMIN ->
              "mdlc::better<%s>(%s, {%s, %s})"
                  .formatted(combination(reduce.reducer()), part, value, position);
        };
    out.line(part + " = " + next + ";");
  }

  private static String combination(Reducer reducer) {
    return switch (reducer) {
      case SUM -> "mdlc::Sum";
      case PROD -> "mdlc::Product";
      case MAX -> "mdlc::Maximum";
      case MIN -> "mdlc::Minimum";
      case ARGMAX -> "mdlc::Largest";
      case ARGMIN -> "mdlc::Smallest";
    };
  }

  /** The parts of a block's threads become one value that all of them know. */
  private void combine(Reduce reduce) {
    out.line(
        "const %s %s = mdlc::%s<%s, %s>(%s);"
            .formatted(
                Code.type(reduce.type()),
                names.register(reduce.result()),
                reduce.reducer().isPosition() ? "block_position" : "block_reduce",
                launch.threads(),
                combination(reduce.reducer()),
                partName(reduce)));
  }

  private void finish(Reduce reduce) {
    if (reduce.reducer().isPosition()) {
      out.line("const int " + names.register(reduce.result()) + " = " + partName(reduce) + ".at;");
    }
  }

  // ---- instructions

  private void define(Stage stage, Predicate<Instr> wanted) {
    stage.body().stream().filter(wanted).forEach(this::define);
  }

  private void define(Instr instr) {
    if (!(instr instanceof Instr.Constant)) { // printed where it is used
      out.line(
          "const %s %s = %s;"
              .formatted(Code.type(instr.type()), names.register(instr.result()), text(instr)));
    }
  }

  private String text(Instr instr) {
    return switch (instr) {
      case Instr.Constant c -> Code.literal(c.type(), c.value());
      case Instr.Index i -> position(i.value(), "(int) (%s)");
      case Instr.InRange r -> inRange(r);
      case Instr.Load l -> load(l);
      case Instr.Apply a ->
          Code.apply(
              a.fn(),
              typeOf(a.args().get(a.fn() == ScalarFn.SELECT ? 1 : 0)),
              a.args().stream().map(this::value).toList());
      case Instr.Uniform u ->
          Stream.of(
                  value(u.seed()),
                  value(u.counter()),
                  Code.index(u.element(), names, "LL"),
                  Code.f32(u.low()),
                  Code.f32(u.high()))
              .collect(Collectors.joining(", ", "mdlc::uniform(", ")"));
    };
  }

  /** Along axes an int holds every position; a register may hold anything. */
  private String position(IndexExpr index, String narrowed) {
    return index.registers().isEmpty()
        ? Code.index(index, names, "")
        : narrowed.formatted(Code.index(index, names, "LL"));
  }

  private String inRange(Instr.InRange range) {
    String value = position(range.value(), "%s");
    return value + " >= " + Code.dim(range.low()) + " && " + value + " < " + Code.dim(range.high());
  }

  private String load(Instr.Load load) {
    String element = element(load.param(), load.index());
    String read = load.type() == DType.BOOL ? element + " != 0" : element;
    if (!load.isMasked()) {
      return read;
    }
    String zero = Code.zero(load.type());
    return value(load.mask()) + " ? " + read + " : " + zero;
  }

  private void store(Store store) {
    String value = value(store.value());
    boolean isBool = kernel.params().get(store.param()).type() == DType.BOOL;
    out.line(
        element(store.param(), store.index()) + " = " + value + (isBool ? " ? 1 : 0" : "") + ";");
  }

  private String element(int param, IndexExpr index) {
    String text = index.isConstant() ? Code.dim(index.constant()) : Code.index(index, names, "LL");
    return names.param(param) + "[" + text + "]";
  }

  private String value(int register) {
    return definitions.get(register) instanceof Instr.Constant c
        ? Code.literal(c.type(), c.value())
        : names.register(register);
  }

  private DType typeOf(int register) {
    var instr = definitions.get(register);
    if (instr != null) {
      return instr.type();
    }
    var reduce = reduces.get(register);
    if (reduce == null) {
      throw new IllegalStateException(
          "kernel " + kernel.name() + ": r" + register + " is not defined");
    }
    return reduce.type();
  }

  // ---- sizes

  /** A size that is one number or one name is printed where it is used. */
  private static boolean isPlain(Dim dim) {
    return Code.dim(dim).matches("\\w+");
  }

  private String size(int axis) {
    var dim = kernel.axes().get(axis);
    return isPlain(dim) ? Code.dim(dim) : "n" + axis;
  }
}
