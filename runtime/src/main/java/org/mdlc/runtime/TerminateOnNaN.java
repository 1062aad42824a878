package org.mdlc.runtime;

import java.io.PrintStream;

/** Ends training when the loss is not a number or infinite; Keras's {@code TerminateOnNaN}. */
public final class TerminateOnNaN implements Callback {
  private boolean raiseError;
  private PrintStream output = Run.standardOutput();
  private final CurrentModel current = new CurrentModel();

  /** Ends training quietly, with one line. */
  public TerminateOnNaN() {}

  /** Whether to throw a {@link TrainingException} in place of ending quietly. */
  public TerminateOnNaN raiseError(boolean raise) {
    raiseError = raise;
    return this;
  }

  /** Where it says what it does; the standard output unless set. */
  public TerminateOnNaN output(PrintStream stream) {
    output = stream;
    return this;
  }

  @Override
  public void setModel(Model model) {
    current.set(model);
  }

  @Override
  public void onTrainBatchEnd(int batch, Logs logs) {
    double loss = logs.get("loss").orElse(0);
    if (Double.isFinite(loss)) {
      return;
    }
    if (raiseError) {
      throw new TrainingException("the loss is " + loss + " at batch " + batch);
    }
    output.print("Batch " + batch + ": Invalid loss, terminating training\n");
    current.get().stopTraining();
  }
}
