package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.plan.Program.Meeting;

/**
 * Finds places for blocks by best fit, for several orders of the blocks and then some random
 * exchanges in the best of them; the smallest plan wins.
 *
 * <p>The blocks of the fixed arena and those of the row arena are placed together. The sizes of the
 * latter grow with the batch, so there is no one order of both in memory; but fixed blocks can grow
 * from the bottom and rows from the top, and the two need to be apart only as far as blocks are alive
 * at the same time:
 *
 * <pre>
 *   fixed:  [ a    ][ b ]                         a meets r, b meets s: the rows begin at
 *   rows:            [ r       ][ s  ]            max(end of a - start of r, end of b - start of s)
 * </pre>
 */
final class FitBlocks {
  /** Exchanges tried after the fixed orders: a fraction of a second for a thousand buffers. */
  private static final int TRIES = 200;

  private static final int TRIES_TOGETHER = 400;
  private static final long TRIES_FOR_LARGE_PLANS = 200_000;

  /**
   * Places of the blocks of one arena.
   *
   * @param order in which they were fitted
   */
  record Plan(List<Block> order, Map<Block, Long> offsets, long size) {
    long end(Block block) {
      return Known.in(offsets, block) + block.size;
    }

    /** The same seen from the other end. */
    private Plan mirrored() {
      var turned = new HashMap<Block, Long>();
      offsets.forEach((block, offset) -> turned.put(block, size - offset - block.size));
      return new Plan(order, turned, size);
    }
  }

  /**
   * Places in the fixed and the row arena.
   *
   * @param meetings how far apart they must be
   */
  record Both(Plan fixed, Plan rows, List<Meeting> meetings) {}

  private FitBlocks() {}

  /** One behind the other, whenever they are alive. */
  static Plan stacked(List<Block> blocks) {
    var offsets = new HashMap<Block, Long>();
    long size = 0;
    for (var block : blocks) {
      offsets.put(block, size);
      size += block.size;
    }
    return new Plan(blocks, offsets, size);
  }

  /** The rows behind the fixed blocks. */
  static Both apart(Plan fixed, Plan rows) {
    return new Both(
        fixed, rows, fixed.size() == 0 ? List.of() : List.of(new Meeting(fixed.size(), 0)));
  }

  /** The blocks of one arena. */
  static Plan alone(List<Block> blocks) {
    long bound = bound(blocks, 0);
    var best = fitted(blocks);
    for (var order : orders(blocks)) {
      var plan = fitted(order);
      if (plan.size() < best.size()) {
        best = plan;
      }
    }
    var random = new Random(blocks.size());
    for (long i = tries(TRIES, blocks.size()); i > 0 && best.size() > bound; i--) {
      var plan = fitted(exchanged(best.order(), random));
      if (plan.size() <= best.size()) {
        best = plan;
      }
    }
    return best;
  }

  /**
   * The blocks of the fixed and of the row arena.
   *
   * @param batch that the memory is to be small for; it is right for all
   */
  static Both together(List<Block> fixed, List<Block> rows, long batch) {
    long scale = Arena.ROW.scale(batch);
    var all = new ArrayList<>(fixed);
    all.addAll(rows);
    long bound = bound(all, batch);
    var apart = new Pair(alone(fixed), alone(rows), scale);
    if (fixed.isEmpty() || rows.isEmpty()) {
      return apart(apart.fixed, apart.rows);
    }
    var best =
        apart
            .orBetter(new Pair(apart.fixed, near(rows, fixed, apart.rows), scale))
            .orBetter(
                new Pair(near(fixed, rows, apart.fixed), near(rows, fixed, apart.rows), scale));
    var random = new Random(all.size());
    for (long i = tries(TRIES_TOGETHER, all.size()); i > 0 && best.peak > bound; i--) {
      boolean ofRows = random.nextInt(all.size()) < rows.size();
      best =
          best.orBetter(
              ofRows
                  ? new Pair(best.fixed, fitted(exchanged(best.rows.order(), random)), scale)
                  : new Pair(fitted(exchanged(best.fixed.order(), random)), best.rows, scale));
    }
    if (best.peak == apart.sizes) {
      return apart(apart.fixed, apart.rows);
    }
    var turned = best.rows.mirrored();
    return new Both(best.fixed, turned, meetings(best.fixed, turned));
  }

  /** Plans of both arenas, both from the bottom, and what they need together. */
  private static final class Pair {
    final Plan fixed;
    final Plan rows;
    final long peak;
    private final long sizes;

    Pair(Plan fixed, Plan rows, long scale) {
      this.fixed = fixed;
      this.rows = rows;
      long most = Math.max(fixed.size(), rows.size() * scale);
      for (var block : fixed.order()) {
        for (var row : rows.order()) {
          if (block.meets(row)) {
            most = Math.max(most, fixed.end(block) + rows.end(row) * scale);
          }
        }
      }
      peak = most;
      sizes = fixed.size() + rows.size() * scale;
    }

    Pair orBetter(Pair other) {
      boolean isBetter = other.peak < peak || other.peak == peak && other.sizes <= sizes;
      return isBetter ? other : this;
    }
  }

  /** First come the blocks that are alive with most of the other arena: they lie lowest. */
  private static Plan near(List<Block> blocks, List<Block> others, Plan otherwise) {
    var beside = new HashMap<Block, Long>();
    for (var block : blocks) {
      long most = 0;
      for (var moment : others) {
        if (moment.meets(block)) {
          int at = Math.max(moment.first, block.first);
          most =
              Math.max(
                  most,
                  others.stream()
                      .filter(o -> o.first <= at && at <= o.last)
                      .mapToLong(o -> o.size)
                      .sum());
        }
      }
      beside.put(block, most);
    }
    var place = new HashMap<Block, Integer>();
    otherwise.order().forEach(block -> place.put(block, place.size()));
    return fitted(
        blocks.stream()
            .sorted(
                Comparator.comparingLong((Block b) -> -Known.in(beside, b))
                    .thenComparingInt(b -> Known.in(place, b)))
            .toList());
  }

  /** Where a fixed block ends and a row begins that are alive together; only what matters. */
  private static List<Meeting> meetings(Plan fixed, Plan rows) {
    var all = new ArrayList<Meeting>();
    all.add(new Meeting(fixed.size(), rows.size())); // behind the rows lies what is always needed
    for (var block : fixed.order()) {
      for (var row : rows.order()) {
        if (block.meets(row)) {
          all.add(new Meeting(fixed.end(block), Known.in(rows.offsets(), row)));
        }
      }
    }
    return all.stream()
        .distinct()
        .filter(m -> m.fixedEnd() > 0 && all.stream().noneMatch(other -> other.covers(m)))
        .sorted(Comparator.comparingLong(Meeting::rowOffset))
        .toList();
  }

  private static List<List<Block>> orders(List<Block> blocks) {
    var bySize = Comparator.comparingLong((Block b) -> -b.size);
    var byArea = Comparator.comparingLong((Block b) -> -b.size * (b.last - b.first + 1));
    var byStart = Comparator.comparingInt((Block b) -> b.first);
    return List.of(
        blocks.stream().sorted(bySize.thenComparing(byStart)).toList(),
        blocks.stream().sorted(byArea.thenComparing(byStart)).toList(),
        blocks.stream().sorted(byStart.thenComparing(bySize)).toList());
  }

  private static long tries(int most, int blocks) {
    return blocks < 2 ? 0 : Math.min(most, TRIES_FOR_LARGE_PLANS / ((long) blocks * blocks + 1));
  }

  /** The same with one block at another place. */
  private static List<Block> exchanged(List<Block> order, Random random) {
    var changed = new ArrayList<>(order);
    var moved = changed.remove(random.nextInt(changed.size()));
    changed.add(random.nextInt(changed.size() + 1), moved);
    return changed;
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
    return new Plan(order, offsets, size);
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

  /**
   * The most that is alive at one time.
   *
   * @param batch for bytes; 0 for units of the scale
   */
  private static long bound(List<Block> blocks, long batch) {
    long bound = 0;
    for (var block : blocks) {
      long alive =
          blocks.stream()
              .filter(b -> b.first <= block.first && block.first <= b.last)
              .mapToLong(b -> b.size * (batch == 0 ? 1 : b.arena.scale(batch)))
              .sum();
      bound = Math.max(bound, alive);
    }
    return bound;
  }
}
