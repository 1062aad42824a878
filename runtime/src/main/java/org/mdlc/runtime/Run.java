package org.mdlc.runtime;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * How {@link Model#evaluate} and {@link Model#predict} go through their data. Each method changes
 * this object and returns it.
 */
public final class Run {
  private final int batchSize;
  int steps;
  Verbosity verbose = Verbosity.AUTO;
  final List<Callback> callbacks = new ArrayList<>();
  PrintStream output = standardOutput();

  private Run(int batchSize) {
    this.batchSize = batchSize;
  }

  /** Batches of that many rows; Keras's default is 32. */
  public static Run batchSize(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("batchSize is at least 1, not " + rows);
    }
    return new Run(rows);
  }

  /** Batches of {@link ModelSpec#usualBatch} rows, nothing printed; see {@link #steps}. */
  public static Run silent() {
    return new Run(0).verbose(Verbosity.SILENT);
  }

  /** Takes that many batches, from the first on; all unless set. */
  public Run steps(int batches) {
    if (batches < 1) {
      throw new IllegalArgumentException("steps is at least 1, not " + batches);
    }
    steps = batches;
    return this;
  }

  /** 0 where nobody gave one. */
  int givenBatchSize() {
    return batchSize;
  }

  int batchSize(ModelSpec spec, OptionalLong rows) {
    return batchSize(spec, batchSize, steps, rows);
  }

  /** Keras spreads the rows over the steps where nobody says how many rows a batch has. */
  static int batchSize(ModelSpec spec, int given, int steps, OptionalLong rows) {
    if (given > 0) {
      return given;
    }
    if (steps > 0 && rows.isPresent() && spec.fixedBatch() == 0) {
      return Math.toIntExact(Math.max(1, Math.ceilDiv(rows.getAsLong(), steps)));
    }
    return spec.usualBatch();
  }

  /** How much is printed; {@link Verbosity#AUTO} unless set. */
  public Run verbose(Verbosity verbosity) {
    verbose = verbosity;
    return this;
  }

  /** Adds callbacks, called in this order and before the progress bar. */
  public Run callbacks(Callback... added) {
    callbacks.addAll(List.of(added));
    return this;
  }

  /** Where progress is printed; the standard output, as UTF-8, unless set. */
  public Run output(PrintStream stream) {
    output = stream;
    return this;
  }

  // The bar is drawn with U+2501, which the default charset of a container often lacks.
  static PrintStream standardOutput() {
    return new PrintStream(System.out, true, StandardCharsets.UTF_8);
  }
}
