package org.mdlc.compiler.emit.java;

import java.util.stream.Collectors;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;

/**
 * Which actions of a kernel are calls of functions that go over a whole block of elements in
 * memory, and how these are written: functions beyond one instruction of the processor, random
 * numbers, and loads and stores that are not side by side.
 */
final class BlockCalls {
  private final Registers registers;
  private final Slots slots;

  BlockCalls(Registers registers, Slots slots) {
    this.registers = registers;
    this.slots = slots;
  }

  /** True when the kernel has calls, and thus must be printed in blocks. */
  static boolean anyIn(Kernel kernel, Registers registers) {
    return kernel.stages().stream()
        .filter(registers::hasLanes)
        .anyMatch(
            stage ->
                stage.body().stream()
                        .filter(i -> registers.isVector(stage, i.result()))
                        .anyMatch(i -> isCall(registers, stage, i))
                    || stage.stores().stream().anyMatch(s -> isCall(registers, stage, s)));
  }

  boolean isCall(BlockAction action) {
    return switch (action) {
      case BlockAction.Define(var stage, var instr) -> isCall(registers, stage, instr);
      case BlockAction.Keep(var stage, var store) -> isCall(registers, stage, store);
      case BlockAction.Start _, BlockAction.Accumulate _ -> false;
    };
  }

  private static boolean isCall(Registers registers, Stage stage, Instr instr) {
    return switch (instr) {
      case Instr.Uniform _ -> true;
      case Instr.Apply a -> VectorCode.isCall(a.fn(), registers.operandType(a));
      case Instr.Load l ->
          registers.isGather(stage, l) || !isSideBySide(registers, stage, l.index());
      case Instr.Constant _, Instr.Index _, Instr.InRange _ -> false;
    };
  }

  private static boolean isCall(Registers registers, Stage stage, Store store) {
    return !isSideBySide(registers, stage, store.index());
  }

  private static boolean isSideBySide(Registers registers, Stage stage, IndexExpr index) {
    var stride = registers.stride(stage, index);
    return stride.is(1) || stride.is(0);
  }

  /** True when the loop before the call puts an operand into the block of the result. */
  boolean isStaged(BlockAction action) {
    if (!(action instanceof BlockAction.Define(var stage, var instr))) {
      return false;
    }
    return switch (instr) {
      case Instr.Load l -> registers.isGather(stage, l);
      case Instr.Apply a -> a.args().stream().anyMatch(r -> !registers.isVector(stage, r));
      case Instr.Constant _, Instr.Index _, Instr.InRange _, Instr.Uniform _ -> false;
    };
  }

  /**
   * The call as a statement.
   *
   * @param axis the lane axis
   */
  String statement(BlockAction action, int axis) {
    var names = registers.names().atBlock(axis);
    String i = registers.names().axis(axis);
    String count = ", " + i + "End - " + i + "Block);";
    return switch (action) {
      case BlockAction.Define(var stage, var instr) ->
          function(stage, instr, names) + ", " + slots.address(instr.result()) + count;
      case BlockAction.Keep(var stage, var store) ->
          "$vectorMath:T.setStrided("
              + String.join(
                  ", ",
                  registers.address(store.param(), store.index(), names),
                  stride(stage, store.index(), "L"),
                  blockOrScalar(stage, store.value()))
              + count;
      case BlockAction.Start _, BlockAction.Accumulate _ ->
          throw new IllegalStateException(action + " is no call");
    };
  }

  /** A call without its last arguments, the block of the result and the number of elements. */
  private String function(Stage stage, Instr instr, Numbers.IndexNames names) {
    return switch (instr) {
      case Instr.Uniform u ->
          "$vectorThreefry:T.uniform("
              + String.join(
                  ", ",
                  registers.scalar(u.seed()),
                  registers.scalar(u.counter()),
                  Numbers.intIndex(u.element(), names),
                  stride(stage, u.element(), ""),
                  Numbers.f32(u.low()),
                  Numbers.f32(u.high()));
      case Instr.Apply a ->
          "$vectorMath:T."
              + VectorCode.function(a.fn())
              + "("
              + a.args().stream()
                  .map(r -> slots.address(registers.isVector(stage, r) ? r : a.result()))
                  .collect(Collectors.joining(", "));
      case Instr.Load l when registers.isGather(stage, l) ->
          "$vectorMath:T.gather(" + registers.param(l.param()) + ", " + inside(stage, l);
      case Instr.Load l ->
          "$vectorMath:T.strided("
              + String.join(
                  ", ",
                  registers.address(l.param(), l.index(), names),
                  stride(stage, l.index(), "L"),
                  inside(stage, l));
      case Instr.Constant _, Instr.Index _, Instr.InRange _ ->
          throw new IllegalStateException(instr + " is no call");
    };
  }

  private String stride(Stage stage, IndexExpr index, String suffix) {
    return Numbers.dim(registers.stride(stage, index), suffix);
  }

  private String inside(Stage stage, Instr.Load load) {
    return load.isMasked() ? blockOrScalar(stage, load.mask()) : "true";
  }

  private String blockOrScalar(Stage stage, int register) {
    return registers.isVector(stage, register)
        ? slots.address(register)
        : registers.scalar(register);
  }
}
