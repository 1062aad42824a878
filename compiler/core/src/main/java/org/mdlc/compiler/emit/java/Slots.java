package org.mdlc.compiler.emit.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which registers of a kernel printed in blocks lie in scratch memory, and in which block there.
 *
 * <p>A first printing records when registers are defined and used; the second one asks. Time is
 * counted by region (a stretch of code without loops around blocks) and moment within it: one
 * moment is either one loop over a block or one call. A register used in the loop that defines it
 * needs no memory; one used in another region keeps its block for good; others share blocks when
 * their times do not overlap.
 */
final class Slots {
  /** As many elements as the runtime reserves, {@code Lanes.BLOCK_ELEMENTS}. */
  static final int ELEMENTS = 6144;

  private static final int LONGEST = 512;

  /** No kernel gains from blocks shorter than a few vectors. */
  private static final int SHORTEST = 64;

  private record Moment(int region, int time) {}

  private static final class Life {
    final Moment from;
    int until;
    boolean stored;
    boolean everywhere;

    Life(Moment from) {
      this.from = from;
      this.until = from.time();
    }
  }

  private final Map<Integer, Life> lives = new TreeMap<>();
  private final Set<Moment> calls = new HashSet<>();
  private final Map<Integer, Integer> slots = new HashMap<>();
  private int count;
  private boolean closed;

  /** A register gets its value at this moment. */
  void define(int register, int region, int time) {
    if (!closed) {
      lives.put(register, new Life(new Moment(region, time)));
    }
  }

  /** A register gets its value in memory at this moment, whoever reads it. */
  void store(int register, int region, int time) {
    define(register, region, time);
    life(register).stored = true;
  }

  /** A register is read at this moment. */
  void use(int register, int region, int time) {
    var life = life(register);
    life.everywhere |= life.from.region() != region;
    life.stored |= life.everywhere || life.from.time() != time;
    life.until = Math.max(life.until, time);
  }

  /** At this moment a block function runs: it may write where it reads. */
  void call(int region, int time) {
    calls.add(new Moment(region, time));
  }

  private Life life(int register) {
    return Objects.requireNonNull(lives.get(register), () -> "r" + register);
  }

  /** Ends the recording and gives out the blocks. */
  void close() {
    closed = true;
    lives.forEach(
        (register, life) -> {
          if (life.stored && life.everywhere) {
            slots.put(register, count++);
          }
        });
    int shared = count;
    var regions = new TreeSet<Integer>();
    lives.values().forEach(l -> regions.add(l.from.region()));
    for (int region : regions) {
      count = Math.max(count, shared + share(region, shared));
    }
  }

  /** Gives blocks from {@code first} on to the registers of one region; returns how many. */
  private int share(int region, int first) {
    var passing = new ArrayList<Map.Entry<Integer, Life>>();
    for (var entry : lives.entrySet()) {
      var life = entry.getValue();
      if (life.stored && !life.everywhere && life.from.region() == region) {
        passing.add(entry);
      }
    }
    passing.sort(java.util.Comparator.comparingInt(e -> e.getValue().from.time()));
    List<Integer> busyUntil = new ArrayList<>();
    for (var entry : passing) {
      var life = entry.getValue();
      int slot = 0;
      while (slot < busyUntil.size() && !isFree(busyUntil.get(slot), life.from)) {
        slot++;
      }
      if (slot == busyUntil.size()) {
        busyUntil.add(life.until);
      } else {
        busyUntil.set(slot, life.until);
      }
      slots.put(entry.getKey(), first + slot);
    }
    return busyUntil.size();
  }

  private boolean isFree(int busyUntil, Moment from) {
    return busyUntil < from.time() || (busyUntil == from.time() && calls.contains(from));
  }

  boolean isStored(int register) {
    return slots.containsKey(register);
  }

  /** Elements per block: a power of two. */
  int blockLength() {
    int length = LONGEST;
    while (length > SHORTEST && length * count > ELEMENTS) {
      length /= 2;
    }
    return length;
  }

  /** Whether all blocks have room at their shortest. */
  boolean fit() {
    return blockLength() * count <= ELEMENTS;
  }

  /** The address at which the block of a register begins, as a long expression. */
  String address(int register) {
    int offset = closed ? 4 * blockLength() * slot(register) : 0;
    return offset == 0 ? "blocks" : "blocks + " + offset;
  }

  private int slot(int register) {
    return Objects.requireNonNull(slots.get(register), () -> "r" + register);
  }
}
