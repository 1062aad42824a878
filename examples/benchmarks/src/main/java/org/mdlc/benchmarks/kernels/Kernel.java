package org.mdlc.benchmarks.kernels;

/** Something that computes the same again and again, from memory to memory. */
interface Kernel extends AutoCloseable {
  void run();

  /** Frees its memory. */
  @Override
  void close();
}
