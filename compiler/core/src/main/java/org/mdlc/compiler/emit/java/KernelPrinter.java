package org.mdlc.compiler.emit.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.plan.Kernel.Reduce;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;
import org.mdlc.compiler.plan.Schedule;
import org.mdlc.compiler.type.DType;

/**
 * Prints one kernel as the body of a Java method: vectors of {@code jdk.incubator.vector} along the
 * kernel's lane axis, or plain loops. Both print the same operations in the same order, so
 * element-wise results agree bit for bit.
 *
 * <p>The text expects a local {@code long} address under each parameter's name, the fields {@code
 * batch} and {@code scratch}, and class names as {@link JavaTypes} spells them.
 *
 * <p>Every computation is printed where {@link Schedule} puts it.
 */
final class KernelPrinter {
  /**
   * Above this many instructions the vector body is printed once, always masked, to keep the method
   * small enough for HotSpot to compile.
   */
  private static final int LARGEST_DOUBLED_BODY = 90;

  private final Kernel kernel;
  private final boolean vectors;
  private final Map<Integer, Set<Integer>> variation;
  private final Map<Integer, Instr> definitions = new HashMap<>();
  private final Map<Integer, Reduce> reduces = new HashMap<>();
  private final Schedule schedule;
  private final Names names;
  private final Lines out = new Lines();
  private boolean masked;

  private KernelPrinter(Kernel kernel, boolean vectors) {
    this.kernel = kernel;
    this.vectors = vectors;
    this.variation = kernel.variation();
    this.schedule = new Schedule(kernel);
    for (var stage : kernel.stages()) {
      stage.body().forEach(i -> definitions.put(i.result(), i));
      stage.reduces().forEach(r -> reduces.put(r.result(), r));
    }
    this.names = new Names(kernel);
  }

  /**
   * The method body with vectors, or with plain loops where the kernel's accesses do not allow
   * vectors.
   */
  static String vector(Kernel kernel) {
    return new KernelPrinter(kernel, Vectorizable.test(kernel)).print();
  }

  /** The method body with plain loops. */
  static String plain(Kernel kernel) {
    return new KernelPrinter(kernel, false).print();
  }

  private String print() {
    for (int axis = 0; axis < kernel.axes().size(); axis++) {
      out.line("final int " + size(axis) + " = " + Numbers.dim(kernel.axes().get(axis), "") + ";");
    }
    if (vectors && !isLarge()) {
      laneAxes()
          .forEach(
              axis ->
                  out.line(
                      "final int full"
                          + axis
                          + " = $vectorMath:T.FLOATS.loopBound("
                          + size(axis)
                          + ");"));
    }
    outerLoop(0);
    return out.toString();
  }

  // ---- loops

  private void outerLoop(int depth) {
    hoisted(depth);
    if (depth == kernel.outer()) {
      kernel.stages().forEach(this::stage);
    } else if (vectors && kernel.lanes() == Lanes.OUTER && depth == kernel.outer() - 1) {
      laneLoop(depth, () -> outerLoop(depth + 1));
    } else {
      loop(depth, () -> outerLoop(depth + 1));
    }
  }

  private void loop(int axis, Runnable body) {
    out.open("for (int %1$s = 0; %1$s < %2$s; %1$s++)", index(axis), size(axis));
    body.run();
    out.close();
  }

  private void laneLoop(int axis, Runnable body) {
    String i = index(axis);
    String n = size(axis);
    if (isLarge()) {
      out.open("for (int %1$s = 0; %1$s < %2$s; %1$s += $lanes:T.COUNT)", i, n);
      tail(i, n, body);
      out.close();
      return;
    }
    String full = "full" + axis;
    out.open("for (int %1$s = 0; %1$s < %2$s; %1$s += $lanes:T.COUNT)", i, full);
    body.run();
    out.close();
    out.open("if (%s < %s)", full, n);
    out.line("final int " + i + " = " + full + ";");
    tail(i, n, body);
    out.close();
  }

  private boolean isLarge() {
    return definitions.size() > LARGEST_DOUBLED_BODY;
  }

  private SortedSet<Integer> laneAxes() {
    var axes = new TreeSet<Integer>();
    kernel.stages().forEach(s -> axes.add(kernel.laneAxis(s)));
    axes.remove(-1);
    return axes;
  }

  private void tail(String i, String n, Runnable body) {
    out.line("final $vectorMask:T<Float> tail = $lanes:T.before(" + i + ", " + n + ");");
    masked = true;
    body.run();
    masked = false;
  }

  private void stage(Stage stage) {
    for (var instr : stage.body()) {
      if (schedule.level(instr) == kernel.outer() && schedule.isPinned(instr)) {
        define(stage, instr);
      }
    }
    for (var reduce : stage.reduces()) {
      out.line(
          javaType(stage, reduce)
              + " "
              + names.register(reduce.result())
              + accumulatorSuffix()
              + " = "
              + neutral(stage, reduce)
              + ";");
      if (reduce.reducer().isPosition()) {
        out.line("float " + names.register(reduce.result()) + "Best = 0;");
        out.line("int " + names.register(reduce.result()) + "At = 0;");
      }
    }
    ownLoop(stage, 0);
    for (var reduce : stage.reduces()) {
      if (isLanewise()) {
        String result = names.register(reduce.result());
        out.line(
            "final "
                + scalarType(reduce.type())
                + " "
                + result
                + " = "
                + combineLanes(reduce, result + "Lanes")
                + ";");
      }
    }
  }

  private void ownLoop(Stage stage, int depth) {
    if (depth == stage.axes().size()) {
      if (!stage.axes().isEmpty()) {
        stage.reduces().forEach(r -> accumulate(stage, r));
      }
      stage.stores().forEach(s -> store(stage, s));
      return;
    }
    int axis = stage.axes().get(depth);
    Runnable body =
        () -> {
          for (var instr : stage.body()) {
            if (schedule.level(instr) == kernel.outer() + 1 + depth) {
              define(stage, instr);
            }
          }
          ownLoop(stage, depth + 1);
        };
    if (vectors && kernel.lanes() == Lanes.STAGE && depth == stage.axes().size() - 1) {
      laneLoop(axis, body);
    } else {
      loop(axis, body);
    }
  }

  /** Instructions of all stages that can stand directly inside {@code depth} outer loops. */
  private void hoisted(int depth) {
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        if (schedule.level(instr) == depth && !schedule.isPinned(instr)) {
          define(stage, instr);
        }
      }
    }
  }

  // ---- instructions

  private void define(Stage stage, Instr instr) {
    if (instr instanceof Instr.Constant) {
      return; // printed where it is used
    }
    boolean vector = isVector(stage, instr.result());
    String type = vector ? vectorType(instr.type()) : scalarType(instr.type());
    String value = vector ? vectorValue(stage, instr) : scalarValue(instr);
    out.line("final " + type + " " + names.register(instr.result()) + " = " + value + ";");
  }

  private String scalarValue(Instr instr) {
    return switch (instr) {
      case Instr.Constant c -> literal(c);
      case Instr.Index i -> "(int) (" + Numbers.index(i.value(), names, "L") + ")";
      case Instr.InRange r -> inRange(r);
      case Instr.Load l -> {
        String load = "$memory:T." + accessor(l.type()) + "(" + address(l.param(), l.index()) + ")";
        yield l.isMasked() ? scalar(l.mask()) + " ? " + load + " : " + zero(l.type()) : load;
      }
      case Instr.Apply a ->
          ScalarCode.apply(a.fn(), operandType(a), a.args().stream().map(this::scalar).toList());
      case Instr.Uniform u ->
          "$vectorThreefry:T.uniform("
              + String.join(
                  ", ",
                  scalar(u.seed()),
                  scalar(u.counter()),
                  Numbers.index(u.element(), names, "L"),
                  Numbers.f32(u.low()),
                  Numbers.f32(u.high()))
              + ")";
    };
  }

  private String inRange(Instr.InRange range) {
    String value = Numbers.index(range.value(), names, "L");
    return "("
        + value
        + ") >= "
        + Numbers.dim(range.low(), "L")
        + " && ("
        + value
        + ") < "
        + Numbers.dim(range.high(), "L");
  }

  private String vectorValue(Stage stage, Instr instr) {
    int lane = laneAxis(stage);
    return switch (instr) {
      case Instr.Constant c -> literal(c);
      case Instr.Index i -> indexVector(i.value(), lane);
      case Instr.InRange r -> {
        String index = indexVector(r.value(), lane);
        yield index
            + ".compare($vectorOperators:T.GE, "
            + Numbers.dim(r.low(), "")
            + ").and("
            + index
            + ".compare($vectorOperators:T.LT, "
            + Numbers.dim(r.high(), "")
            + ")).cast($vectorMath:T.FLOATS)";
      }
      case Instr.Load l -> vectorLoad(stage, l, lane);
      case Instr.Apply a -> {
        var args = new ArrayList<String>();
        a.args().forEach(r -> args.add(vector(stage, r)));
        yield VectorCode.apply(a.fn(), operandType(a), args);
      }
      case Instr.Uniform u ->
          "$vectorThreefry:T.uniform("
              + String.join(
                  ", ",
                  scalar(u.seed()),
                  scalar(u.counter()),
                  indexVector(u.element(), lane),
                  Numbers.f32(u.low()),
                  Numbers.f32(u.high()))
              + ")";
    };
  }

  private String indexVector(org.mdlc.compiler.plan.IndexExpr index, int lane) {
    var stride = index.strideAlong(lane).orElseThrow();
    return "$lanes:T.index((int) ("
        + Numbers.index(index, names, "L")
        + "), "
        + Numbers.dim(stride, "")
        + ")";
  }

  private String vectorLoad(Stage stage, Instr.Load load, int lane) {
    boolean uniformMask = load.isMasked() && !isVector(stage, load.mask());
    String mask = load.isMasked() && !uniformMask ? names.register(load.mask()) : "";
    if (masked) {
      mask = mask.isEmpty() ? "tail" : mask + ".and(tail)";
    }
    var gathered = load.index().registers().stream().filter(r -> isVector(stage, r)).findFirst();
    String value;
    String address = address(load.param(), load.index());
    String everyLane = mask.isEmpty() ? "$vectorMath:T.FLOATS.maskAll(true)" : mask;
    var stride = load.index().strideAlong(lane).orElseThrow();
    if (gathered.isPresent()) {
      value =
          "$lanes:T.gather("
              + names.param(load.param())
              + ", "
              + gatherIndex(stage, load, lane)
              + ", "
              + everyLane
              + ", scratch)";
    } else if (stride.is(1)) {
      value =
          "$lanes:T."
              + accessor(load.type())
              + "("
              + address
              + (mask.isEmpty() ? "" : ", " + mask)
              + ")";
    } else if (stride.is(0)) {
      value =
          vectorBroadcast(load.type(), "$memory:T." + accessor(load.type()) + "(" + address + ")");
    } else {
      value =
          "$lanes:T."
              + (load.type() == DType.F32 ? "strided" : "stridedInts")
              + "("
              + address
              + ", "
              + Numbers.dim(stride, "L")
              + ", "
              + everyLane
              + ", scratch)";
    }
    return uniformMask
        ? scalar(load.mask())
            + " ? "
            + value
            + " : "
            + vectorBroadcast(load.type(), zero(load.type()))
        : value;
  }

  /**
   * The whole index as a vector: the register's term times its coefficient, plus the affine rest.
   */
  private String gatherIndex(Stage stage, Instr.Load load, int lane) {
    var rest = org.mdlc.compiler.plan.IndexExpr.constant(load.index().constant());
    var text = new StringBuilder();
    for (var term : load.index().terms()) {
      if (term.atom() instanceof org.mdlc.compiler.plan.IndexExpr.RegisterAtom r
          && isVector(stage, r.register())) {
        text.append(text.isEmpty() ? "" : ".add(").append(names.register(r.register()));
        text.append(
            term.coefficient().is(1) ? "" : ".mul(" + Numbers.dim(term.coefficient(), "") + ")");
        text.append(text.indexOf(".add(") >= 0 && text.charAt(text.length() - 1) != ')' ? ")" : "");
      } else {
        rest =
            rest.plus(
                new org.mdlc.compiler.plan.IndexExpr(
                    org.mdlc.compiler.type.Dim.ZERO, List.of(term)));
      }
    }
    return text + ".add(" + indexVector(rest, lane) + ")";
  }

  private void store(Stage stage, Store store) {
    String address = address(store.param(), store.index());
    boolean inLanes =
        vectors && (kernel.lanes() == Lanes.OUTER ? kernel.outer() > 0 : !stage.axes().isEmpty());
    if (!inLanes) {
      out.line("$memory:T.set(" + address + ", " + scalar(store.value()) + ");");
      return;
    }
    var stride = store.index().strideAlong(laneAxis(stage)).orElseThrow();
    String value = vector(stage, store.value());
    if (stride.is(1)) {
      out.line("$lanes:T.set(" + address + ", " + value + (masked ? ", tail" : "") + ");");
    } else {
      out.line(
          "$lanes:T.setStrided("
              + address
              + ", "
              + Numbers.dim(stride, "L")
              + ", "
              + value
              + ", "
              + (masked ? "tail" : "$vectorMath:T.FLOATS.maskAll(true)")
              + ", scratch);");
    }
  }

  // ---- reductions

  /** True when lanes hold partial results that are combined after the loop. */
  private boolean isLanewise() {
    return vectors && kernel.lanes() == Lanes.STAGE;
  }

  private String accumulatorSuffix() {
    return isLanewise() ? "Lanes" : "";
  }

  private String javaType(Stage stage, Reduce reduce) {
    return isLanewise() || isVector(stage, reduce.result())
        ? vectorType(reduce.type())
        : scalarType(reduce.type());
  }

  private String neutral(Stage stage, Reduce reduce) {
    boolean vector = isLanewise() || isVector(stage, reduce.result());
    String value =
        switch (reduce.reducer()) {
          case SUM -> zero(reduce.type());
          case PROD -> reduce.type() == DType.F32 ? "1f" : "1";
          case MAX -> reduce.type() == DType.F32 ? "Float.NEGATIVE_INFINITY" : "Integer.MIN_VALUE";
          case MIN -> reduce.type() == DType.F32 ? "Float.POSITIVE_INFINITY" : "Integer.MAX_VALUE";
          case ARGMAX, ARGMIN -> "0";
        };
    return vector ? vectorBroadcast(reduce.type(), value) : value;
  }

  private void accumulate(Stage stage, Reduce reduce) {
    String accumulator = names.register(reduce.result()) + accumulatorSuffix();
    boolean vector = isLanewise() || isVector(stage, reduce.result());
    if (reduce.reducer().isPosition()) {
      accumulatePosition(reduce, accumulator);
      return;
    }
    String value = vector ? vector(stage, reduce.value()) : scalar(reduce.value());
    if (vector) {
      String operator =
          switch (reduce.reducer()) {
            case SUM -> "ADD";
            case PROD -> "MUL";
            case MAX -> "MAX";
            case MIN -> "MIN";
            case ARGMAX, ARGMIN ->
                throw new IllegalStateException("positions are not reduced in vectors");
          };
      String mask =
          masked && isLanewise()
              ? ", tail" + (reduce.type() == DType.F32 ? "" : ".cast($vectorMath:T.INTS)")
              : "";
      out.line(
          accumulator
              + " = "
              + accumulator
              + ".lanewise($vectorOperators:T."
              + operator
              + ", "
              + value
              + mask
              + ");");
    } else {
      var fn =
          switch (reduce.reducer()) {
            case SUM -> ScalarFn.ADD;
            case PROD -> ScalarFn.MUL;
            case MAX -> ScalarFn.MAX;
            case MIN -> ScalarFn.MIN;
            case ARGMAX, ARGMIN -> throw new IllegalStateException("handled above");
          };
      out.line(
          accumulator
              + " = "
              + ScalarCode.apply(fn, reduce.type(), List.of(accumulator, value))
              + ";");
    }
  }

  private void accumulatePosition(Reduce reduce, String accumulator) {
    String value = scalar(reduce.value());
    String best = names.register(reduce.result()) + "Best";
    String at = names.register(reduce.result()) + "At";
    String comparison = reduce.reducer() == Kernel.Reducer.ARGMAX ? " > " : " < ";
    boolean isFloat = typeOf(reduce.value()) == DType.F32;
    String unordered =
        isFloat ? " || (Float.isNaN(" + value + ") && !Float.isNaN(" + best + "))" : "";
    out.open("if (%1$s == 0 || %2$s%3$s%4$s%5$s)", at, value, comparison, best, unordered);
    out.line(best + " = " + value + ";");
    out.line(accumulator + " = " + at + ";");
    out.close();
    out.line(at + "++;");
  }

  private String combineLanes(Reduce reduce, String lanes) {
    boolean isFloat = reduce.type() == DType.F32;
    return switch (reduce.reducer()) {
      case SUM ->
          isFloat
              ? "$vectorMath:T.sum(" + lanes + ")"
              : lanes + ".reduceLanes($vectorOperators:T.ADD)";
      case PROD ->
          isFloat
              ? "$lanes:T.product(" + lanes + ", scratch)"
              : lanes + ".reduceLanes($vectorOperators:T.MUL)";
      case MAX -> lanes + ".reduceLanes($vectorOperators:T.MAX)";
      case MIN -> lanes + ".reduceLanes($vectorOperators:T.MIN)";
      case ARGMAX, ARGMIN ->
          throw new IllegalStateException("positions are not reduced in vectors");
    };
  }

  // ---- registers

  private int laneAxis(Stage stage) {
    return kernel.laneAxis(stage);
  }

  private Set<Integer> variationOf(int register) {
    return Objects.requireNonNull(variation.get(register), () -> "r" + register);
  }

  private boolean isVector(Stage stage, int register) {
    return vectors && variationOf(register).contains(laneAxis(stage));
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

  private DType operandType(Instr.Apply apply) {
    return typeOf(apply.args().get(apply.fn() == ScalarFn.SELECT ? 1 : 0));
  }

  private String scalar(int register) {
    return definitions.get(register) instanceof Instr.Constant c
        ? literal(c)
        : names.register(register);
  }

  private String vector(Stage stage, int register) {
    return isVector(stage, register)
        ? names.register(register)
        : vectorBroadcast(typeOf(register), scalar(register));
  }

  private String address(int param, org.mdlc.compiler.plan.IndexExpr index) {
    String name = names.param(param);
    if (index.is(0)) {
      return name;
    }
    String text = Numbers.index(index, names, "L");
    return name + " + 4L * " + (text.matches("\\w+") ? text : "(" + text + ")");
  }

  private static String literal(Instr.Constant constant) {
    return switch (constant.type()) {
      case F32 -> Numbers.f32(constant.value());
      case I32, U32 -> Numbers.i32(constant.value());
      case BOOL -> constant.value() != 0 ? "true" : "false";
    };
  }

  static String vectorBroadcast(DType type, String scalar) {
    return switch (type) {
      case F32 -> "$floatVector:T.broadcast($vectorMath:T.FLOATS, " + scalar + ")";
      case I32, U32 -> "$intVector:T.broadcast($vectorMath:T.INTS, " + scalar + ")";
      case BOOL -> "$vectorMath:T.FLOATS.maskAll(" + scalar + ")";
    };
  }

  private static String accessor(DType type) {
    return switch (type) {
      case F32 -> "f32";
      case I32, U32 -> "i32";
      case BOOL -> "bool";
    };
  }

  private static String zero(DType type) {
    return switch (type) {
      case F32 -> "0f";
      case I32, U32 -> "0";
      case BOOL -> "false";
    };
  }

  private static String scalarType(DType type) {
    return switch (type) {
      case F32 -> "float";
      case I32, U32 -> "int";
      case BOOL -> "boolean";
    };
  }

  private static String vectorType(DType type) {
    return switch (type) {
      case F32 -> "$floatVector:T";
      case I32, U32 -> "$intVector:T";
      case BOOL -> "$vectorMask:T<Float>";
    };
  }

  private String index(int axis) {
    return names.axis(axis);
  }

  private String size(int axis) {
    return "n" + axis;
  }

  /** What registers, axes and parameters are called. */
  private static final class Names implements Numbers.IndexNames {
    private final Kernel kernel;
    private final Map<Integer, String> registers = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    Names(Kernel kernel) {
      this.kernel = kernel;
      kernel.params().forEach(p -> taken.add(p.name()));
      for (var stage : kernel.stages()) {
        stage.body().forEach(i -> name(i.result(), word(i)));
        stage.reduces().forEach(r -> name(r.result(), r.reducer().text()));
      }
    }

    private String word(Instr instr) {
      return switch (instr) {
        case Instr.Constant _ -> "constant";
        case Instr.Index _ -> "index";
        case Instr.InRange _ -> "inside";
        case Instr.Load l -> param(l.param());
        case Instr.Apply a -> a.fn().text().replace("_", "");
        case Instr.Uniform _ -> "uniform";
      };
    }

    /** Parameters keep their own names. */
    private void name(int register, String word) {
      String name = word + "_" + register;
      while (!taken.add(name)) {
        name += "_";
      }
      registers.put(register, name);
    }

    @Override
    public String axis(int axis) {
      return "i" + axis;
    }

    @Override
    public String register(int register) {
      var name = registers.get(register);
      if (name == null) {
        throw new IllegalStateException(
            "kernel " + kernel.name() + ": r" + register + " is not defined");
      }
      return name;
    }

    String param(int param) {
      return kernel.params().get(param).name();
    }
  }
}
