package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.op.SumRows;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.plan.Buffer.Planned;
import org.mdlc.compiler.plan.Program.MemoryReport;
import org.mdlc.compiler.type.DType;

/**
 * Gives every temporary buffer its place. Buffers that are never alive together may overlap; a
 * kernel's result takes the place of an operand that dies there when they agree point for point.
 * Places are found by best fit, for several orders of the buffers and then some random exchanges in
 * the best of them; the smallest plan wins.
 */
final class PlanMemory {
  /** Exchanges tried after the fixed orders: a fraction of a second for a thousand buffers. */
  private static final int TRIES = 200;

  private static final long TRIES_FOR_LARGE_PLANS = 200_000;

  /** Buffers that share one place, alive from step {@code first} to step {@code last}. */
  private static final class Block {
    final List<Buffer> buffers = new ArrayList<>();
    final Arena arena;
    final long size;
    int first;
    int last;

    Block(Buffer buffer, int first, int last) {
      buffers.add(buffer);
      arena = ((Planned) buffer.storage()).arena();
      size = arena.size(buffer.elements(), DType.BYTES);
      this.first = first;
      this.last = last;
    }

    boolean meets(Block other) {
      return first <= other.last && other.first <= last;
    }
  }

  private record Plan(Map<Block, Long> offsets, long size) {}

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
    for (var arena : Arena.values()) {
      var inArena = blocksInOrder().stream().filter(b -> b.arena == arena).toList();
      if (inArena.isEmpty()) {
        continue;
      }
      var plan = share ? best(inArena) : stacked(inArena);
      sizes.put(arena, plan.size());
      plan.offsets()
          .forEach(
              (block, offset) ->
                  block.buffers.forEach(b -> placed.put(b.id(), new Planned(arena, offset))));
    }
    var finished = new ArrayList<Buffer>();
    for (var buffer : buffers) {
      var place = placed.get(buffer.id());
      finished.add(
          place == null
              ? buffer
              : new Buffer(buffer.id(), buffer.name(), buffer.type(), buffer.elements(), place));
    }
    return new Program(name, finished, steps, sizes, report(sizes, batch));
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

  // Places

  private static Plan stacked(List<Block> blocks) {
    var offsets = new HashMap<Block, Long>();
    long size = 0;
    for (var block : blocks) {
      offsets.put(block, size);
      size += block.size;
    }
    return new Plan(offsets, size);
  }

  private static Plan best(List<Block> blocks) {
    long bound = bound(blocks);
    var bySize = Comparator.comparingLong((Block b) -> -b.size);
    var byArea = Comparator.comparingLong((Block b) -> -b.size * (b.last - b.first + 1));
    var byStart = Comparator.comparingInt((Block b) -> b.first);
    List<Block> bestOrder = blocks;
    var best = fitted(blocks);
    for (var comparator :
        List.of(
            bySize.thenComparing(byStart),
            byArea.thenComparing(byStart),
            byStart.thenComparing(bySize))) {
      var order = blocks.stream().sorted(comparator).toList();
      var plan = fitted(order);
      if (plan.size() < best.size()) {
        best = plan;
        bestOrder = order;
      }
    }
    var random = new Random(blocks.size());
    long tries =
        Math.min(TRIES, TRIES_FOR_LARGE_PLANS / ((long) blocks.size() * blocks.size() + 1));
    for (long i = 0; i < tries && best.size() > bound && blocks.size() > 1; i++) {
      var order = new ArrayList<>(bestOrder);
      var moved = order.remove(random.nextInt(order.size()));
      order.add(random.nextInt(order.size() + 1), moved);
      var plan = fitted(order);
      if (plan.size() <= best.size()) {
        best = plan;
        bestOrder = order;
      }
    }
    return best;
  }

  /** Puts each block in turn into the smallest gap that takes it, else behind the last. */
  private static Plan fitted(List<Block> order) {
    var offsets = new HashMap<Block, Long>();
    var placed = new ArrayList<Block>();
    long size = 0;
    for (var block : order) {
      long offset = bestGap(block, placed, offsets);
      offsets.put(block, offset);
      size = Math.max(size, offset + block.size);
      int at = 0;
      while (at < placed.size() && Known.in(offsets, placed.get(at)) <= offset) {
        at++;
      }
      placed.add(at, block);
    }
    return new Plan(offsets, size);
  }

  /** {@code placed} stands in the order of offsets. */
  private static long bestGap(Block block, List<Block> placed, Map<Block, Long> offsets) {
    long end = 0;
    long best = -1;
    long bestGap = Long.MAX_VALUE;
    for (var other : placed) {
      if (!other.meets(block)) {
        continue;
      }
      long start = Known.in(offsets, other);
      long gap = start - end;
      if (gap >= block.size && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      end = Math.max(end, start + other.size);
    }
    return best >= 0 ? best : end;
  }

  /** The most that is alive at one time. */
  private static long bound(List<Block> blocks) {
    long bound = 0;
    for (var block : blocks) {
      long alive =
          blocks.stream()
              .filter(b -> b.first <= block.first && block.first <= b.last)
              .mapToLong(b -> b.size)
              .sum();
      bound = Math.max(bound, alive);
    }
    return bound;
  }

  private MemoryReport report(Map<Arena, Long> sizes, long batch) {
    long peak = 0;
    for (var size : sizes.entrySet()) {
      peak += size.getValue() * size.getKey().scale(batch);
    }
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
    return new MemoryReport(batch, peak, most, variables);
  }
}
