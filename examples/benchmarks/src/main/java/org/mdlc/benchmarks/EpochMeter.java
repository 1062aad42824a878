package org.mdlc.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.mdlc.runtime.Callback;
import org.mdlc.runtime.Logs;

/** Measures how much of each epoch is spent in steps, the copies into them included. */
final class EpochMeter implements Callback {
  private static final double NANOS = 1e9;

  /**
   * One epoch.
   *
   * @param stepSeconds between the begin and the end of batches
   * @param cpuSeconds of all threads of the process
   */
  record Epoch(double wallSeconds, double stepSeconds, double cpuSeconds) {
    double busy() {
      return stepSeconds / wallSeconds;
    }
  }

  private final List<Epoch> epochs = new ArrayList<>();
  private long epochStart;
  private long cpuStart;
  private long batchStart;
  private long stepNanos;

  /** The epochs measured last. */
  List<Epoch> last(int count) {
    return List.copyOf(epochs.subList(epochs.size() - count, epochs.size()));
  }

  @Override
  public void onEpochBegin(int epoch) {
    epochStart = System.nanoTime();
    cpuStart = cpuNanos();
    stepNanos = 0;
  }

  @Override
  public void onTrainBatchBegin(int batch) {
    batchStart = System.nanoTime();
  }

  @Override
  public void onTrainBatchEnd(int batch, Logs logs) {
    stepNanos += System.nanoTime() - batchStart;
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    epochs.add(
        new Epoch(
            (System.nanoTime() - epochStart) / NANOS,
            stepNanos / NANOS,
            (cpuNanos() - cpuStart) / NANOS));
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }
}
