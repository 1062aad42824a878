package org.mdlc.benchmarks.kernels;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.report.Work;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One family of kernels: what mdlc makes of it, and something to compare it with. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules",
      "jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED"
    })
public abstract class KernelBenchmark {
  private @Nullable Kernel mdlc;
  private @Nullable Kernel other;

  /** As mdlc compiles it. */
  abstract Kernel ours();

  /** The same by oneDNN or, where it has no such thing, as a plain Java loop. */
  abstract Kernel theirs();

  /** What one run computes and moves. */
  abstract Work work();

  /** Builds both. */
  @Setup
  public void build() {
    mdlc = ours();
    other = theirs();
  }

  /** Frees both. */
  @TearDown
  public void free() {
    if (mdlc != null) {
      mdlc.close();
    }
    if (other != null) {
      other.close();
    }
  }

  /** The kernel of mdlc. */
  @Benchmark
  public void mdlc() {
    if (mdlc != null) {
      mdlc.run();
    }
  }

  /** What it is compared with. */
  @Benchmark
  public void other() {
    if (other != null) {
      other.run();
    }
  }
}
