package org.mdlc.runtime.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The most that this machine does on all threads of the {@link Team}, as measured.
 *
 * @param gigaflops 1e9 operations on floats per second; a multiply-add is two
 * @param gigabytesPerSecond 1e9 bytes read and written per second, of memory that no cache holds
 */
public record Peaks(double gigaflops, double gigabytesPerSecond) {
  private static final int ROUNDS = 12;
  private static final int COPIES = 4;
  private static final int FMAS = 200_000;

  /** More than the caches of one chip hold, read and written. */
  private static final long COPIED_BYTES = 128L << 20;

  private static final int BYTES_MOVED_PER_BYTE = 2;

  /**
   * Measures for about half a second: multiply-adds in registers, and a copy from memory to memory.
   *
   * @return nothing in a JVM without the Vector API, whose kernels come nowhere near
   */
  public static Optional<Peaks> measure() {
    return VectorApi.isPresent()
        ? Optional.of(new Peaks(measureGigaflops(), measureGigabytesPerSecond()))
        : Optional.empty();
  }

  private static double measureGigaflops() {
    Team team = Team.get();
    var sums = new float[team.size()];
    Team.Work work = (_, part) -> sums[part] = VectorPeak.multiplyAdd(FMAS);
    long best = best(ROUNDS, () -> timed(() -> team.run(work, 0, team.size())));
    for (float sum : sums) {
      if (!Float.isFinite(sum)) {
        throw new KernelException("multiply-adds that tend to a limit gave " + sum);
      }
    }
    return (double) FMAS * VectorPeak.FLOPS * team.size() / best;
  }

  private static double measureGigabytesPerSecond() {
    Team team = Team.get();
    long share = COPIED_BYTES / team.size() & -64;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment from = arena.allocate(share * team.size(), 64).fill((byte) 1);
      MemorySegment to = arena.allocate(share * team.size(), 64);
      Team.Work work = (_, part) -> MemorySegment.copy(from, part * share, to, part * share, share);
      long best = best(COPIES, () -> timed(() -> team.run(work, 0, team.size())));
      return (double) share * team.size() * BYTES_MOVED_PER_BYTE / best;
    }
  }

  /** The least of several rounds: others on the machine only ever make it longer. */
  private static long best(int rounds, LongSupplier nanos) {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < rounds; round++) {
      best = Math.min(best, nanos.getAsLong());
    }
    return Math.max(1, best);
  }

  private static long timed(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return System.nanoTime() - start;
  }
}
