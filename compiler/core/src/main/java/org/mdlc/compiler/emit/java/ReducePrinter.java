package org.mdlc.compiler.emit.java;

import java.util.List;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.plan.Kernel.Reduce;
import org.mdlc.compiler.plan.Kernel.Reducer;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.type.DType;

/**
 * Prints what becomes of a reduction: an accumulator before the loops, its next value within them,
 * and the result behind them.
 *
 * <p>The accumulator is a scalar; or a vector whose lanes are results of their own, where the lanes
 * lie along an outer axis; or one whose lanes are parts of one result, where they lie along the
 * stage's own axis.
 */
final class ReducePrinter {
  private final Kernel kernel;
  private final Registers registers;
  private final Lines out;
  private final boolean lanesAreParts;

  ReducePrinter(Kernel kernel, boolean vectors, Registers registers, Lines out) {
    this.kernel = kernel;
    this.registers = registers;
    this.out = out;
    this.lanesAreParts = vectors && kernel.lanes() == Lanes.STAGE;
  }

  /** True when lanes hold partial results that are combined after the loop. */
  boolean lanesAreParts() {
    return lanesAreParts;
  }

  /** True when lanes are combined in scratch memory. */
  boolean combinesInMemory() {
    return lanesAreParts
        && kernel.stages().stream().flatMap(s -> s.reduces().stream()).anyMatch(this::isInMemory);
  }

  private boolean isInMemory(Reduce reduce) {
    return reduce.type() == DType.F32
        && (reduce.reducer() == Reducer.SUM || reduce.reducer() == Reducer.PROD);
  }

  boolean isVector(Stage stage, Reduce reduce) {
    return lanesAreParts || registers.isVector(stage, reduce.result());
  }

  /** Declares the accumulator. */
  void start(Stage stage, Reduce reduce) {
    String type =
        isVector(stage, reduce) ? VectorCode.type(reduce.type()) : ScalarCode.type(reduce.type());
    out.line(type + " " + accumulator(reduce) + " = " + neutral(stage, reduce) + ";");
    if (reduce.reducer().isPosition()) {
      String name = registers.name(reduce.result());
      out.line("float " + name + "Best = 0;");
      out.line("int " + name + "At = 0;");
    }
  }

  private String accumulator(Reduce reduce) {
    return registers.name(reduce.result()) + (lanesAreParts ? "Lanes" : "");
  }

  /** What an accumulator starts from. */
  String neutral(Stage stage, Reduce reduce) {
    boolean isFloat = reduce.type() == DType.F32;
    String value =
        switch (reduce.reducer()) {
          case SUM -> ScalarCode.zero(reduce.type());
          case PROD -> isFloat ? "1f" : "1";
          case MAX -> isFloat ? "Float.NEGATIVE_INFINITY" : "Integer.MIN_VALUE";
          case MIN -> isFloat ? "Float.POSITIVE_INFINITY" : "Integer.MAX_VALUE";
          case ARGMAX, ARGMIN -> "0";
        };
    return isVector(stage, reduce) ? VectorCode.broadcast(reduce.type(), value) : value;
  }

  /** Takes one more element, or one more vector of elements, in. */
  void accumulate(Stage stage, Reduce reduce, boolean masked) {
    if (reduce.reducer().isPosition()) {
      accumulatePosition(reduce);
    } else {
      out.line(accumulator(reduce) + " = " + next(stage, reduce, masked) + ";");
    }
  }

  /** The accumulator's next value. */
  String next(Stage stage, Reduce reduce, boolean masked) {
    String accumulator = accumulator(reduce);
    if (!isVector(stage, reduce)) {
      String value = registers.scalar(reduce.value());
      return ScalarCode.apply(
          function(reduce.reducer()), reduce.type(), List.of(accumulator, value));
    }
    return accumulator
        + ".lanewise($vectorOperators:T."
        + VectorCode.operator(reduce.reducer())
        + ", "
        + registers.vector(stage, reduce.value())
        + VectorCode.maskArgument(reduce.type(), masked && lanesAreParts ? "tail" : "")
        + ")";
  }

  private static ScalarFn function(Reducer reducer) {
    return switch (reducer) {
      case SUM -> ScalarFn.ADD;
      case PROD -> ScalarFn.MUL;
      case MAX -> ScalarFn.MAX;
      case MIN -> ScalarFn.MIN;
      case ARGMAX, ARGMIN -> throw new IllegalStateException("positions are compared");
    };
  }

  private void accumulatePosition(Reduce reduce) {
    String value = registers.scalar(reduce.value());
    String best = registers.name(reduce.result()) + "Best";
    String at = registers.name(reduce.result()) + "At";
    String comparison = reduce.reducer() == Reducer.ARGMAX ? " > " : " < ";
    boolean isFloat = registers.typeOf(reduce.value()) == DType.F32;
    String unordered =
        isFloat ? " || (Float.isNaN(" + value + ") && !Float.isNaN(" + best + "))" : "";
    out.open("if (" + at + " == 0 || " + value + comparison + best + unordered + ")");
    out.line(best + " = " + value + ";");
    out.line(accumulator(reduce) + " = " + at + ";");
    out.close();
    out.line(at + "++;");
  }

  /**
   * Makes one result of the parts in the lanes: of sums and products of floats by the runtime, from
   * memory, always in the same order. ({@code reduceLanes} may change its order, and so the bits,
   * when the method around it gets compiled.)
   */
  void combineLanes(Reduce reduce) {
    String lanes = accumulator(reduce);
    boolean isSum = reduce.reducer() == Reducer.SUM;
    String value;
    if (isInMemory(reduce)) {
      out.line(VectorCode.store(reduce.type(), lanes, "scratch", ""));
      value = "$vectorMath:T." + (isSum ? "sum" : "product") + "(scratch)";
    } else {
      String operator = VectorCode.operator(reduce.reducer());
      value = lanes + ".reduceLanes($vectorOperators:T." + operator + ")";
    }
    String type = ScalarCode.type(reduce.type());
    out.line("final " + type + " " + registers.name(reduce.result()) + " = " + value + ";");
  }
}
