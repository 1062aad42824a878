package org.mdlc.runtime.kernel;

/** An operation of oneDNN, built for fixed shapes, bound to addresses, run many times. */
public interface DnnOperation extends AutoCloseable {
  /** How many bytes of scratch memory a run needs; their contents mean nothing between runs. */
  long scratchBytes();

  /** Runs on the bound addresses. Allocates nothing. */
  void run();

  /** Frees the native objects. The operation must not run afterwards. */
  @Override
  void close();
}
