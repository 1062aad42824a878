package org.mdlc.runtime;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.kernel.DnnOperation;

/**
 * A step that can tell how long each of its parts takes, for {@link StepProfile}. The compiler makes
 * such steps when it is asked for them; all others pay nothing.
 *
 * <p>Parts are the steps of the program by their position: a loop stands before those that it
 * repeats, and their times are the sums over all rounds.
 */
public abstract class TimedStep extends Step {
  private final long[] nanos;
  private final @Nullable DnnOperation[] operations;
  private boolean timing;
  private long last;

  /**
   * As {@link Step#Step}.
   *
   * @param parts how many parts there are
   */
  protected TimedStep(
      Variables variables,
      int batch,
      long fixedBytes,
      long rowBytes,
      long squareBytes,
      int parts) {
    super(variables, batch, fixedBytes, rowBytes, squareBytes);
    this.nanos = new long[parts];
    this.operations = new DnnOperation[parts];
  }

  /** To be called when a run begins. */
  protected final void begin() {
    if (timing) {
      last = System.nanoTime();
    }
  }

  /** To be called behind part {@code part}: what has passed since the last call was its time. */
  protected final void mark(int part) {
    if (timing) {
      long now = System.nanoTime();
      nanos[part] += now - last;
      last = now;
    }
  }

  /** To be called once for each part that runs a library operation. */
  protected final void calls(int part, DnnOperation operation) {
    operations[part] = operation;
  }

  /** The library operation that part {@code part} runs; nothing where it is anything else. */
  final Optional<DnnOperation> operation(int part) {
    return Optional.ofNullable(operations[part]);
  }

  final int parts() {
    return nanos.length;
  }

  /**
   * One run with the clock.
   *
   * @return nanoseconds by part
   */
  final long[] runTimed() {
    Arrays.fill(nanos, 0);
    timing = true;
    try {
      run();
    } finally {
      timing = false;
    }
    return nanos.clone();
  }
}
