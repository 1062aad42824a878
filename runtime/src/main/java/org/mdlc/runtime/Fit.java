package org.mdlc.runtime;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;

/**
 * How {@link Model#fit} trains; the arguments of Keras's {@code fit}, with its defaults. Each
 * method changes this object and returns it.
 */
public final class Fit {
  int epochs;
  private int batchSize;
  private int validationBatchSize;
  int validationFreq = 1;
  int initialEpoch;
  int stage;
  boolean shuffle = true;
  OptionalLong seed = OptionalLong.empty();
  @Nullable ArrayDataset validationData;
  double validationSplit;
  Verbosity verbose = Verbosity.AUTO;
  final List<Callback> callbacks = new ArrayList<>();
  final Map<String, double[]> classWeights = new LinkedHashMap<>();
  PrintStream output = Run.standardOutput();

  private Fit(int epochs) {
    this.epochs = epochs;
  }

  /** Trains for that many epochs, with Keras's defaults for everything else. */
  public static Fit epochs(int epochs) {
    return new Fit(requireAtLeast(0, epochs, "epochs"));
  }

  /** Changes the number of epochs. */
  public Fit withEpochs(int newEpochs) {
    epochs = requireAtLeast(0, newEpochs, "epochs");
    return this;
  }

  /**
   * Rows of a batch; {@link ModelSpec#usualBatch} unless set. The last batch of an epoch has what
   * is left.
   */
  public Fit batchSize(int rows) {
    batchSize = requireAtLeast(1, rows, "batchSize");
    return this;
  }

  /** Which stage of the {@code train} block to run, from 0; the first unless set. */
  public Fit stage(int index) {
    stage = requireAtLeast(0, index, "stage");
    return this;
  }

  /** Whether every epoch takes the rows in a new random order; true unless set. */
  public Fit shuffle(boolean inRandomOrder) {
    shuffle = inRandomOrder;
    return this;
  }

  /** Seeds the order of the rows anew; unless set, it follows from the seed of the model. */
  public Fit seed(long newSeed) {
    seed = OptionalLong.of(newSeed);
    return this;
  }

  /** Evaluates this data after each epoch; goes before {@link #validationSplit}. */
  public Fit validationData(ArrayDataset data) {
    validationData = data;
    return this;
  }

  /** Sets the last part of the rows aside before shuffling, and evaluates it after each epoch. */
  public Fit validationSplit(double fraction) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new IllegalArgumentException("validationSplit lies in [0, 1), not " + fraction);
    }
    validationSplit = fraction;
    return this;
  }

  /** Rows of a validation batch; as {@link #batchSize} unless set. */
  public Fit validationBatchSize(int rows) {
    validationBatchSize = requireAtLeast(1, rows, "validationBatchSize");
    return this;
  }

  /** Validates after every {@code everyEpochs}-th epoch; 1 unless set. */
  public Fit validationFreq(int everyEpochs) {
    validationFreq = requireAtLeast(1, everyEpochs, "validationFreq");
    return this;
  }

  /** The epoch to start from, when training is continued. */
  public Fit initialEpoch(int epoch) {
    initialEpoch = requireAtLeast(0, epoch, "initialEpoch");
    return this;
  }

  /** How much is printed; {@link Verbosity#AUTO} unless set. */
  public Fit verbose(Verbosity verbosity) {
    verbose = verbosity;
    return this;
  }

  /** Adds callbacks, called in this order and before the history and the progress bar. */
  public Fit callbacks(Callback... added) {
    callbacks.addAll(List.of(added));
    return this;
  }

  /**
   * Lets an example count as much as its class says: its weight (from the data, or 1) is multiplied
   * by that of its class. Validation is not affected. The model needs {@code sample_weight} for
   * this target in its train block.
   *
   * @param target the name of the target
   * @param weights a number for class 0, for class 1 and so on; a class without one counts 1
   */
  public Fit classWeight(String target, double... weights) {
    for (double weight : weights) {
      if (!(weight >= 0)) {
        throw new IllegalArgumentException("a class weight is 0 or more, not " + weight);
      }
    }
    classWeights.put(target, weights.clone());
    return this;
  }

  /** Where progress is printed; the standard output, as UTF-8, unless set. */
  public Fit output(PrintStream stream) {
    output = stream;
    return this;
  }

  int batchSize(ModelSpec spec) {
    return batchSize > 0 ? batchSize : spec.usualBatch();
  }

  int validationBatchSize(ModelSpec spec) {
    return validationBatchSize > 0 ? validationBatchSize : batchSize(spec);
  }

  private static int requireAtLeast(int minimum, int value, String name) {
    if (value < minimum) {
      throw new IllegalArgumentException(name + " is at least " + minimum + ", not " + value);
    }
    return value;
  }
}
