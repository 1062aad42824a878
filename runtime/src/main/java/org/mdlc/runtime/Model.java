package org.mdlc.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.kernel.VectorApi;
import org.mdlc.runtime.preprocessing.StringLayer;
import org.mdlc.runtime.random.NumpyRandom;
import org.mdlc.runtime.random.PythonRandom;

/**
 * A model with its variables: trains, evaluates, predicts, saves and loads. Generated classes
 * extend it; what they add are the steps. Methods and numbers are those of Keras's {@code Model}
 * under the JAX backend: {@code create(42)} starts like {@code keras.utils.set_random_seed(42)}
 * followed by the same model in Keras.
 *
 * <p>A model holds memory outside the Java heap: close it. It is used by one thread at a time.
 */
public abstract class Model implements AutoCloseable {
  // Enough for the full and the last batch of three phases, with room for a change of batch size.
  private static final int MAX_STEPS = 16;

  private final ModelSpec spec;
  private final Variables variables;
  private final Map<String, StringLayer> stringLayers = new LinkedHashMap<>();
  private final Map<StepKey, Step> steps = new LinkedHashMap<>(16, 0.75f, true);
  private PythonRandom seedDraws = new PythonRandom(0);
  private long seed;
  private NumpyRandom shuffleDraws = new NumpyRandom(0);
  private @Nullable String kerasConfig;
  private boolean metricsBuilt;
  private boolean closed;
  private boolean adapted;
  private volatile boolean stopTraining;
  private volatile boolean stoppedFromOutside;
  private volatile @Nullable Thread trainer;
  private int stage;

  /** Allocates the variables; the generated {@code create} then calls {@link #initialize}. */
  protected Model(ModelSpec spec) {
    this.spec = spec;
    this.variables = new Variables(spec);
    stringLayers.putAll(spec.stringLayers());
  }

  /**
   * Generated classes whose kernels use the Vector API call this first.
   *
   * @throws IllegalStateException in a JVM that was started without it
   */
  protected final void requireVectorApi() {
    if (!VectorApi.isPresent()) {
      throw new IllegalStateException(
          spec.name()
              + " was compiled for the Vector API: start Java with --add-modules "
              + VectorApi.MODULE
              + ", or compile the model with --no-vector, which is several times slower");
    }
  }

  /**
   * Builds the program of one phase for one batch size. Called once for each pair; the model closes
   * the step.
   *
   * @param batch number of rows of a batch; 1 for {@link Phase#INITIALIZE}
   * @throws IllegalStateException if the model has no such phase; see {@link #noPhase}
   */
  protected abstract Step newStep(Phase phase, int batch);

  /**
   * The stage of the {@code train} block, from 0, for which {@link #newStep} is to build a training
   * program.
   */
  protected final int stage() {
    return stage;
  }

  /** The variables that the {@link Phase#ADAPT} program updates; none without one. */
  protected List<String> adaptedStates() {
    return List.of();
  }

  /** What the {@code train} block of the model says; Keras's defaults where it is silent. */
  public Fit defaults() {
    return Fit.epochs(1);
  }

  /** What the model takes, gives and keeps. */
  public final ModelSpec spec() {
    return spec;
  }

  /**
   * What the model is made of, and the memory and arithmetic that it needs; Keras's {@code
   * summary}. A model compiled from mdl knows its layers, one written in Java only its parameters.
   *
   * <pre>{@code
   * model.summary().print(System.out);
   * }</pre>
   */
  public Summary summary() {
    return Summary.builder(spec.name())
        .parameters(spec.trainableCount(), spec.nonTrainableCount(), spec.optimizerCount())
        .build();
  }

  /** The variables, by name. */
  public final Variables variables() {
    return variables;
  }

  /**
   * The layer over strings at a path, with its vocabulary once there is one.
   *
   * @throws IllegalArgumentException if there is none
   */
  public final StringLayer stringLayer(String path) {
    StringLayer layer = stringLayers.get(path);
    if (layer == null) {
      throw new IllegalArgumentException(
          spec.name()
              + " has no layer over strings at "
              + path
              + "; it has "
              + String.join(", ", stringLayers.keySet()));
    }
    return layer;
  }

  final Map<String, StringLayer> stringLayers() {
    return stringLayers;
  }

  /**
   * Sets every variable to its initial value and starts the random generators, as {@code
   * keras.utils.set_random_seed} followed by building the model.
   *
   * @param newSeed from 0 to 2^32 - 1
   * @throws IllegalArgumentException for any other seed
   */
  public final void initialize(long newSeed) {
    shuffleDraws = new NumpyRandom(newSeed);
    seedDraws = new PythonRandom(newSeed);
    seed = newSeed;
    metricsBuilt = false;
    adapted = false;
    variables.initialize(seedDraws);
    stringLayers.putAll(spec.stringLayers());
    try (Step initialize = newStep(Phase.INITIALIZE, 1)) {
      initialize.run();
    }
  }

  /**
   * Lets the layers that the {@code train} block adapts learn from data, in its order, and before
   * them those over text whose vocabulary is not given; Keras's {@code adapt}. They begin anew, and
   * all in one run: a layer behind another sees what that one gives while it still learns. {@link
   * #fit} does so with its training rows where nobody has, and no weights were loaded.
   *
   * @param data an array or text for each input, by name; others are ignored
   * @throws DataException if the data does not fit the model
   */
  public final void adapt(Dataset data) {
    Map<String, StringLayer> learned = HostSteps.adapted(spec, stringLayers, data, true);
    if (adaptedStates().isEmpty() && learned.isEmpty()) {
      throw new IllegalStateException(
          spec.name() + " adapts no layer; name one in its train block: adapt normalization");
    }
    stringLayers.putAll(learned);
    if (!adaptedStates().isEmpty()) {
      new TrainingLoop(this).adapt(data);
    }
    adapted = true;
  }

  /** {@link #adapt} of the layers that have not learned yet. */
  final void adaptIfMissing(Dataset data) {
    stringLayers.putAll(HostSteps.adapted(spec, stringLayers, data, false));
    if (!adapted && !adaptedStates().isEmpty()) {
      new TrainingLoop(this).adapt(data);
    }
    adapted = true;
  }

  /**
   * Trains the model; Keras's {@code fit}. Layers that the {@code train} block adapts are adapted
   * first, unless they are.
   *
   * @param data an array for each input and target, by name, and one {@code <target>_weight} for
   *     each target whose examples do not count alike; see {@link ModelSpec#weights}
   * @return the metrics of every epoch
   * @throws DataException if the data does not fit the model
   */
  public final History fit(Dataset data, Fit options) {
    requireTrains("trained");
    startTraining();
    return new TrainingLoop(this).fit(data, options);
  }

  /**
   * Loss and metrics over all rows, in inference mode; Keras's {@code evaluate}.
   *
   * @param data an array for each input and target, and for each {@code <target>_weight} if there
   *     are weights, by name
   * @throws DataException if the data does not fit the model
   */
  public final Logs evaluate(Dataset data, Run options) {
    requireTrains("evaluated");
    return new TrainingLoop(this).evaluate(data, options);
  }

  /**
   * {@link #evaluate(Dataset, Run)} by batches of {@link ModelSpec#usualBatch} rows, printing
   * nothing.
   */
  public final Logs evaluate(Dataset data) {
    return evaluate(data, Run.silent());
  }

  /**
   * The outputs for all rows, in inference mode; Keras's {@code predict}.
   *
   * @param data an array for each input, by name; others are ignored
   * @return an array for each output, by name
   * @throws DataException if the data does not fit the model
   */
  public final ArrayDataset predict(Dataset data, Run options) {
    return new TrainingLoop(this).predict(data, options);
  }

  /**
   * {@link #predict(Dataset, Run)} by batches of {@link ModelSpec#usualBatch} rows, printing
   * nothing.
   */
  public final ArrayDataset predict(Dataset data) {
    return predict(data, Run.silent());
  }

  /**
   * One training step on all rows as one batch; the metrics are of this batch alone. Keras's {@code
   * train_on_batch}.
   */
  public final Logs trainOnBatch(ArrayDataset batch) {
    requireTrains("trained");
    return new TrainingLoop(this).onBatch(Phase.TRAIN, batch);
  }

  /**
   * Loss and metrics of all rows as one batch, in inference mode; Keras's {@code test_on_batch}.
   */
  public final Logs testOnBatch(ArrayDataset batch) {
    requireTrains("evaluated");
    return new TrainingLoop(this).onBatch(Phase.EVALUATE, batch);
  }

  /** The outputs for all rows as one batch, in inference mode; Keras's {@code predict_on_batch}. */
  public final ArrayDataset predictOnBatch(ArrayDataset batch) {
    return new TrainingLoop(this).predictOnBatch(batch);
  }

  /**
   * Ends {@link #fit} after the batch at hand, with the events that end an epoch and training;
   * Keras's {@code stop_training}. For callbacks and, with {@link #interruptTraining} as the only
   * methods of a model, for any thread.
   */
  public final void stopTraining() {
    if (!Thread.currentThread().equals(trainer)) {
      stoppedFromOutside = true;
    }
    stopTraining = true;
  }

  /**
   * {@link #stopTraining} for somebody outside, who asked for it before training began: {@link
   * BackupAndRestore} keeps its backup, so that training may go on.
   */
  public final void interruptTraining() {
    stoppedFromOutside = true;
    stopTraining = true;
  }

  /**
   * Writes parameters and layer state; Keras's {@code save_weights}. The end of the name says how:
   *
   * <ul>
   *   <li>{@code .safetensors} and {@code .npz}: named by their paths
   *   <li>{@code .weights.h5}: as Keras 3 does, with the state of the optimizer, for {@code
   *       load_weights} of the same model in Keras
   *   <li>{@code .keras}: the whole model, as {@link #saveKeras}, once {@link #describeForKeras}
   *       has told how Keras describes it; before that, into a model that is there already, in
   *       place of its weights
   * </ul>
   *
   * @throws DataException if the name ends otherwise
   * @throws IOException if the file cannot be written; an older file is then left as it was. Or if
   *     the model has no description and there is no {@code .keras} file with one
   */
  public final void saveWeights(Path file) throws IOException {
    WeightFiles.save(this, file);
  }

  /**
   * Checks the name of a file for {@link #saveWeights} before the work that it is to hold.
   *
   * @throws DataException if it does not end as one of the kinds that can be written
   */
  public static void requireWritable(Path file) {
    WeightsKind.toWrite(file);
  }

  /**
   * Writes a {@code .keras} file, which Keras opens with {@code load_model}: a description of the
   * model as Keras reads it, and its weights and the state of the optimizer.
   *
   * @param config the text of {@code config.json}
   * @throws DataException if the name does not end in {@code .keras}
   */
  public final void saveKeras(Path file, String config) throws IOException {
    WeightFiles.saveKeras(this, file, config);
  }

  /**
   * Tells how Keras describes this model, so that {@link #saveWeights} and {@link ModelCheckpoint}
   * write whole models into {@code .keras} files, as Keras's {@code save} does.
   *
   * @param config the text of {@code config.json}
   */
  public final void describeForKeras(String config) {
    kerasConfig = config;
  }

  final Optional<String> kerasConfig() {
    return Optional.ofNullable(kerasConfig);
  }

  /** {@link #loadWeights(Path, Load)} of all weights. */
  public final LoadReport loadWeights(Path file) throws IOException {
    return loadWeights(file, Load.strict());
  }

  /**
   * Reads parameters and layer state; Keras's {@code load_weights}. Files are those of {@link
   * #saveWeights}, also where Keras wrote them, and Keras 2's {@code .h5}. The state of the
   * optimizer is read where a file of Keras has that of the same optimizer. Either all are replaced
   * or, on an error, none.
   *
   * @return what was loaded and what was not
   * @throws DataException if the name ends otherwise, if the file is malformed, or if it does not
   *     fit the model and the options do not allow that
   */
  public final LoadReport loadWeights(Path file, Load options) throws IOException {
    return WeightFiles.load(this, file, options);
  }

  /**
   * Reads the parameters and state of one layer from a file with the weights of that layer alone:
   * where they are named, from that layer on, {@code kernel} for {@code base/kernel}; where they
   * are those of a model in Keras, {@code layer} is that model. Either all are replaced or, on an
   * error, none.
   *
   * @param layer path of the layer
   * @throws DataException if the file is malformed, or lacks a weight, or has one of another shape
   */
  public final LoadReport loadWeights(Path file, String layer) throws IOException {
    return WeightFiles.loadLayer(this, file, layer);
  }

  /**
   * Writes everything training depends on as {@code .safetensors}: weights, optimizer state, random
   * generators, metric sums.
   */
  public final void saveCheckpoint(Path file) throws IOException {
    Checkpoints.saveAll(this, file);
  }

  /**
   * Continues where {@link #saveCheckpoint} was called, to the last bit.
   *
   * @throws DataException if the file is not a checkpoint of this model
   */
  public final LoadReport loadCheckpoint(Path file) throws IOException {
    return Checkpoints.loadAll(this, file);
  }

  /** Frees the steps and the variables; once more does nothing. What needs them then fails. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      steps.values().forEach(Step::close);
      steps.clear();
      variables.close();
    }
  }

  /** The exception for a phase that the model was not compiled with. */
  protected final IllegalStateException noPhase(Phase phase) {
    String which = phase == Phase.TRAIN ? "TRAIN of stage " + stage : phase.toString();
    return new IllegalStateException(spec.name() + " was compiled without the phase " + which);
  }

  /** The program of a phase for a batch size, built when first needed and kept. */
  final Step step(Phase phase, int batch) {
    return step(phase, 0, batch);
  }

  /** The training program of a stage for a batch size, built when first needed and kept. */
  final Step trainingStep(int stage, int batch) {
    return step(Phase.TRAIN, stage, batch);
  }

  /** What the model was last initialized with. */
  final long seed() {
    return seed;
  }

  final PythonRandom seedDraws() {
    return seedDraws;
  }

  final NumpyRandom shuffleDraws() {
    return shuffleDraws;
  }

  final void reseedShuffle(long seed) {
    shuffleDraws = new NumpyRandom(seed);
  }

  /** Whether Keras would build its metrics now, which it does once, on the first labelled batch. */
  final boolean buildMetrics() {
    boolean first = !metricsBuilt;
    metricsBuilt = true;
    return first;
  }

  final boolean metricsBuilt() {
    return metricsBuilt;
  }

  final void metricsBuilt(boolean built) {
    metricsBuilt = built;
  }

  /** All weights were loaded, and what was learned with them. */
  final void weightsLoaded() {
    adapted = true;
  }

  private void startTraining() {
    trainer = Thread.currentThread();
    stoppedFromOutside = false;
    stopTraining = false;
  }

  /** Whether a thread that does not train ended training. */
  final boolean isStoppedFromOutside() {
    return stoppedFromOutside;
  }

  final boolean isStopped() {
    return stopTraining;
  }

  private Step step(Phase phase, int ofStage, int batch) {
    if (closed) { // a step reads the variables by their address
      throw new IllegalStateException(spec.name() + " is closed");
    }
    if (spec.fixedBatch() > 0 && batch > spec.fixedBatch()) {
      throw new DataException(
          spec.name()
              + " takes batches of at most "
              + spec.fixedBatch()
              + " rows, as its input declares, and this one has "
              + batch);
    }
    StepKey key = new StepKey(phase, ofStage, batch);
    Step step = steps.get(key);
    if (step == null) {
      dropOldSteps();
      stage = key.stage();
      step = newStep(phase, batch);
      steps.put(key, step);
    }
    return step;
  }

  private void dropOldSteps() {
    Iterator<Step> leastRecentFirst = steps.values().iterator();
    while (steps.size() >= MAX_STEPS) {
      leastRecentFirst.next().close();
      leastRecentFirst.remove();
    }
  }

  private void requireTrains(String what) {
    if (!spec.trains()) {
      throw new IllegalStateException(spec.name() + " has no train block, so it cannot be " + what);
    }
  }

  private record StepKey(Phase phase, int stage, int batch) {}
}
