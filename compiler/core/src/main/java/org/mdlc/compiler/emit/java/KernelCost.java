package org.mdlc.compiler.emit.java;

import java.util.List;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Schedule;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * Estimates how long a kernel runs on one thread, in picoseconds for each point of its outer axes:
 * good to a factor of two or three on a processor with wide vectors, which is enough to tell work
 * that is worth a second thread from work that is not.
 *
 * <p>What stands outside of the loop over the outer points counts nothing.
 */
final class KernelCost {
  // Of one element in a vector of sixteen whose operands lie in the second-level cache or beyond.
  private static final long LOAD = 60;
  private static final long STORE = 80;
  private static final long SIMPLE = 15;
  private static final long DIVISION = 60;
  private static final long FUNCTION = 500;
  private static final long UNIFORM = 700;
  private static final long SCATTERED = 1_000;

  // Of one number by itself.
  private static final long SCALAR = 400;
  private static final long SCALAR_FUNCTION = 8_000;

  /** Of one element that is copied. */
  static final Dim COPY = Dim.of(LOAD + STORE);

  /** Of a stage with vectors along its own axis: to combine the lanes, and to start the loop. */
  private static final long COMBINE = 5_000;

  private final Kernel kernel;
  private final Registers registers;
  private final Schedule schedule;
  private final boolean vectors;

  private KernelCost(Kernel kernel, boolean vectors) {
    this.kernel = kernel;
    this.registers = new Registers(kernel, vectors);
    this.schedule = new Schedule(kernel);
    this.vectors = vectors;
  }

  /**
   * Picoseconds for one point of the outer axes.
   *
   * @param style how the kernel is printed
   */
  static Dim perPoint(Kernel kernel, KernelStyle style) {
    boolean vectors =
        style == KernelStyle.VECTOR && Vectorizable.test(kernel, new Registers(kernel, true));
    return new KernelCost(kernel, vectors).perPoint();
  }

  /** Of a multiplication or an addition in a product of matrices. */
  private static final long FLOP = 7;

  /** Picoseconds for a whole step of a loop whose rows go their own way. */
  static Dim ofAll(Step step, KernelStyle style) {
    return switch (step) {
      case Step.KernelCall call ->
          outerAxes(call.kernel()).stream().reduce(perPoint(call.kernel(), style), Dim::times);
      case Step.LibraryCall call ->
          call.operation()
              .cost(call.operands().stream().map(Step.Tensor::type).toList())
              .flops()
              .times(FLOP);
      case Step.Copy copy -> COPY.times(copy.elements());
      case Step.HostCall _, Step.Loop _ -> Dim.ZERO;
    };
  }

  private Dim perPoint() {
    var cost = Dim.ZERO;
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        cost = cost.plus(times(stage, schedule.level(instr)).times(cost(stage, instr)));
      }
      var points = times(stage, kernel.outer() + stage.axes().size());
      boolean hasLanes = registers.hasLanes(stage);
      cost = cost.plus(points.times(stage.reduces().size() * (hasLanes ? LOAD : SCALAR)));
      for (var store : stage.stores()) {
        cost = cost.plus(points.times(access(stage, store.index(), STORE)));
      }
      if (vectors && kernel.lanes() == Lanes.STAGE && !stage.axes().isEmpty()) {
        cost = cost.plus(COMBINE);
      }
    }
    return cost;
  }

  /** How often what stands in so many loops is done for each outer point. */
  private Dim times(Stage stage, int level) {
    if (level < kernel.outer()) {
      return Dim.ZERO;
    }
    var times = Dim.ONE;
    for (int axis : stage.axes().subList(0, level - kernel.outer())) {
      times = times.times(kernel.axes().get(axis));
    }
    return times;
  }

  private long cost(Stage stage, Instr instr) {
    boolean isVector = registers.isVector(stage, instr.result());
    return switch (instr) {
      case Instr.Constant _ -> 0;
      case Instr.Index _, Instr.InRange _ -> isVector ? SIMPLE : SCALAR;
      case Instr.Load load ->
          isVector && registers.isGather(stage, load)
              ? SCATTERED
              : access(stage, load.index(), LOAD);
      case Instr.Apply apply -> function(apply.fn(), registers.operandType(apply), isVector);
      case Instr.Uniform _ -> isVector ? UNIFORM : SCALAR_FUNCTION;
    };
  }

  private long access(Stage stage, IndexExpr index, long sideBySide) {
    if (!registers.hasLanes(stage)) {
      return SCALAR;
    }
    var stride = registers.stride(stage, index);
    return stride.is(1) || stride.is(0) ? sideBySide : SCATTERED;
  }

  private static long function(ScalarFn fn, DType type, boolean isVector) {
    return switch (fn) {
      case DIV, SQRT, RSQRT -> isVector ? DIVISION : SCALAR;
      case MOD, POW, EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF, ERFINV, SIN, COS ->
          type != DType.F32 ? SCALAR : isVector ? FUNCTION : SCALAR_FUNCTION;
      case ADD,
          SUB,
          MUL,
          MIN,
          MAX,
          NEG,
          ABS,
          SIGN,
          FLOOR,
          CEIL,
          ROUND,
          EQ,
          NE,
          LT,
          LE,
          GT,
          GE,
          AND,
          OR,
          XOR,
          NOT,
          SELECT,
          TO_F32,
          TO_BF16,
          TO_F16,
          TO_I32,
          TO_BOOL ->
          isVector ? SIMPLE : SCALAR;
    };
  }

  /** The extents of the outer axes. */
  static List<Dim> outerAxes(Kernel kernel) {
    return kernel.axes().subList(0, kernel.outer());
  }
}
