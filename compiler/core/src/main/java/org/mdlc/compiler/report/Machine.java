package org.mdlc.compiler.report;

/**
 * The most that a machine can do.
 *
 * @param gigaflops 1e9 float operations per second
 * @param gigabytesPerSecond 1e9 bytes between processor and memory per second
 */
public record Machine(double gigaflops, double gigabytesPerSecond) {
  public Machine {
    if (!(gigaflops > 0) || !(gigabytesPerSecond > 0)) {
      throw new IllegalArgumentException("a machine does more than nothing per second");
    }
  }

  /**
   * The time that work takes at least, in nanoseconds: that of its arithmetic or that of its
   * traffic, whichever is longer, as if every byte came from memory and none from a cache.
   */
  public double floorNanos(Work work) {
    return Math.max(work.flops() / gigaflops, work.bytes() / gigabytesPerSecond);
  }

  /** Whether arithmetic, not memory, is what the work waits for. */
  public boolean isBoundByArithmetic(Work work) {
    return work.flops() / gigaflops >= work.bytes() / gigabytesPerSecond;
  }
}
