package org.mdlc.compiler.emit.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.type.DType;

/**
 * Prints what is done to one block of elements after the other: loops over the vectors of the
 * block, and between them calls of functions that work on all of it in memory.
 *
 * <p>While a block is open, actions are collected, until a loop within the block, or its end, has
 * them printed. What one loop defines and another one reads lies in memory in between, where {@link
 * Slots} says.
 */
final class BlockPrinter {
  /** Actions between two calls: those of one loop over the block, then calls. */
  private record Segment(List<BlockAction> loop, List<BlockAction> calls) {
    Segment() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  private final Registers registers;
  private final InstrPrinter instrs;
  private final ReducePrinter reduces;
  private final BlockCalls calls;
  private final Slots slots;
  private final Lines out;
  private final List<BlockAction> pending = new ArrayList<>();
  private int axis = -1;
  private boolean masked;
  private int region;

  BlockPrinter(
      Registers registers, InstrPrinter instrs, ReducePrinter reduces, Slots slots, Lines out) {
    this.registers = registers;
    this.instrs = instrs;
    this.reduces = reduces;
    this.calls = new BlockCalls(registers, slots);
    this.slots = slots;
    this.out = out;
  }

  /**
   * A loop over the blocks of the lane axis.
   *
   * @param even whether these are whole vectors only
   */
  void loop(int laneAxis, String from, String to, boolean even, Runnable body) {
    String i = registers.names().axis(laneAxis);
    String length = Integer.toString(slots.blockLength());
    out.openLoop(i + "Block", from, to, length);
    out.line("final int " + i + "End = Math.min(" + i + "Block + " + length + ", " + to + ");");
    axis = laneAxis;
    masked = !even;
    body.run();
    flush();
    axis = -1;
    out.close();
  }

  /** True within the loop over the blocks. */
  boolean isOpen() {
    return axis >= 0;
  }

  void add(BlockAction action) {
    pending.add(action);
  }

  /** Prints the pending actions as loops over the block with calls between them. */
  void flush() {
    if (pending.isEmpty()) {
      return;
    }
    var segments = segments();
    pending.clear();
    region++;
    int time = 0;
    for (var segment : segments) {
      var staged = segment.calls().stream().filter(calls::isStaged).toList();
      if (!segment.loop().isEmpty() || !staged.isEmpty()) {
        vectorLoop(segment.loop(), staged, time);
      }
      time++;
      for (var call : segment.calls()) {
        call(call, time++);
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
      boolean isCall = calls.isCall(action);
      boolean loads = action instanceof BlockAction.Define d && d.instr() instanceof Instr.Load;
      boolean stores = action instanceof BlockAction.Keep;
      int at = reads(action).stream().mapToInt(r -> ready.getOrDefault(r, 0)).max().orElse(0);
      if (loads) {
        at = Math.max(at, lastWrite);
      } else if (stores) {
        at = Math.max(at, Math.max(lastRead, lastWrite));
      }
      int done = isCall ? at + 1 : at;
      if (loads) {
        lastRead = Math.max(lastRead, done);
      } else if (stores) {
        lastWrite = done;
      }
      if (action instanceof BlockAction.Define d) {
        ready.put(d.instr().result(), done);
      }
      while (segments.size() <= at) {
        segments.add(new Segment());
      }
      (isCall ? segments.get(at).calls() : segments.get(at).loop()).add(action);
    }
    return segments;
  }

  private List<Integer> reads(BlockAction action) {
    return action.reads(registers);
  }

  // ---- loops over the vectors of a block

  private void vectorLoop(List<BlockAction> actions, List<BlockAction> staged, int time) {
    String i = registers.names().axis(axis);
    out.openLoop(i, i + "Block", i + "End", KernelPrinter.LANE_COUNT);
    if (masked && actions.stream().anyMatch(this::needsTail)) {
      instrs.tail(i, i + "End");
    }
    var known = new HashSet<Integer>();
    for (var action : actions) {
      reads(action).forEach(r -> fetch(r, time, known));
      print(action, time, known);
    }
    for (var action : staged) {
      reads(action).forEach(r -> fetch(r, time, known));
      stage((BlockAction.Define) action, time);
    }
    out.close();
  }

  private boolean needsTail(BlockAction action) {
    return switch (action) {
      case BlockAction.Define(var stage, var instr) ->
          instr instanceof Instr.Load l && l.isMasked() && registers.isVector(stage, l.mask());
      case BlockAction.Keep _ -> true;
      case BlockAction.Start _ -> false;
      case BlockAction.Accumulate _ -> reduces.lanesAreParts();
    };
  }

  private void print(BlockAction action, int time, Set<Integer> known) {
    switch (action) {
      case BlockAction.Define(var stage, var instr) -> {
        slots.define(instr.result(), region, time);
        known.add(instr.result());
        instrs.define(stage, instr, masked);
        if (slots.isStored(instr.result())) {
          put(instr.result(), registers.name(instr.result()));
        }
      }
      case BlockAction.Keep(var stage, var store) -> instrs.store(stage, store, masked);
      case BlockAction.Start(var stage, var reduce) -> {
        slots.store(reduce.result(), region, time);
        put(reduce.result(), reduces.neutral(stage, reduce));
      }
      case BlockAction.Accumulate(var stage, var reduce) -> {
        if (reduces.lanesAreParts()) {
          reduces.accumulate(stage, reduce, masked);
        } else {
          fetch(reduce.result(), time, known);
          put(reduce.result(), reduces.next(stage, reduce, masked));
        }
      }
    }
  }

  /** Makes a register of another loop known in this one. */
  private void fetch(int register, int time, Set<Integer> known) {
    slots.use(register, region, time);
    if (known.add(register)) {
      var type = registers.typeOf(register);
      out.line(
          (registers.isReduced(register) ? "" : "final ")
              + VectorCode.type(type)
              + " "
              + registers.name(register)
              + " = "
              + VectorCode.load(type, laneAddress(register), "")
              + ";");
    }
  }

  private void put(int register, String value) {
    out.line(VectorCode.store(registers.typeOf(register), value, laneAddress(register), ""));
  }

  /** Where this vector's elements of a register lie within its block. */
  private String laneAddress(int register) {
    String i = registers.names().axis(axis);
    return slots.address(register) + " + 4L * (" + i + " - " + i + "Block)";
  }

  // ---- calls

  /** Puts the operand that is no block into the block of the result. */
  private void stage(BlockAction.Define call, int time) {
    int result = call.instr().result();
    slots.store(result, region, time);
    switch (call.instr()) {
      case Instr.Load l -> {
        String index = instrs.gatherIndex(call.stage(), l);
        out.line(VectorCode.store(DType.I32, index, laneAddress(result), ""));
      }
      case Instr.Apply a -> {
        int uniform =
            a.args().stream()
                .filter(r -> !registers.isVector(call.stage(), r))
                .findFirst()
                .orElseThrow();
        put(result, registers.vector(call.stage(), uniform));
      }
      case Instr.Constant _, Instr.Index _, Instr.InRange _, Instr.Uniform _ ->
          throw new IllegalStateException(call.instr() + " has nothing to put into its block");
    }
  }

  private void call(BlockAction call, int time) {
    reads(call).forEach(r -> slots.use(r, region, time));
    slots.call(region, time);
    if (call instanceof BlockAction.Define(_, var instr)) {
      if (!calls.isStaged(call)) {
        slots.store(instr.result(), region, time);
      }
      slots.use(instr.result(), region, time);
    }
    out.line(calls.statement(call, axis));
  }
}
