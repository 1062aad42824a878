package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** Goes through data by batches, in the order of events of Keras's JAX trainer. */
final class TrainingLoop {
  private static final int ADAPT_BATCH = 128; // as many as Keras takes of single rows

  private final Model model;
  private final ModelSpec spec;

  TrainingLoop(Model model) {
    this.model = model;
    this.spec = model.spec();
  }

  History fit(ArrayDataset data, Fit options) {
    ArrayDataset trained = data;
    ArrayDataset validated = options.validationData;
    if (validated == null && options.validationSplit > 0) {
      ArrayDataset.Split split = data.split(options.validationSplit);
      trained = split.first();
      validated = split.last();
    }
    model.adaptIfMissing(trained);
    Feed feed = Feed.labelled(model, trained, options.classWeights);
    Feed validation = validated == null ? null : Feed.labelled(model, validated);
    options.seed.ifPresent(model::reseedShuffle);
    skipPermutationOfMetricBuild(feed, options);

    int steps = Math.ceilDiv(feed.rows(), options.batchSize(spec));
    History history = new History();
    List<Callback> callbacks = new ArrayList<>(options.callbacks);
    callbacks.add(history);
    int verbose = options.verbose.level();
    if (verbose > 0) {
      callbacks.add(new ProgbarLogger(options.verbose, options.output));
    }
    Callbacks all = new Callbacks(callbacks);
    all.start(model, new Callback.Params(verbose, options.epochs, steps));
    trainEpochs(feed, validation, options, all);
    return history;
  }

  void adapt(ArrayDataset data) {
    Feed feed = Feed.unlabelled(model, data);
    model.variables().reset(model.adaptedStates());
    int size = spec.fixedBatch() > 0 ? spec.fixedBatch() : ADAPT_BATCH;
    for (int first = 0; first < feed.rows(); first += size) {
      Step step = model.step(Phase.ADAPT, Math.min(size, feed.rows() - first));
      feed.fill(step, null, first);
      step.run();
    }
  }

  Logs evaluate(ArrayDataset data, Run options) {
    Feed feed = Feed.labelled(model, data);
    model.buildMetrics();
    Callbacks all = callbacks(feed, options);
    return evaluate(feed, options.batchSize(spec), all);
  }

  ArrayDataset predict(ArrayDataset data, Run options) {
    Feed feed = Feed.unlabelled(model, data);
    Callbacks all = callbacks(feed, options);
    List<HostTensor> outputs = new ArrayList<>();
    for (TensorSpec output : spec.outputs()) {
      int[] shape =
          IntStream.concat(
                  IntStream.of(feed.rows()), output.shape().stream().mapToInt(Integer::intValue))
              .toArray();
      outputs.add(HostTensor.zeros(output.dtype(), shape));
    }
    all.onPredictBegin();
    int batch = 0;
    int size = options.batchSize(spec);
    for (int first = 0; first < feed.rows(); first += size) {
      all.onPredictBatchBegin(batch);
      Step step = model.step(Phase.PREDICT, Math.min(size, feed.rows() - first));
      feed.fill(step, null, first);
      step.run();
      for (int i = 0; i < outputs.size(); i++) {
        step.getOutput(i, outputs.get(i), first);
      }
      all.onPredictBatchEnd(batch++);
    }
    all.onPredictEnd();
    return named(outputs);
  }

  Logs onBatch(Phase phase, ArrayDataset data) {
    Feed feed = Feed.labelled(model, data);
    model.buildMetrics();
    model.variables().resetMetrics();
    Step step = model.step(phase, feed.rows());
    feed.fill(step, null, 0);
    step.run();
    return logs(step);
  }

  // Keras builds its metrics on a first batch that it takes from the shuffled data and drops. That
  // costs one permutation, and the next one is the order of the first epoch.
  private void skipPermutationOfMetricBuild(Feed feed, Fit options) {
    if (model.buildMetrics() && options.shuffle) {
      model.shuffleDraws().permutation(feed.rows());
    }
  }

  private void trainEpochs(Feed feed, @Nullable Feed validation, Fit options, Callbacks all) {
    int validationBatch = options.validationBatchSize(spec);
    Logs logs = Logs.empty();
    model.startTraining();
    all.onTrainBegin();
    for (int epoch = options.initialEpoch; epoch < options.epochs; epoch++) {
      model.variables().resetMetrics();
      all.onEpochBegin(epoch);
      Map<String, Double> values = new TreeMap<>(trainEpoch(feed, options, all).values());
      if (validation != null && (epoch + 1) % options.validationFreq == 0) {
        evaluate(validation, validationBatch, all)
            .values()
            .forEach((name, value) -> values.put("val_" + name, value));
      }
      logs = Logs.of(values);
      all.onEpochEnd(epoch, logs);
      if (model.isStopped()) {
        break;
      }
    }
    if (options.initialEpoch < options.epochs) {
      takeAverages(options.stage);
    }
    all.onTrainEnd(logs);
  }

  /** With {@code use_ema}, the weights that training ends with are the averages of those it had. */
  private void takeAverages(int stage) {
    Variables variables = model.variables();
    for (ModelSpec.Average average : spec.averages()) {
      if (average.stage() == stage) {
        variables.set(average.weight(), variables.get(average.average()));
      }
    }
  }

  private Logs trainEpoch(Feed feed, Fit options, Callbacks all) {
    int @Nullable [] order = options.shuffle ? model.shuffleDraws().permutation(feed.rows()) : null;
    Logs logs = Logs.empty();
    int batch = 0;
    int size = options.batchSize(spec);
    for (int first = 0; first < feed.rows(); first += size) {
      all.onTrainBatchBegin(batch);
      Step step = model.trainingStep(options.stage, Math.min(size, feed.rows() - first));
      feed.fill(step, order, first);
      step.run();
      logs = logs(step);
      all.onTrainBatchEnd(batch++, logs);
      if (model.isStopped()) {
        break;
      }
    }
    return logs;
  }

  private Logs evaluate(Feed feed, int batchSize, Callbacks all) {
    all.onTestBegin();
    model.variables().resetMetrics();
    Logs logs = Logs.empty();
    int batch = 0;
    for (int first = 0; first < feed.rows(); first += batchSize) {
      all.onTestBatchBegin(batch);
      Step step = model.step(Phase.EVALUATE, Math.min(batchSize, feed.rows() - first));
      feed.fill(step, null, first);
      step.run();
      logs = logs(step);
      all.onTestBatchEnd(batch++, logs);
    }
    all.onTestEnd(logs);
    return logs;
  }

  private Callbacks callbacks(Feed feed, Run options) {
    List<Callback> callbacks = new ArrayList<>(options.callbacks);
    int verbose = options.verbose.level();
    if (verbose > 0) {
      callbacks.add(new ProgbarLogger(options.verbose, options.output));
    }
    Callbacks all = new Callbacks(callbacks);
    all.start(
        model, new Callback.Params(verbose, 1, Math.ceilDiv(feed.rows(), options.batchSize(spec))));
    return all;
  }

  private Logs logs(Step step) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < spec.metrics().size(); i++) {
      values.put(spec.metrics().get(i).name(), (double) step.metric(i));
    }
    return Logs.of(values);
  }

  private ArrayDataset named(List<HostTensor> outputs) {
    Map<String, HostTensor> columns = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      columns.put(spec.outputs().get(i).name(), outputs.get(i));
    }
    return ArrayDataset.of(columns);
  }
}
