package org.mdlc.runtime;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.Dataset;

/**
 * How {@link Model#fit} trains; the arguments of Keras's {@code fit}, with its defaults. Each
 * method changes this object and returns it.
 */
public final class Fit {
  int epochs;
  private int batchSize;
  private int validationBatchSize;
  private int validationFreq = 1;
  private Set<Integer> validationEpochs = Set.of();
  int initialEpoch;
  int stage;
  int stepsPerEpoch;
  int validationSteps;
  Shuffle shuffle = Shuffle.ROWS;
  OptionalLong seed = OptionalLong.empty();
  @Nullable Dataset validationData;
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
   * Rows of a batch; unless set {@link ModelSpec#usualBatch} or, with {@link #stepsPerEpoch}, as
   * many as spread the rows over the steps. The last batch of an epoch has what is left.
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

  /**
   * Whether every epoch takes the rows of arrays in a new random order; true unless set. Data of
   * another kind has the order that it was made with.
   */
  public Fit shuffle(boolean inRandomOrder) {
    shuffle = inRandomOrder ? Shuffle.ROWS : Shuffle.NONE;
    return this;
  }

  /**
   * Shuffles rows inside their batches only.
   *
   * @param how {@code "batch"}
   * @throws IllegalArgumentException for any other word
   */
  public Fit shuffle(String how) {
    if (!how.equals("batch")) {
      throw new IllegalArgumentException(
          "shuffle is true, false or \"batch\", not \"" + how + "\"");
    }
    shuffle = Shuffle.BATCHES;
    return this;
  }

  /**
   * Batches of an epoch. The next epoch goes on where this one ended; where the data ends before,
   * so does the epoch, with a warning. Unless set, an epoch is all the data.
   */
  public Fit stepsPerEpoch(int batches) {
    stepsPerEpoch = requireAtLeast(1, batches, "stepsPerEpoch");
    return this;
  }

  /** Seeds the order of the rows anew; unless set, it follows from the seed of the model. */
  public Fit seed(long newSeed) {
    seed = OptionalLong.of(newSeed);
    return this;
  }

  /** Evaluates this data after each epoch; goes before {@link #validationSplit}. */
  public Fit validationData(Dataset data) {
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

  /** Batches of a validation, from the first on; unless set, it takes all the data. */
  public Fit validationSteps(int batches) {
    validationSteps = requireAtLeast(1, batches, "validationSteps");
    return this;
  }

  /** Validates after every {@code everyEpochs}-th epoch; 1 unless set. */
  public Fit validationFreq(int everyEpochs) {
    validationFreq = requireAtLeast(1, everyEpochs, "validationFreq");
    validationEpochs = Set.of();
    return this;
  }

  /** Validates after these epochs, counted from 1 as Keras counts them here. */
  public Fit validationFreq(List<Integer> epochsFromOne) {
    epochsFromOne.forEach(epoch -> requireAtLeast(1, epoch, "an epoch of validationFreq"));
    validationEpochs = new TreeSet<>(epochsFromOne);
    validationFreq = 0;
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

  /** Whether an epoch, counted from 0, ends with validation. */
  boolean validatesAfter(int epoch) {
    return validationFreq == 0
        ? validationEpochs.contains(epoch + 1)
        : (epoch + 1) % validationFreq == 0;
  }

  /** 0 where nobody gave one. */
  int givenBatchSize() {
    return batchSize;
  }

  /**
   * 0 where nobody gave one.
   *
   * @param batched whether the validation data comes in batches, for which {@link #batchSize} is
   *     not meant
   */
  int givenValidationBatchSize(boolean batched) {
    return validationBatchSize > 0 || batched ? validationBatchSize : batchSize;
  }

  int batchSize(ModelSpec spec, OptionalLong rows) {
    return Run.batchSize(spec, batchSize, stepsPerEpoch, rows);
  }

  int validationBatchSize(ModelSpec spec, OptionalLong rows) {
    int given = validationBatchSize > 0 ? validationBatchSize : batchSize;
    return Run.batchSize(spec, given, validationSteps, rows);
  }

  /** What decides how training goes, besides model, data and number of epochs. */
  Map<String, String> describe() {
    Map<String, String> described = new LinkedHashMap<>();
    described.put("batch size", batchSize == 0 ? "default" : Integer.toString(batchSize));
    described.put("steps per epoch", stepsPerEpoch == 0 ? "all" : Integer.toString(stepsPerEpoch));
    described.put("shuffle", shuffle.name().toLowerCase(Locale.ROOT));
    described.put("seed", seed.isPresent() ? Long.toString(seed.getAsLong()) : "of the model");
    described.put("initial epoch", Integer.toString(initialEpoch));
    described.put("stage", Integer.toString(stage));
    described.put(
        "class weights",
        classWeights.entrySet().stream()
            .map(entry -> entry.getKey() + " " + Arrays.toString(entry.getValue()))
            .collect(Collectors.joining(", ")));
    described.put(
        "validation batch size",
        validationBatchSize == 0 ? "default" : Integer.toString(validationBatchSize));
    described.put(
        "validation steps", validationSteps == 0 ? "all" : Integer.toString(validationSteps));
    described.put(
        "validation after epochs",
        validationFreq == 0 ? validationEpochs.toString() : "every " + validationFreq);
    return described;
  }

  private static int requireAtLeast(int minimum, int value, String name) {
    if (value < minimum) {
      throw new IllegalArgumentException(name + " is at least " + minimum + ", not " + value);
    }
    return value;
  }
}
