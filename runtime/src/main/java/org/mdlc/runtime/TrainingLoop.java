package org.mdlc.runtime;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.Dataset;

/** Goes through data by batches, in the order of events of Keras's JAX trainer. */
final class TrainingLoop {
  private static final int ADAPT_BATCH = 128; // as many as Keras takes of single rows

  private final Model model;
  private final ModelSpec spec;

  /** The metrics in the order of their names, in which {@link Logs} has them. */
  private final int[] metricsByName;

  TrainingLoop(Model model) {
    this.model = model;
    this.spec = model.spec();
    metricsByName =
        IntStream.range(0, spec.metrics().size())
            .boxed()
            .sorted(Comparator.comparing(i -> spec.metrics().get(i).name()))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  History fit(Dataset data, Fit options) {
    Dataset trained = data;
    Dataset validated = options.validationData;
    if (validated == null && options.validationSplit > 0) {
      ArrayDataset.Split split = arrays(data).split(options.validationSplit);
      trained = split.first();
      validated = split.last();
    }
    SpecCheck.labelled(spec, trained.spec());
    if (validated != null) {
      SpecCheck.labelled(spec, validated.spec());
    }
    model.adaptIfMissing(trained);
    Batches batches = trainingBatches(trained, options);
    Batches validation = validated == null ? null : validationBatches(validated, options);
    options.seed.ifPresent(model::reseedShuffle);
    if (model.buildMetrics() && options.shuffle != Shuffle.NONE) {
      batches.dropOrder();
    }
    return new Training(model, options, batches, validation, trained, validated).run();
  }

  private static ArrayDataset arrays(Dataset data) {
    if (data instanceof ArrayDataset arrays) {
      return arrays;
    }
    throw new IllegalArgumentException(
        "validationSplit takes rows of arrays; give validationData, or split the data set before");
  }

  private Batches trainingBatches(Dataset data, Fit options) {
    if (data instanceof ArrayDataset arrays) {
      Feed feed = Feed.labelled(model, arrays, options.classWeights);
      int size = options.batchSize(spec, OptionalLong.of(feed.rows()));
      return new ArrayBatches(feed, size, options.shuffle, model::shuffleDraws);
    }
    boolean shuffle = options.shuffle != Shuffle.NONE;
    return DatasetBatches.of(
        model, data, options.givenBatchSize(), true, options.classWeights, shuffle);
  }

  private Batches validationBatches(Dataset data, Fit options) {
    if (data instanceof ArrayDataset arrays) {
      Feed feed = Feed.labelled(model, arrays);
      int size = options.validationBatchSize(spec, OptionalLong.of(feed.rows()));
      return ArrayBatches.inOrder(feed, size);
    }
    int size = options.givenValidationBatchSize(data.batchSize().isPresent());
    return DatasetBatches.of(model, data, size, true, Map.of());
  }

  void adapt(Dataset data) {
    SpecCheck.unlabelled(spec, data.spec());
    int size = spec.fixedBatch() > 0 ? spec.fixedBatch() : ADAPT_BATCH;
    Batches batches =
        data instanceof ArrayDataset arrays
            ? ArrayBatches.inOrder(Feed.unlabelled(model, arrays), size)
            : DatasetBatches.of(
                model, data, data.batchSize().isPresent() ? 0 : size, false, Map.of());
    model.variables().reset(model.adaptedStates());
    try (Batches.Pass pass = batches.pass(0)) {
      for (int rows = pass.next(); rows > 0; rows = pass.next()) {
        Step step = model.step(Phase.ADAPT, rows);
        pass.fill(step);
        step.run();
      }
    }
  }

  Logs evaluate(Dataset data, Run options) {
    SpecCheck.labelled(spec, data.spec());
    Batches batches = batches(data, options, true);
    model.buildMetrics();
    return evaluate(batches, options.steps, 0, callbacks(batches, options), options.output);
  }

  private Batches batches(Dataset data, Run options, boolean labelled) {
    if (data instanceof ArrayDataset arrays) {
      Feed feed = labelled ? Feed.labelled(model, arrays) : Feed.unlabelled(model, arrays);
      return ArrayBatches.inOrder(feed, options.batchSize(spec, OptionalLong.of(feed.rows())));
    }
    return DatasetBatches.of(model, data, options.givenBatchSize(), labelled, Map.of());
  }

  /** Loss and metrics of {@code steps} batches of a pass; of all with 0. */
  Logs evaluate(Batches batches, int steps, int pass, Callbacks all, PrintStream output) {
    all.onTestBegin();
    model.variables().resetMetrics();
    Logs logs = Logs.empty();
    try (EpochIterator data = onePass(batches, steps, pass, output)) {
      int batch = 0;
      for (int rows = data.next(); rows > 0; rows = data.next()) {
        all.onTestBatchBegin(batch);
        Step step = model.step(Phase.EVALUATE, rows);
        data.fill(step);
        step.run();
        logs = logs(step);
        all.onTestBatchEnd(batch++, logs);
      }
    }
    all.onTestEnd(logs);
    return logs;
  }

  ArrayDataset predict(Dataset data, Run options) {
    SpecCheck.unlabelled(spec, data.spec());
    Batches batches = batches(data, options, false);
    Callbacks all = callbacks(batches, options);
    Outputs outputs = new Outputs(spec.outputs(), batches.rows());
    all.onPredictBegin();
    try (EpochIterator pass = onePass(batches, options.steps, 0, options.output)) {
      int batch = 0;
      for (int rows = pass.next(); rows > 0; rows = pass.next()) {
        all.onPredictBatchBegin(batch);
        Step step = model.step(Phase.PREDICT, rows);
        pass.fill(step);
        step.run();
        outputs.add(step);
        all.onPredictBatchEnd(batch++);
      }
    }
    all.onPredictEnd();
    return outputs.named();
  }

  private static EpochIterator onePass(Batches batches, int steps, int pass, PrintStream output) {
    EpochIterator data =
        new EpochIterator(batches, steps, () -> {}, () -> warn(output, EpochIterator.RAN_OUT));
    data.resume(new EpochIterator.Position(pass, 0, 0));
    return data;
  }

  static void warn(PrintStream output, String text) {
    output.print("warning: " + text + "\n");
  }

  Logs onBatch(Phase phase, ArrayDataset data) {
    Feed feed = Feed.labelled(model, data);
    model.buildMetrics();
    Step step = model.step(phase, feed.rows());
    feed.fill(step, null, 0);
    model.variables().resetMetrics();
    step.run();
    return logs(step);
  }

  ArrayDataset predictOnBatch(ArrayDataset data) {
    Feed feed = Feed.unlabelled(model, data);
    Step step = model.step(Phase.PREDICT, feed.rows());
    feed.fill(step, null, 0);
    step.run();
    Outputs outputs = new Outputs(spec.outputs(), OptionalLong.of(feed.rows()));
    outputs.add(step);
    return outputs.named();
  }

  private Callbacks callbacks(Batches batches, Run options) {
    List<Callback> callbacks = new ArrayList<>(options.callbacks);
    int verbose = options.verbose.level();
    if (verbose > 0) {
      callbacks.add(new ProgbarLogger(options.verbose, options.output));
    }
    Callbacks all = new Callbacks(callbacks);
    OptionalLong steps = options.steps > 0 ? OptionalLong.of(options.steps) : batches.count();
    all.start(model, new Callback.Params(verbose, 1, steps));
    return all;
  }

  /** What a step measured, over all rows since the metrics were reset. */
  Logs logs(Step step) {
    Logs logs = Logs.empty();
    for (int metric : metricsByName) {
      logs.put(spec.metrics().get(metric).name(), step.metric(metric));
    }
    return logs;
  }
}
