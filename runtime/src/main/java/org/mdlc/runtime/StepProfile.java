package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.kernel.DnnOperation;

/**
 * How long the step of a phase takes, and each of its parts. All times are medians over runs after a
 * warm-up; runs with a clock between the parts alternate with runs without.
 *
 * @param runs how many runs of each kind were counted
 * @param stepNanos a run without the clock
 * @param fillNanos copying a batch into the step before it runs
 * @param parts in the order of the program
 */
public record StepProfile(int runs, double stepNanos, double fillNanos, List<Part> parts) {
  private static final double NANOS = 1e9;

  /** More would take memory, and no longer change a median. */
  private static final int MOST_RUNS = 10_000;

  private static final int LEAST_RUNS = 3;

  /** Of the seconds asked for, the share that warms up. */
  private static final double WARM_UP = 0.5;

  /**
   * A part of a step.
   *
   * @param nanos of all rounds, where it stands in a loop
   * @param implementation what the library chose for it; empty where no library is called
   * @param reorders how often one run brings an operand into another layout for the library
   */
  public record Part(double nanos, Optional<String> implementation, int reorders) {}

  /** Copies the list. */
  public StepProfile {
    parts = List.copyOf(parts);
  }

  /**
   * Runs the step of a phase again and again. Training moves the weights while it is measured.
   *
   * @param model compiled to be timed, so that its steps are {@link TimedStep}s
   * @param phase {@link Phase#TRAIN}, {@link Phase#EVALUATE} or {@link Phase#PREDICT}
   * @param stage of training, from 0
   * @param rows what the step gets, batch after batch and then from the start: at least one batch
   * @param batch rows of a batch
   * @param seconds how long to run, at least; the first half warms up
   * @throws IllegalArgumentException if the model was not compiled to be timed
   */
  public static StepProfile measure(
      Model model, Phase phase, int stage, ArrayDataset rows, int batch, double seconds) {
    if (rows.rows() < batch) {
      throw new IllegalArgumentException(
          "a batch of " + batch + " rows does not fit in data of " + rows.rows());
    }
    model.adaptIfMissing(rows);
    Step step = step(model, phase, stage, batch);
    if (!(step instanceof TimedStep timed)) {
      throw new IllegalArgumentException(
          model.spec().name() + " was compiled without a clock between its steps");
    }
    return new Measuring(timed, feed(model, phase, rows), rows.rows() / batch).run(seconds);
  }

  /**
   * The step of a phase alone, filled with one batch, for a benchmark: what it returns runs it once.
   * It allocates nothing and must not run after the model was closed.
   *
   * @param phase {@link Phase#TRAIN}, {@link Phase#EVALUATE} or {@link Phase#PREDICT}
   * @param stage of training, from 0
   * @param rows one batch
   */
  public static Runnable stepOf(Model model, Phase phase, int stage, ArrayDataset rows) {
    Step step = step(model, phase, stage, rows.rows());
    feed(model, phase, rows).fill(step, null, 0);
    return step::run;
  }

  private static Step step(Model model, Phase phase, int stage, int batch) {
    return phase == Phase.TRAIN ? model.trainingStep(stage, batch) : model.step(phase, batch);
  }

  private static Feed feed(Model model, Phase phase, ArrayDataset rows) {
    return phase == Phase.PREDICT ? Feed.unlabelled(model, rows) : Feed.labelled(model, rows);
  }

  private static final class Measuring {
    private final TimedStep step;
    private final Feed feed;
    private final int batches;
    private int next;
    private final List<long[]> byPart = new ArrayList<>();
    private final List<Long> whole = new ArrayList<>();
    private final List<Long> filling = new ArrayList<>();

    Measuring(TimedStep step, Feed feed, int batches) {
      this.step = step;
      this.feed = feed;
      this.batches = batches;
    }

    StepProfile run(double seconds) {
      for (long start = System.nanoTime(); secondsSince(start) < seconds * WARM_UP; ) {
        round();
      }
      byPart.clear();
      whole.clear();
      filling.clear();
      long start = System.nanoTime();
      while (whole.size() < LEAST_RUNS
          || whole.size() < MOST_RUNS && secondsSince(start) < seconds * (1 - WARM_UP)) {
        round();
      }
      List<Part> parts = new ArrayList<>();
      for (int i = 0; i < step.parts(); i++) {
        int part = i;
        double nanos = median(byPart.stream().mapToLong(run -> run[part]).toArray());
        parts.add(part(nanos, step.operation(i)));
      }
      return new StepProfile(whole.size(), median(longs(whole)), median(longs(filling)), parts);
    }

    private static Part part(double nanos, Optional<DnnOperation> operation) {
      return new Part(
          nanos,
          operation.map(DnnOperation::implementation),
          operation.map(DnnOperation::reorders).orElse(0));
    }

    /** One run with the clock and one without. */
    private void round() {
      fill();
      byPart.add(step.runTimed());
      long start = System.nanoTime();
      fill();
      long filled = System.nanoTime();
      step.run();
      whole.add(System.nanoTime() - filled);
      filling.add(filled - start);
    }

    private void fill() {
      feed.fill(step, null, next * step.batch());
      next = (next + 1) % batches;
    }

    private static double secondsSince(long start) {
      return (System.nanoTime() - start) / NANOS;
    }

    private static long[] longs(List<Long> values) {
      return values.stream().mapToLong(Long::longValue).toArray();
    }

    private static double median(long[] values) {
      Arrays.sort(values);
      int middle = values.length / 2;
      return values.length % 2 == 1
          ? values[middle]
          : (values[middle - 1] + values[middle]) / 2.0;
    }
  }
}
