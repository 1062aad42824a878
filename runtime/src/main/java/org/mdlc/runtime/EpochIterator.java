package org.mdlc.runtime;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes epochs of passes over data; Keras's {@code EpochIterator}. Without a number of steps an
 * epoch is a pass. With one, an epoch has that many batches, and the next epoch goes on where it
 * ended; where the data ends, the epoch ends too, with a warning.
 */
final class EpochIterator implements AutoCloseable {
  /** Keras's words. */
  static final String RAN_OUT =
      "Your input ran out of data; interrupting training. Make sure that your dataset or generator"
          + " can generate at least `steps_per_epoch * epochs` batches. You may need to use the"
          + " `.repeat()` function when building your dataset.";

  /**
   * Where the training data is.
   *
   * @param pass number of the pass at hand or, between passes, of the next one
   * @param batches of this pass that were taken
   * @param steps of the epoch at hand that were taken
   */
  record Position(int pass, long batches, long steps) {}

  private final Batches batches;
  private final int stepsPerEpoch;
  private final Runnable onPass;
  private final Runnable onRanOut;
  private OptionalLong passLength;
  private Batches.@Nullable Pass pass;
  private int passNumber;
  private long taken;
  private long steps;

  /**
   * @param stepsPerEpoch batches of an epoch; 0 for as many as there are
   * @param onPass called before a pass starts
   * @param onRanOut called where the data ends before the epoch
   */
  EpochIterator(Batches batches, int stepsPerEpoch, Runnable onPass, Runnable onRanOut) {
    this.batches = batches;
    this.stepsPerEpoch = stepsPerEpoch;
    this.onPass = onPass;
    this.onRanOut = onRanOut;
    this.passLength = batches.count();
  }

  /** Number of batches of an epoch, if it is known; it is once a pass has ended. */
  OptionalLong stepsOfEpoch() {
    return stepsPerEpoch > 0 ? OptionalLong.of(stepsPerEpoch) : passLength;
  }

  /** Starts an epoch. */
  void startEpoch(int epoch) {
    steps = 0;
    if (stepsPerEpoch == 0) {
      endPass();
      passNumber = epoch;
    }
  }

  /** Goes on in the middle of an epoch, or at its start, as if all before had been taken. */
  void resume(Position position) {
    endPass();
    passNumber = position.pass();
    steps = position.steps();
    if (position.batches() > 0) {
      Batches.Pass resumed = startPass();
      resumed.skip(position.batches());
      taken = position.batches();
    }
  }

  Position position() {
    return new Position(passNumber, taken, steps);
  }

  /**
   * The next batch of the epoch.
   *
   * @return its number of rows; 0 at the end of the epoch
   */
  int next() {
    if (stepsPerEpoch > 0 && steps == stepsPerEpoch) {
      finishPassIfComplete();
      return 0;
    }
    if (pass != null && isComplete()) {
      return endOfData();
    }
    Batches.Pass current = pass == null ? startPass() : pass;
    int rows = current.next();
    if (rows == 0) {
      passLength = OptionalLong.of(taken);
      if (steps > 0 || taken == 0) {
        return endOfData();
      }
      endPass(); // it ended with the epoch before, which nobody could know
      rows = startPass().next();
      if (rows == 0) {
        return endOfData(); // there is no other pass, as in a stream that gives its rows only once
      }
    }
    taken++;
    steps++;
    return rows;
  }

  /** Whether all batches of the epoch were taken, as far as their number is known. */
  boolean isEpochComplete() {
    return stepsPerEpoch > 0 ? steps == stepsPerEpoch : pass == null || isComplete();
  }

  /** Gives the batch at hand to a step. */
  void fill(Step step) {
    if (pass == null) {
      throw new IllegalStateException("no batch at hand");
    }
    pass.fill(step);
  }

  @Override
  public void close() {
    if (pass != null) {
      pass.close();
      pass = null;
    }
  }

  private int endOfData() {
    if (stepsPerEpoch > 0) {
      onRanOut.run();
    }
    endPass();
    return 0;
  }

  private boolean isComplete() {
    return passLength.isPresent() && taken >= passLength.getAsLong();
  }

  private void finishPassIfComplete() {
    if (pass != null && isComplete()) {
      endPass();
    }
  }

  private Batches.Pass startPass() {
    onPass.run();
    pass = batches.pass(passNumber);
    return pass;
  }

  private void endPass() {
    if (pass != null) {
      close();
      passNumber++;
    }
    taken = 0;
  }
}
