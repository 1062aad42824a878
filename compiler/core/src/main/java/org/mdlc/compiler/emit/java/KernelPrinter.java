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
import java.util.stream.Collectors;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.plan.Kernel.Reduce;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;
import org.mdlc.compiler.plan.Schedule;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * Prints one kernel as the body of a Java method: vectors of {@code jdk.incubator.vector} along the
 * kernel's lane axis, or plain loops. Both print the same operations in the same order, so
 * element-wise results agree bit for bit.
 *
 * <p>Functions beyond what a processor does in one instruction or two work on blocks of elements in
 * memory ({@code VectorMath}): there the loop over the lanes ends, and the next one goes on with
 * the result. Values that live across are kept in {@link Slots}.
 *
 * <p>The text expects a local {@code long} address under each parameter's name, the fields {@code
 * batch} and {@code scratch}, and class names as {@link JavaTypes} spells them.
 *
 * <p>Every computation is printed where {@link Schedule} puts it.
 */
final class KernelPrinter {
  /** How the loop over lanes is printed. */
  private enum Form {
    /** One element at a time. */
    PLAIN,
    /** Whole vectors, and the body once more for the rest, masked. */
    DOUBLED,
    /** Loops over blocks, always masked, with calls between them. */
    BLOCKED
  }

  private static final String FLOATS = "$vectorMath:T.FLOATS";
  private static final String INTS = "$vectorMath:T.INTS";
  private static final String ALL = "$memory:T.ALL";
  private static final String ORDER = "$memory:T.ORDER";
  private static final String COUNT = "$lanes:T.COUNT";

  private final Kernel kernel;
  private final Form form;
  private final Slots slots;
  private final Map<Integer, Set<Integer>> variation;
  private final Map<Integer, Instr> definitions = new HashMap<>();
  private final Map<Integer, Reduce> reduces = new HashMap<>();
  private final Schedule schedule;
  private final Names names;
  private final Lines out = new Lines();
  private final MethodSize size = new MethodSize();
  private boolean calls;
  private final List<Action> pending = new ArrayList<>();
  private int blockAxis = -1;
  private int region;
  private boolean masked;

  private KernelPrinter(Kernel kernel, Form form, Slots slots) {
    this.kernel = kernel;
    this.form = form;
    this.slots = slots;
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
    if (!Vectorizable.test(kernel)) {
      return plain(kernel);
    }
    var doubled = new KernelPrinter(kernel, Form.DOUBLED, new Slots());
    String text = doubled.print();
    if (!doubled.calls && doubled.size.fits()) {
      return text;
    }
    var slots = new Slots();
    new KernelPrinter(kernel, Form.BLOCKED, slots).print();
    slots.close();
    return slots.fit() ? new KernelPrinter(kernel, Form.BLOCKED, slots).print() : plain(kernel);
  }

  /** The method body with plain loops. */
  static String plain(Kernel kernel) {
    return new KernelPrinter(kernel, Form.PLAIN, new Slots()).print();
  }

  private boolean vectors() {
    return form != Form.PLAIN;
  }

  private String print() {
    for (int axis = 0; axis < kernel.axes().size(); axis++) {
      out.line("final int " + size(axis) + " = " + Numbers.dim(kernel.axes().get(axis), "") + ";");
    }
    if (form == Form.DOUBLED) {
      laneAxes()
          .forEach(
              axis ->
                  out.line(
                      "final int full"
                          + axis
                          + " = "
                          + FLOATS
                          + ".loopBound("
                          + size(axis)
                          + ");"));
    }
    if (form == Form.BLOCKED) {
      out.line("final long blocks = scratch + $lanes:T.BLOCKS;");
    }
    outerLoop(0);
    return out.toString();
  }

  // ---- loops

  private void outerLoop(int depth) {
    hoisted(depth);
    if (depth == kernel.outer()) {
      kernel.stages().forEach(this::stage);
    } else if (vectors() && kernel.lanes() == Lanes.OUTER && depth == kernel.outer() - 1) {
      laneLoop(depth, () -> outerLoop(depth + 1));
    } else {
      loop(depth, () -> outerLoop(depth + 1));
    }
  }

  private void loop(int axis, Runnable body) {
    flush();
    out.open(forLoop(index(axis), "0", size(axis), "1"));
    body.run();
    flush();
    out.close();
  }

  private static String forLoop(String i, String from, String to, String step) {
    String next = step.equals("1") ? i + "++" : i + " += " + step;
    return "for (int " + i + " = " + from + "; " + i + " < " + to + "; " + next + ")";
  }

  private void laneLoop(int axis, Runnable body) {
    String i = index(axis);
    String n = size(axis);
    switch (form) {
      case DOUBLED -> {
        String full = "full" + axis;
        out.open(forLoop(i, "0", full, COUNT));
        body.run();
        out.close();
        out.open("if (" + full + " < " + n + ")");
        out.line("final int " + i + " = " + full + ";");
        tail(i, n, body);
        out.close();
      }
      case BLOCKED -> {
        String length = Integer.toString(slots.blockLength());
        out.open(forLoop(i + "Block", "0", n, length));
        out.line("final int " + i + "End = Math.min(" + i + "Block + " + length + ", " + n + ");");
        blockAxis = axis;
        masked = true;
        body.run();
        flush();
        masked = false;
        blockAxis = -1;
        out.close();
      }
      case PLAIN -> throw new IllegalStateException("plain loops have no lanes");
    }
  }

  private SortedSet<Integer> laneAxes() {
    var axes = new TreeSet<Integer>();
    kernel.stages().forEach(s -> axes.add(kernel.laneAxis(s)));
    axes.remove(-1);
    return axes;
  }

  private void tail(String i, String n, Runnable body) {
    out.line(tailMask(i, n));
    masked = true;
    body.run();
    masked = false;
  }

  private static String tailMask(String i, String n) {
    return "final $vectorMask:T<Float> tail = " + FLOATS + ".indexInRange(" + i + ", " + n + ");";
  }

  private void stage(Stage stage) {
    for (var instr : stage.body()) {
      if (schedule.level(instr) == kernel.outer() && schedule.isPinned(instr)) {
        define(stage, instr);
      }
    }
    stage.reduces().forEach(r -> start(stage, r));
    ownLoop(stage, 0);
    for (var reduce : stage.reduces()) {
      if (isLanewise()) {
        combineLanes(reduce);
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
    if (vectors() && kernel.lanes() == Lanes.STAGE && depth == stage.axes().size() - 1) {
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
    if (isVector(stage, instr.result())) {
      var action = new Action.Define(stage, instr);
      calls |= isCall(action);
      if (inBlock()) {
        pending.add(action);
      } else if (!isCall(action)) {
        printDefinition(stage, instr);
      }
      return;
    }
    if (schedule.readsWritten(instr)) {
      flush();
    }
    printDefinition(stage, instr);
  }

  private void printDefinition(Stage stage, Instr instr) {
    boolean vector = isVector(stage, instr.result());
    String type = vector ? vectorType(instr.type()) : scalarType(instr.type());
    String value = vector ? vectorValue(stage, instr) : scalarValue(instr);
    out.line("final " + type + " " + names.register(instr.result()) + " = " + value + ";");
  }

  private String scalarValue(Instr instr) {
    return switch (instr) {
      case Instr.Constant c -> literal(c);
      case Instr.Index i -> Numbers.intIndex(i.value(), names);
      case Instr.InRange r -> inRange(r);
      case Instr.Load l -> {
        String load = "$memory:T." + accessor(l.type()) + "(" + address(l.param(), l.index()) + ")";
        yield l.isMasked() ? scalar(l.mask()) + " ? " + load + " : " + zero(l.type()) : load;
      }
      case Instr.Apply a ->
          ScalarCode.apply(a.fn(), operandType(a), a.args().stream().map(this::scalar).toList());
      case Instr.Uniform u ->
          "$scalarThreefry:T.uniform("
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
            + ")).cast("
            + FLOATS
            + ")";
      }
      case Instr.Load l -> vectorLoad(stage, l, lane);
      case Instr.Apply a -> {
        var args = new ArrayList<String>();
        a.args().forEach(r -> args.add(vector(stage, r)));
        yield VectorCode.apply(a.fn(), operandType(a), args);
      }
      case Instr.Uniform _ -> throw new IllegalStateException("random numbers are a call");
    };
  }

  private String indexVector(IndexExpr index, int lane) {
    var stride = index.strideAlong(lane).orElseThrow();
    return "$lanes:T.IOTA"
        + (stride.is(1) ? "" : ".mul(" + Numbers.dim(stride, "") + ")")
        + ".add("
        + Numbers.intIndex(index, names)
        + ")";
  }

  private String vectorLoad(Stage stage, Instr.Load load, int lane) {
    boolean uniformMask = load.isMasked() && !isVector(stage, load.mask());
    String mask = load.isMasked() && !uniformMask ? names.register(load.mask()) : "";
    // the runtime keeps memory after every buffer, so that whole vectors may be read from its end
    if (masked && !mask.isEmpty()) {
      mask += ".and(tail)";
    }
    size.load(!mask.isEmpty());
    String address = address(load.param(), load.index());
    String value =
        load.index().strideAlong(lane).orElseThrow().is(1)
            ? loadText(load.type(), address, mask)
            : vectorBroadcast(
                load.type(), "$memory:T." + accessor(load.type()) + "(" + address + ")");
    return uniformMask
        ? scalar(load.mask())
            + " ? "
            + value
            + " : "
            + vectorBroadcast(load.type(), zero(load.type()))
        : value;
  }

  private boolean isGather(Stage stage, Instr.Load load) {
    return load.index().registers().stream().anyMatch(r -> isVector(stage, r));
  }

  /** Elements side by side; lanes outside of the mask are 0 and their memory is not touched. */
  private static String loadText(DType type, String address, String mask) {
    boolean isFloat = type == DType.F32;
    String masked = mask.isEmpty() ? "" : ", " + (isFloat ? mask : mask + ".cast(" + INTS + ")");
    String load =
        (isFloat ? "$floatVector:T" : "$intVector:T")
            + ".fromMemorySegment("
            + (isFloat ? FLOATS : INTS)
            + ", "
            + ALL
            + ", "
            + address
            + ", "
            + ORDER
            + masked
            + ")";
    return type == DType.BOOL
        ? load + ".compare($vectorOperators:T.NE, 0).cast(" + FLOATS + ")"
        : load;
  }

  private static String storeText(DType type, String value, String address, String mask) {
    String masked =
        mask.isEmpty() ? "" : ", " + (type == DType.F32 ? mask : mask + ".cast(" + INTS + ")");
    String stored = type == DType.BOOL ? VectorCode.toInts(value) : value;
    return stored + ".intoMemorySegment(" + ALL + ", " + address + ", " + ORDER + masked + ");";
  }

  /**
   * The whole index as a vector: the register's term times its coefficient, plus the affine rest.
   */
  private String gatherIndex(Stage stage, Instr.Load load, int lane) {
    var rest = IndexExpr.constant(load.index().constant());
    var text = new StringBuilder();
    for (var term : load.index().terms()) {
      if (term.atom() instanceof IndexExpr.RegisterAtom r && isVector(stage, r.register())) {
        text.append(text.isEmpty() ? "" : ".add(").append(names.register(r.register()));
        text.append(
            term.coefficient().is(1) ? "" : ".mul(" + Numbers.dim(term.coefficient(), "") + ")");
        text.append(text.indexOf(".add(") >= 0 && text.charAt(text.length() - 1) != ')' ? ")" : "");
      } else {
        rest = rest.plus(new IndexExpr(Dim.ZERO, List.of(term)));
      }
    }
    return text + ".add(" + indexVector(rest, lane) + ")";
  }

  private void store(Stage stage, Store store) {
    boolean inLanes =
        vectors() && (kernel.lanes() == Lanes.OUTER ? kernel.outer() > 0 : !stage.axes().isEmpty());
    if (!inLanes) {
      out.line(
          "$memory:T.set("
              + address(store.param(), store.index())
              + ", "
              + scalar(store.value())
              + ");");
      return;
    }
    var action = new Action.Keep(stage, store);
    calls |= isCall(action);
    if (inBlock()) {
      pending.add(action);
    } else if (!isCall(action)) {
      printStore(stage, store);
    }
  }

  private void printStore(Stage stage, Store store) {
    size.store(masked);
    String address = address(store.param(), store.index());
    String value = vector(stage, store.value());
    out.line(storeText(typeOf(store.value()), value, address, masked ? "tail" : ""));
  }

  // ---- blocks

  /** What a blocked kernel does to the vectors of one block. */
  private sealed interface Action {
    Stage stage();

    record Define(Stage stage, Instr instr) implements Action {}

    record Keep(Stage stage, Store store) implements Action {}

    /** Gives an accumulator that is itself a block its neutral element. */
    record Start(Stage stage, Reduce reduce) implements Action {}

    record Accumulate(Stage stage, Reduce reduce) implements Action {}
  }

  /** Actions between two calls: those of one loop over the block, then calls. */
  private record Segment(List<Action> loop, List<Action> calls) {
    Segment() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  private boolean inBlock() {
    return blockAxis >= 0;
  }

  /** Prints the pending actions as loops over the block with calls between them. */
  private void flush() {
    if (pending.isEmpty()) {
      return;
    }
    var segments = segments();
    pending.clear();
    region++;
    int time = 0;
    for (var segment : segments) {
      var staged = segment.calls().stream().filter(this::isStaged).toList();
      if (!segment.loop().isEmpty() || !staged.isEmpty()) {
        blockLoop(segment.loop(), staged, time);
      }
      time++;
      for (var call : segment.calls()) {
        blockCall(call, time++);
      }
    }
  }

  /**
   * An action goes into the first segment in which all that it reads is there. Reads and writes of
   * the kernel's own memory keep their order.
   */
  private List<Segment> segments() {
    var segments = new ArrayList<Segment>();
    var ready = new HashMap<Integer, Integer>();
    int lastRead = 0;
    int lastWrite = 0;
    for (var action : pending) {
      int at = reads(action).stream().mapToInt(r -> ready.getOrDefault(r, 0)).max().orElse(0);
      boolean loads = action instanceof Action.Define d && d.instr() instanceof Instr.Load;
      boolean stores = action instanceof Action.Keep;
      if (loads) {
        at = Math.max(at, lastWrite);
      } else if (stores) {
        at = Math.max(at, Math.max(lastRead, lastWrite));
      }
      int done = isCall(action) ? at + 1 : at;
      if (loads) {
        lastRead = Math.max(lastRead, done);
      } else if (stores) {
        lastWrite = done;
      }
      if (action instanceof Action.Define d) {
        ready.put(d.instr().result(), done);
      }
      while (segments.size() <= at) {
        segments.add(new Segment());
      }
      (isCall(action) ? segments.get(at).calls() : segments.get(at).loop()).add(action);
    }
    return segments;
  }

  /** The registers that an action reads as vectors. */
  private List<Integer> reads(Action action) {
    var stage = action.stage();
    return switch (action) {
      case Action.Define d ->
          d.instr().reads().stream().filter(r -> isVector(stage, r)).distinct().toList();
      case Action.Keep k ->
          isVector(stage, k.store().value()) ? List.of(k.store().value()) : List.of();
      case Action.Start _ -> List.of();
      case Action.Accumulate a ->
          isVector(stage, a.reduce().value()) ? List.of(a.reduce().value()) : List.of();
    };
  }

  private boolean isCall(Action action) {
    return switch (action) {
      case Action.Define(var stage, var instr) ->
          switch (instr) {
            case Instr.Uniform _ -> true;
            case Instr.Apply a -> VectorCode.isCall(a.fn(), operandType(a));
            case Instr.Load l -> isGather(stage, l) || !isSideBySide(stage, l.index());
            case Instr.Constant _, Instr.Index _, Instr.InRange _ -> false;
          };
      case Action.Keep(var stage, var store) -> !isSideBySide(stage, store.index());
      case Action.Start _, Action.Accumulate _ -> false;
    };
  }

  private boolean isSideBySide(Stage stage, IndexExpr index) {
    var stride = index.strideAlong(laneAxis(stage)).orElseThrow();
    return stride.is(1) || stride.is(0);
  }

  /** True when the loop before the call puts an operand into the block of the result. */
  private boolean isStaged(Action action) {
    if (!(action instanceof Action.Define(var stage, var instr))) {
      return false;
    }
    return switch (instr) {
      case Instr.Load l -> isGather(stage, l);
      case Instr.Apply a -> a.args().stream().anyMatch(r -> !isVector(stage, r));
      case Instr.Constant _, Instr.Index _, Instr.InRange _, Instr.Uniform _ -> false;
    };
  }

  private void blockLoop(List<Action> actions, List<Action> staged, int time) {
    String i = index(blockAxis);
    out.open(forLoop(i, i + "Block", i + "End", COUNT));
    if (actions.stream().anyMatch(this::needsTail)) {
      out.line(tailMask(i, i + "End"));
    }
    var known = new HashSet<Integer>();
    for (var action : actions) {
      reads(action).forEach(r -> fetch(r, time, known));
      switch (action) {
        case Action.Define(var stage, var instr) -> {
          slots.define(instr.result(), region, time);
          known.add(instr.result());
          printDefinition(stage, instr);
          if (slots.isStored(instr.result())) {
            put(instr.result(), names.register(instr.result()));
          }
        }
        case Action.Keep(var stage, var store) -> printStore(stage, store);
        case Action.Start(var stage, var reduce) -> {
          slots.store(reduce.result(), region, time);
          put(reduce.result(), neutral(stage, reduce));
        }
        case Action.Accumulate(var stage, var reduce) -> {
          if (!isLanewise()) {
            fetch(reduce.result(), time, known);
          }
          printAccumulation(stage, reduce);
        }
      }
    }
    for (var action : staged) {
      reads(action).forEach(r -> fetch(r, time, known));
      stage((Action.Define) action, time);
    }
    out.close();
  }

  private boolean needsTail(Action action) {
    return switch (action) {
      case Action.Define d ->
          d.instr() instanceof Instr.Load l && l.isMasked() && isVector(d.stage(), l.mask());
      case Action.Keep _ -> true;
      case Action.Start _ -> false;
      case Action.Accumulate _ -> isLanewise();
    };
  }

  /** Makes a register of another loop known in this one. */
  private void fetch(int register, int time, Set<Integer> known) {
    slots.use(register, region, time);
    if (known.add(register)) {
      var type = typeOf(register);
      out.line(
          (reduces.containsKey(register) ? "" : "final ")
              + vectorType(type)
              + " "
              + names.register(register)
              + " = "
              + loadText(type, laneAddress(register), "")
              + ";");
    }
  }

  private void put(int register, String value) {
    out.line(storeText(typeOf(register), value, laneAddress(register), ""));
  }

  /** Where this vector's elements of a register lie within its block. */
  private String laneAddress(int register) {
    String i = index(blockAxis);
    return block(register) + " + 4L * (" + i + " - " + i + "Block)";
  }

  private String block(int register) {
    int offset = slots.offset(register);
    return offset == 0 ? "blocks" : "blocks + " + offset;
  }

  private void stage(Action.Define call, int time) {
    int result = call.instr().result();
    slots.store(result, region, time);
    switch (call.instr()) {
      case Instr.Load l -> {
        String index = gatherIndex(call.stage(), l, laneAxis(call.stage()));
        out.line(storeText(DType.I32, index, laneAddress(result), ""));
      }
      case Instr.Apply a -> {
        int uniform =
            a.args().stream().filter(r -> !isVector(call.stage(), r)).findFirst().orElseThrow();
        put(result, vectorBroadcast(typeOf(uniform), scalar(uniform)));
      }
      case Instr.Constant _, Instr.Index _, Instr.InRange _, Instr.Uniform _ ->
          throw new IllegalStateException(call.instr() + " has nothing to put into its block");
    }
  }

  private void blockCall(Action action, int time) {
    reads(action).forEach(r -> slots.use(r, region, time));
    slots.call(region, time);
    names.moveToBlock(blockAxis);
    String count = ", " + index(blockAxis) + "End - " + index(blockAxis) + "Block);";
    out.line(
        switch (action) {
          case Action.Define(var stage, var instr) -> {
            if (!isStaged(action)) {
              slots.store(instr.result(), region, time);
            }
            slots.use(instr.result(), region, time);
            yield blockFunction(stage, instr) + ", " + block(instr.result()) + count;
          }
          case Action.Keep(var stage, var store) ->
              "$vectorMath:T.setStrided("
                  + address(store.param(), store.index())
                  + ", "
                  + Numbers.dim(store.index().strideAlong(laneAxis(stage)).orElseThrow(), "L")
                  + ", "
                  + (isVector(stage, store.value()) ? block(store.value()) : scalar(store.value()))
                  + count;
          case Action.Start _, Action.Accumulate _ ->
              throw new IllegalStateException(action + " is no call");
        });
    names.moveToLane();
  }

  /** A call without its last arguments, the block of the result and the number of elements. */
  private String blockFunction(Stage stage, Instr instr) {
    return switch (instr) {
      case Instr.Uniform u ->
          "$vectorThreefry:T.uniform("
              + String.join(
                  ", ",
                  scalar(u.seed()),
                  scalar(u.counter()),
                  Numbers.intIndex(u.element(), names),
                  Numbers.dim(u.element().strideAlong(laneAxis(stage)).orElseThrow(), ""),
                  Numbers.f32(u.low()),
                  Numbers.f32(u.high()));
      case Instr.Apply a ->
          "$vectorMath:T."
              + VectorCode.function(a.fn())
              + "("
              + a.args().stream()
                  .map(r -> block(isVector(stage, r) ? r : a.result()))
                  .collect(Collectors.joining(", "));
      case Instr.Load l when isGather(stage, l) ->
          "$vectorMath:T.gather(" + names.param(l.param()) + ", " + inside(stage, l);
      case Instr.Load l ->
          "$vectorMath:T.strided("
              + String.join(
                  ", ",
                  address(l.param(), l.index()),
                  Numbers.dim(l.index().strideAlong(laneAxis(stage)).orElseThrow(), "L"),
                  inside(stage, l));
      case Instr.Constant _, Instr.Index _, Instr.InRange _ ->
          throw new IllegalStateException(instr + " is no call");
    };
  }

  private String inside(Stage stage, Instr.Load load) {
    if (!load.isMasked()) {
      return "true";
    }
    return isVector(stage, load.mask()) ? block(load.mask()) : scalar(load.mask());
  }

  // ---- reductions

  /** True when lanes hold partial results that are combined after the loop. */
  private boolean isLanewise() {
    return vectors() && kernel.lanes() == Lanes.STAGE;
  }

  private void start(Stage stage, Reduce reduce) {
    if (inBlock() && isVector(stage, reduce.result())) {
      pending.add(new Action.Start(stage, reduce));
      return;
    }
    String name = names.register(reduce.result());
    out.line(
        javaType(stage, reduce)
            + " "
            + name
            + accumulatorSuffix()
            + " = "
            + neutral(stage, reduce)
            + ";");
    if (reduce.reducer().isPosition()) {
      out.line("float " + name + "Best = 0;");
      out.line("int " + name + "At = 0;");
    }
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
    if (inBlock() && (isLanewise() || isVector(stage, reduce.result()))) {
      pending.add(new Action.Accumulate(stage, reduce));
    } else {
      printAccumulation(stage, reduce);
    }
  }

  private void printAccumulation(Stage stage, Reduce reduce) {
    String accumulator = names.register(reduce.result()) + accumulatorSuffix();
    boolean vector = isLanewise() || isVector(stage, reduce.result());
    if (reduce.reducer().isPosition()) {
      accumulatePosition(reduce, accumulator);
      return;
    }
    String value = vector ? vector(stage, reduce.value()) : scalar(reduce.value());
    if (vector) {
      String operator = VectorCode.operator(reduce.reducer());
      String mask =
          masked && isLanewise()
              ? ", tail" + (reduce.type() == DType.F32 ? "" : ".cast(" + INTS + ")")
              : "";
      boolean isBlock = inBlock() && !isLanewise();
      String sum =
          accumulator + ".lanewise($vectorOperators:T." + operator + ", " + value + mask + ")";
      if (isBlock) {
        put(reduce.result(), sum);
      } else {
        out.line(accumulator + " = " + sum + ";");
      }
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
    out.open("if (" + at + " == 0 || " + value + comparison + best + unordered + ")");
    out.line(best + " = " + value + ";");
    out.line(accumulator + " = " + at + ";");
    out.close();
    out.line(at + "++;");
  }

  private void combineLanes(Reduce reduce) {
    String result = names.register(reduce.result());
    String lanes = result + "Lanes";
    boolean isFloat = reduce.type() == DType.F32;
    boolean inMemory =
        isFloat
            && (reduce.reducer() == Kernel.Reducer.SUM || reduce.reducer() == Kernel.Reducer.PROD);
    if (inMemory) {
      out.line(storeText(reduce.type(), lanes, "scratch", ""));
    }
    String operator = VectorCode.operator(reduce.reducer());
    String value =
        !inMemory
            ? lanes + ".reduceLanes($vectorOperators:T." + operator + ")"
            : reduce.reducer() == Kernel.Reducer.SUM
                ? "$vectorMath:T.sum(scratch)"
                : "$vectorMath:T.product(scratch)";
    out.line("final " + scalarType(reduce.type()) + " " + result + " = " + value + ";");
  }

  // ---- registers

  private int laneAxis(Stage stage) {
    return kernel.laneAxis(stage);
  }

  private Set<Integer> variationOf(int register) {
    return Objects.requireNonNull(variation.get(register), () -> "r" + register);
  }

  private boolean isVector(Stage stage, int register) {
    return vectors() && variationOf(register).contains(laneAxis(stage));
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
    if (isVector(stage, register)) {
      return names.register(register);
    }
    return vectorBroadcast(typeOf(register), scalar(register));
  }

  private String address(int param, IndexExpr index) {
    String name = names.param(param);
    if (index.is(0)) {
      return name;
    }
    String text = Numbers.index(index, names, "L");
    return name + " + 4L * " + (text.matches("\\w+") ? text : "(" + text + ")");
  }

  private static String literal(Instr.Constant constant) {
    return switch (constant.type()) {
      case F32, BF16, F16 -> Numbers.f32(constant.value());
      case I32, U32 -> Numbers.i32(constant.value());
      case BOOL -> constant.value() != 0 ? "true" : "false";
    };
  }

  static String vectorBroadcast(DType type, String scalar) {
    return switch (type) {
      case F32, BF16, F16 -> "$floatVector:T.broadcast(" + FLOATS + ", " + scalar + ")";
      case I32, U32 -> "$intVector:T.broadcast(" + INTS + ", " + scalar + ")";
      case BOOL -> FLOATS + ".maskAll(" + scalar + ")";
    };
  }

  private static String accessor(DType type) {
    return switch (type) {
      case F32, BF16, F16 -> "f32";
      case I32, U32 -> "i32";
      case BOOL -> "bool";
    };
  }

  private static String zero(DType type) {
    return switch (type) {
      case F32, BF16, F16 -> "0f";
      case I32, U32 -> "0";
      case BOOL -> "false";
    };
  }

  private static String scalarType(DType type) {
    return switch (type) {
      case F32, BF16, F16 -> "float";
      case I32, U32 -> "int";
      case BOOL -> "boolean";
    };
  }

  private static String vectorType(DType type) {
    return switch (type) {
      case F32, BF16, F16 -> "$floatVector:T";
      case I32, U32 -> "$intVector:T";
      case BOOL -> "$vectorMask:T<Float>";
    };
  }

  private static String index(int axis) {
    return "i" + axis;
  }

  private String size(int axis) {
    return "n" + axis;
  }

  /** What registers, axes and parameters are called. */
  private static final class Names implements Numbers.IndexNames {
    private final Kernel kernel;
    private final Map<Integer, String> registers = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private int movedAxis = -1;

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

    /** Lets indices count from the start of the block, for calls between loops over it. */
    void moveToBlock(int axis) {
      movedAxis = axis;
    }

    void moveToLane() {
      movedAxis = -1;
    }

    @Override
    public String axis(int axis) {
      return "i" + axis + (axis == movedAxis ? "Block" : "");
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
