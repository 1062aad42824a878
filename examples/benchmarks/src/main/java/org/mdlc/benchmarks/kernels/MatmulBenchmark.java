package org.mdlc.benchmarks.kernels;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.mdlc.compiler.report.Work;
import org.mdlc.runtime.kernel.Layout;
import org.mdlc.runtime.kernel.Matmul;
import org.mdlc.runtime.kernel.Memory;
import org.openjdk.jmh.annotations.Param;

/** Products of matrices, m x k x n: small ones, which mdlc does in Java, and large ones. */
public class MatmulBenchmark extends KernelBenchmark {
  /** Sizes. */
  @Param({"32x64x10", "32x32x32", "128x512x10", "128x784x512"})
  public String shape = "";

  private long[] sizes() {
    return Arrays.stream(shape.split("x")).mapToLong(Long::parseLong).toArray();
  }

  @Override
  Kernel ours() {
    return new Product(sizes());
  }

  @Override
  Kernel theirs() {
    long[] sizes = sizes();
    return OneDnn.matmul(sizes[0], sizes[1], sizes[2]);
  }

  @Override
  Work work() {
    long m = sizes()[0];
    long k = sizes()[1];
    long n = sizes()[2];
    return new Work(2 * m * k * n, Float.BYTES * (m * k + k * n), Float.BYTES * m * n);
  }

  private static final class Product implements Kernel {
    private final Arena arena = Arena.ofShared();
    private final Matmul matmul;

    Product(long[] sizes) {
      long m = sizes[0];
      long k = sizes[1];
      long n = sizes[2];
      matmul = new Matmul("product", Layout.of(m, k), Layout.of(k, n), Layout.of(m, n));
      matmul.bind(
          zeros(Float.BYTES * m * k),
          zeros(Float.BYTES * k * n),
          zeros(Float.BYTES * m * n),
          zeros(matmul.scratchBytes()));
    }

    private long zeros(long bytes) {
      return arena.allocate(bytes + Memory.SLACK, 64).address();
    }

    @Override
    public void run() {
      matmul.run();
    }

    @Override
    public void close() {
      matmul.close();
      arena.close();
    }
  }
}
