package org.mdlc.runtime.kernel;

/** An operation of oneDNN, built for fixed shapes, bound to addresses, run many times. */
public interface DnnOperation extends AutoCloseable {
  /** How many bytes of scratch memory a run needs; their contents mean nothing between runs. */
  long scratchBytes();

  /** Runs on the bound addresses. Allocates nothing. */
  void run();

  /** What runs: one of oneDNN's implementations such as {@code brg_matmul:avx512_core}, or Java. */
  String implementation();

  /** How often a run brings an operand into the layout that the library prefers, or back. */
  default int reorders() {
    return 0;
  }

  /** Frees the native objects. The operation must not run afterwards. */
  @Override
  void close();
}
