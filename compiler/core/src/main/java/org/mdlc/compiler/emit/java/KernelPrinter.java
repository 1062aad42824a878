package org.mdlc.compiler.emit.java;

import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.plan.Kernel.Reduce;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;
import org.mdlc.compiler.plan.Schedule;

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
 * batch} and {@code scratch}, and class names as {@link JavaTypes} spells them. A kernel that is
 * done in parts also expects the local {@code int part}, a field of the runtime's {@code Cut} and
 * one called {@code partScratch}.
 *
 * <p>Here are the loops; every computation is printed in the one where {@link Schedule} puts it, by
 * {@link InstrPrinter}, {@link ReducePrinter} or, in blocks, {@link BlockPrinter}.
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

  /**
   * What a part has.
   *
   * @param cut the field of the runtime's {@code Cut} that says it
   * @param pointsPerRow if that counts rows, points of the first axis for each; else 0
   */
  private record Part(String cut, long pointsPerRow) {}

  /** How many elements a vector has, which the machine decides that runs the code. */
  static final String LANE_COUNT = "$lanes:T.COUNT";

  /** Of the vectors of every machine, and so the runtime's {@code Cut} cuts axes with lanes. */
  private static final int MULTIPLE_OF_VECTORS = 64;

  private static final String SCRATCH_OF_PART =
      "final long scratch = partScratch + part * (long) $lanes:T.SCRATCH_BYTES;";

  private final Kernel kernel;
  private final Form form;
  private final Registers registers;
  private final Schedule schedule;
  private final Lines out = new Lines();
  private final MethodSize size = new MethodSize();
  private final InstrPrinter instrs;
  private final ReducePrinter reduces;
  private final BlockPrinter blocks;
  private final @Nullable Part part;
  private boolean masked;

  private KernelPrinter(
      Kernel kernel, Form form, Registers registers, Slots slots, @Nullable Part part) {
    this.kernel = kernel;
    this.part = part;
    this.form = form;
    this.registers = registers;
    this.schedule = new Schedule(kernel);
    this.instrs = new InstrPrinter(registers, out, size);
    this.reduces = new ReducePrinter(kernel, form != Form.PLAIN, registers, out);
    this.blocks = new BlockPrinter(registers, instrs, reduces, slots, out);
  }

  /** The method body for all points. */
  static String print(Kernel kernel, KernelStyle style) {
    return print(kernel, style, null);
  }

  /**
   * The method body for the points of one part.
   *
   * @param cut the field that says which points these are
   */
  static String printPart(Kernel kernel, KernelStyle style, String cut) {
    return print(kernel, style, new Part(cut, 0));
  }

  /** The method body for all points, on a thread that does one of the parts of a loop. */
  static String printForThread(Kernel kernel, KernelStyle style) {
    String body = print(kernel, style);
    return body.matches("(?s).*\\bscratch\\b.*") ? SCRATCH_OF_PART + "\n" + body : body;
  }

  /**
   * The method body for the rows of one part, where the first axis counts through rows.
   *
   * @param cut the field that says which rows these are
   * @param pointsPerRow of the first axis
   */
  static String printRows(Kernel kernel, KernelStyle style, String cut, long pointsPerRow) {
    return print(kernel, style, new Part(cut, pointsPerRow));
  }

  private static String print(Kernel kernel, KernelStyle style, @Nullable Part part) {
    return switch (style) {
      case VECTOR -> vector(kernel, part);
      case PLAIN -> plain(kernel, part);
    };
  }

  /** With vectors, or with plain loops where the kernel's accesses do not allow vectors. */
  private static String vector(Kernel kernel, @Nullable Part part) {
    var registers = new Registers(kernel, true);
    if (!Vectorizable.test(kernel, registers)) {
      return plain(kernel, part);
    }
    if (!BlockCalls.anyIn(kernel, registers)) {
      var doubled = new KernelPrinter(kernel, Form.DOUBLED, registers, new Slots(), part);
      String text = doubled.print();
      if (doubled.size.fits()) {
        return text;
      }
    }
    var slots = new Slots();
    new KernelPrinter(kernel, Form.BLOCKED, registers, slots, part).print();
    slots.close();
    return slots.fit()
        ? new KernelPrinter(kernel, Form.BLOCKED, registers, slots, part).print()
        : plain(kernel, part);
  }

  private static String plain(Kernel kernel, @Nullable Part part) {
    return new KernelPrinter(kernel, Form.PLAIN, new Registers(kernel, false), new Slots(), part)
        .print();
  }

  private String print() {
    for (int axis = 0; axis < kernel.axes().size(); axis++) {
      if (part != null && isCut(axis)) {
        String points = part.pointsPerRow() > 1 ? part.pointsPerRow() + " * " : "";
        String cut = points + part.cut();
        out.line("final int " + from(axis) + " = " + cut + ".from(" + axis + ", part);");
        out.line("final int " + to(axis) + " = " + cut + ".to(" + axis + ", part);");
      } else {
        out.line("final int " + to(axis) + " = " + Numbers.dim(kernel.axes().get(axis), "") + ";");
      }
    }
    if (part != null && (form == Form.BLOCKED || reduces.combinesInMemory())) {
      out.line(SCRATCH_OF_PART);
    }
    switch (form) {
      case PLAIN -> {}
      case DOUBLED -> laneAxes().stream().filter(a -> !isEven(a)).forEach(this::wholeVectors);
      case BLOCKED -> out.line("final long blocks = scratch + $lanes:T.BLOCKS;");
    }
    outerLoop(0);
    return out.toString();
  }

  private SortedSet<Integer> laneAxes() {
    var axes = new TreeSet<Integer>();
    kernel.stages().forEach(s -> axes.add(kernel.laneAxis(s)));
    axes.remove(-1);
    return axes;
  }

  private void wholeVectors(int axis) {
    String count = isCut(axis) ? to(axis) + " - " + from(axis) : to(axis);
    out.line(
        "final int full"
            + axis
            + " = "
            + (isCut(axis) ? from(axis) + " + " : "")
            + VectorCode.FLOATS
            + ".loopBound("
            + count
            + ");");
  }

  // ---- loops

  private void outerLoop(int depth) {
    hoisted(depth);
    if (depth == kernel.outer()) {
      kernel.stages().forEach(this::stage);
      return;
    }
    boolean isLane = kernel.lanes() == Lanes.OUTER && depth == kernel.outer() - 1;
    loop(depth, isLane, () -> outerLoop(depth + 1));
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

  private void stage(Stage stage) {
    for (var instr : stage.body()) {
      if (schedule.level(instr) == kernel.outer() && schedule.isPinned(instr)) {
        define(stage, instr);
      }
    }
    stage.reduces().forEach(r -> start(stage, r));
    ownLoop(stage, 0);
    if (reduces.lanesAreParts()) {
      stage.reduces().forEach(reduces::combineLanes);
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
    boolean isLane = kernel.lanes() == Lanes.STAGE && depth == stage.axes().size() - 1;
    loop(
        stage.axes().get(depth),
        isLane,
        () -> {
          for (var instr : stage.body()) {
            if (schedule.level(instr) == kernel.outer() + 1 + depth) {
              define(stage, instr);
            }
          }
          ownLoop(stage, depth + 1);
        });
  }

  private void loop(int axis, boolean isLane, Runnable body) {
    if (!isLane) {
      plainLoop(axis, body);
      return;
    }
    switch (form) {
      case PLAIN -> plainLoop(axis, body);
      case DOUBLED -> doubledLoop(axis, body);
      case BLOCKED -> blocks.loop(axis, from(axis), to(axis), isEven(axis), body);
    }
  }

  private void plainLoop(int axis, Runnable body) {
    blocks.flush();
    out.openLoop(index(axis), from(axis), to(axis), "1");
    body.run();
    blocks.flush();
    out.close();
  }

  private void doubledLoop(int axis, Runnable body) {
    String i = index(axis);
    if (isEven(axis)) {
      out.openLoop(i, from(axis), to(axis), LANE_COUNT);
      body.run();
      out.close();
      return;
    }
    String full = "full" + axis;
    out.openLoop(i, from(axis), full, LANE_COUNT);
    body.run();
    out.close();
    out.open("if (" + full + " < " + to(axis) + ")");
    out.line("final int " + i + " = " + full + ";");
    instrs.tail(i, to(axis));
    masked = true;
    body.run();
    masked = false;
    out.close();
  }

  private String index(int axis) {
    return registers.names().axis(axis);
  }

  /** True where a part has only a range of the axis. */
  private boolean isCut(int axis) {
    return part != null
        && axis < (part.pointsPerRow() > 0 ? 1 : kernel.outer())
        && !kernel.axes().get(axis).is(1);
  }

  /** True when an axis, and each part of it, is a number of whole vectors on every machine. */
  private boolean isEven(int axis) {
    return kernel.axes().get(axis).terms().stream()
        .allMatch(t -> t.coefficient() % MULTIPLE_OF_VECTORS == 0);
  }

  private String from(int axis) {
    return isCut(axis) ? "from" + axis : "0";
  }

  private String to(int axis) {
    return (isCut(axis) ? "to" : "n") + axis;
  }

  // ---- computations: printed at once or, of vectors within a block, together

  private void define(Stage stage, Instr instr) {
    if (instr instanceof Instr.Constant) {
      return; // printed where it is used
    }
    if (blocks.isOpen() && registers.isVector(stage, instr.result())) {
      blocks.add(new BlockAction.Define(stage, instr));
      return;
    }
    if (schedule.readsWritten(instr)) {
      blocks.flush();
    }
    instrs.define(stage, instr, masked);
  }

  private void store(Stage stage, Store store) {
    if (blocks.isOpen() && registers.hasLanes(stage)) {
      blocks.add(new BlockAction.Keep(stage, store));
    } else {
      instrs.store(stage, store, masked);
    }
  }

  private void start(Stage stage, Reduce reduce) {
    if (blocks.isOpen() && registers.isVector(stage, reduce.result())) {
      blocks.add(new BlockAction.Start(stage, reduce));
    } else {
      reduces.start(stage, reduce);
    }
  }

  private void accumulate(Stage stage, Reduce reduce) {
    if (blocks.isOpen() && reduces.isVector(stage, reduce)) {
      blocks.add(new BlockAction.Accumulate(stage, reduce));
    } else {
      reduces.accumulate(stage, reduce, masked);
    }
  }
}
