package org.mdlc.compiler.emit.java;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * The registers of one kernel as Java variables: their types, names, which of them are vectors, and
 * how they and the memory at an index are written where they are read.
 */
final class Registers {
  private final Kernel kernel;
  private final boolean vectors;
  private final Map<Integer, Set<Integer>> variation;
  private final Map<Integer, DType> types = new HashMap<>();
  private final Map<Integer, Instr.Constant> constants = new HashMap<>();
  private final Set<Integer> reduced = new HashSet<>();
  private final RegisterNames names;

  /**
   * @param vectors whether what differs along the lane axis is a vector
   */
  Registers(Kernel kernel, boolean vectors) {
    this.kernel = kernel;
    this.vectors = vectors;
    this.variation = kernel.variation();
    this.names = new RegisterNames(kernel);
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        types.put(instr.result(), instr.type());
        if (instr instanceof Instr.Constant constant) {
          constants.put(instr.result(), constant);
        }
      }
      for (var reduce : stage.reduces()) {
        types.put(reduce.result(), reduce.type());
        reduced.add(reduce.result());
      }
    }
  }

  RegisterNames names() {
    return names;
  }

  String name(int register) {
    return names.register(register);
  }

  DType typeOf(int register) {
    return Objects.requireNonNull(
        types.get(register),
        () -> "kernel " + kernel.name() + ": r" + register + " is not defined");
  }

  /** The type that a function works on: of the alternatives, for SELECT. */
  DType operandType(Instr.Apply apply) {
    return typeOf(apply.args().get(apply.fn() == ScalarFn.SELECT ? 1 : 0));
  }

  boolean isReduced(int register) {
    return reduced.contains(register);
  }

  // ---- lanes

  /** True when neighbouring points of the stage lie in the lanes of vectors. */
  boolean hasLanes(Stage stage) {
    return vectors && kernel.laneAxis(stage) >= 0;
  }

  boolean isVector(Stage stage, int register) {
    var axes = Objects.requireNonNull(variation.get(register), () -> "r" + register);
    return vectors && axes.contains(kernel.laneAxis(stage));
  }

  /** True when the load takes each lane from where a vector of positions says. */
  boolean isGather(Stage stage, Instr.Load load) {
    return load.index().registers().stream().anyMatch(r -> isVector(stage, r));
  }

  /** By how much an index grows from lane to lane. */
  Dim stride(Stage stage, IndexExpr index) {
    return index.strideAlong(kernel.laneAxis(stage)).orElseThrow();
  }

  // ---- where they are read

  String scalar(int register) {
    var constant = constants.get(register);
    return constant == null ? name(register) : ScalarCode.literal(constant);
  }

  /** A register as a vector, whether it is one or not. */
  String vector(Stage stage, int register) {
    return isVector(stage, register)
        ? name(register)
        : VectorCode.broadcast(typeOf(register), scalar(register));
  }

  String param(int param) {
    return kernel.params().get(param).name();
  }

  /** Where the element of a parameter lies, as a long expression. */
  String address(int param, IndexExpr index) {
    return address(param, index, names);
  }

  String address(int param, IndexExpr index, Numbers.IndexNames indexNames) {
    String name = param(param);
    if (index.is(0)) {
      return name;
    }
    String text = Numbers.index(index, indexNames, "L");
    return name + " + 4L * " + (text.matches("\\w+") ? text : "(" + text + ")");
  }
}
