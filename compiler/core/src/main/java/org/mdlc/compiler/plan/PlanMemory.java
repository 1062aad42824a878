package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.op.SumRows;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.plan.Buffer.Planned;
import org.mdlc.compiler.plan.Program.MemoryReport;
import org.mdlc.compiler.type.DType;

/**
 * Gives every temporary buffer its place. Buffers that are never alive together may overlap, also
 * where one is of the fixed arena and the other of the row arena; a kernel's result takes the place
 * of an operand that dies there when they agree point for point. {@link FitBlocks} finds the places.
 */
final class PlanMemory {
  private final List<Buffer> buffers;
  private final List<Step> steps;
  private final Map<Integer, Block> blocks = new HashMap<>();
  private final boolean share;

  private PlanMemory(List<Buffer> buffers, List<Step> steps, boolean share) {
    this.buffers = buffers;
    this.steps = steps;
    this.share = share;
  }

  /**
   * @param batch the batch size to report for
   * @param share false gives every buffer a place of its own, for comparison
   */
  static Program run(
      String name, List<Buffer> buffers, List<Step> steps, long batch, boolean share) {
    return new PlanMemory(buffers, steps, share).plan(name, batch);
  }

  private Program plan(String name, long batch) {
    findLifetimes();
    if (share) {
      new InPlace().visit(steps, 0);
    }
    var placed = new HashMap<Integer, Planned>();
    var sizes = new EnumMap<Arena, Long>(Arena.class);
    var fixed = ofArena(Arena.FIXED);
    var rows = ofArena(Arena.ROW);
    var squares = ofArena(Arena.SQUARE);
    var both = share ? FitBlocks.together(fixed, rows, batch) : FitBlocks.apart(FitBlocks.stacked(fixed), FitBlocks.stacked(rows));
    place(Arena.FIXED, both.fixed(), placed, sizes);
    place(Arena.ROW, both.rows(), placed, sizes);
    place(
        Arena.SQUARE,
        share ? FitBlocks.alone(squares) : FitBlocks.stacked(squares),
        placed,
        sizes);
    var finished = new ArrayList<Buffer>();
    for (var buffer : buffers) {
      var place = placed.get(buffer.id());
      finished.add(
          place == null
              ? buffer
              : new Buffer(buffer.id(), buffer.name(), buffer.type(), buffer.elements(), place));
    }
    var program =
        new Program(name, finished, steps, sizes, both.meetings(), MemoryReport.NONE);
    return program.withReport(report(program, batch));
  }

  private List<Block> ofArena(Arena arena) {
    return blocksInOrder().stream().filter(b -> b.arena == arena).toList();
  }

  private static void place(
      Arena arena, FitBlocks.Plan plan, Map<Integer, Planned> placed, Map<Arena, Long> sizes) {
    if (plan.offsets().isEmpty()) {
      return;
    }
    sizes.put(arena, plan.size());
    plan.offsets()
        .forEach(
            (block, offset) ->
                block.buffers.forEach(b -> placed.put(b.id(), new Planned(arena, offset))));
  }

  private List<Block> blocksInOrder() {
    return blocks.values().stream()
        .distinct()
        .sorted(Comparator.comparingInt(b -> b.buffers.get(0).id()))
        .toList();
  }

  // Lifetimes

  private void findLifetimes() {
    Lifetime.of(steps)
        .forEach(
            (id, life) -> {
              if (buffers.get(id).isOpen()) {
                blocks.put(id, new Block(buffers.get(id), life.first(), life.last()));
              }
            });
  }

  /** Lets results take the place of operands that die. */
  private final class InPlace {
    void visit(List<Step> list, int start) {
      int at = start;
      for (var step : list) {
        if (step instanceof Step.Loop loop) {
          visit(loop.body(), at + 1);
        } else {
          share(step, at);
        }
        at += Lifetime.count(step);
      }
    }

    private void share(Step step, int at) {
      for (var written : Operands.writes(step)) {
        var result = blocks.get(written.buffer());
        if (result == null || result.first != at || result.buffers.size() > 1) {
          continue;
        }
        for (var read : Operands.reads(step)) {
          var operand = blocks.get(read.buffer());
          if (operand == null || operand == result) {
            continue;
          }
          boolean dies = operand.last == at && operand.first < at;
          if (dies
              && operand.arena == result.arena
              && operand.size == result.size
              && isFree(step, operand, read)
              && canShare(step, read, written)) {
            join(operand, result);
            break;
          }
        }
      }
    }

    private static boolean canShare(Step step, Operand read, Operand written) {
      return switch (step) {
        case Step.KernelCall call -> UpdateInPlace.canShare(call, read, written);
        case Step.HostCall call ->
            call.operation() instanceof SumRows // sums may take the place of the updates
                && read.equals(call.operands().get(1).at())
                && written.equals(call.results().get(1).at());
        case Step.LibraryCall _, Step.Copy _, Step.Loop _ -> false;
      };
    }

    /** No other operand lies in this one's block already. */
    private boolean isFree(Step step, Block operand, Operand read) {
      return Operands.of(step).stream()
          .noneMatch(o -> blocks.get(o.buffer()) == operand && !o.equals(read));
    }

    private void join(Block operand, Block result) {
      operand.buffers.addAll(result.buffers);
      operand.last = result.last;
      result.buffers.forEach(b -> blocks.put(b.id(), operand));
    }
  }

  private MemoryReport report(Program program, long batch) {
    long most = 0;
    var all = blocksInOrder();
    for (var block : all) {
      long alive =
          all.stream()
              .filter(b -> b.first <= block.first && block.first <= b.last)
              .mapToLong(b -> b.size * b.arena.scale(batch))
              .sum();
      most = Math.max(most, alive);
    }
    long variables = 0;
    for (var buffer : buffers) {
      if (buffer.storage() instanceof Buffer.Variable) {
        variables += buffer.elements().at(batch) * DType.BYTES;
      }
    }
    return new MemoryReport(batch, program.peakBytes(batch), most, variables);
  }
}
