package org.mdlc.benchmarks.kernels;

import java.lang.foreign.Arena;
import java.util.random.RandomGenerator;
import org.mdlc.compiler.report.Work;
import org.mdlc.runtime.kernel.Memory;
import org.mdlc.runtime.kernel.VectorThreefry;

/** 65,536 random numbers by Threefry, beside as many of Java's quickest generator. */
public class ThreefryBenchmark extends KernelBenchmark {
  private static final int COUNT = 65_536;
  private static final int BLOCK = 512;
  private static final int OPERATIONS = 100; // of one number: 20 rounds of five operations

  @Override
  Kernel ours() {
    return new Threefry();
  }

  @Override
  Kernel theirs() {
    return new Java();
  }

  @Override
  Work work() {
    return new Work((long) OPERATIONS * COUNT, 0, (long) Float.BYTES * COUNT);
  }

  private static final class Threefry implements Kernel {
    private final Arena arena = Arena.ofShared();
    private final long numbers =
        arena.allocate((long) Float.BYTES * COUNT + Memory.SLACK, 64).address();

    @Override
    public void run() {
      for (int i = 0; i < COUNT; i += BLOCK) {
        VectorThreefry.uniform(1, 2, i, 1, 0, 1, numbers + (long) Float.BYTES * i, BLOCK);
      }
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  private static final class Java implements Kernel {
    private final RandomGenerator random = RandomGenerator.of("L32X64MixRandom");
    private final float[] numbers = new float[COUNT];

    @Override
    public void run() {
      for (int i = 0; i < COUNT; i++) {
        numbers[i] = random.nextFloat();
      }
    }

    @Override
    public void close() {} // an array
  }
}
