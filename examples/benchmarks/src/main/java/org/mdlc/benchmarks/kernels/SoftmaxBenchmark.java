package org.mdlc.benchmarks.kernels;

import org.mdlc.compiler.report.Work;

/** Softmax of the rows of [1024, 256]. */
public class SoftmaxBenchmark extends KernelBenchmark {
  private static final String MDL = "model Rows { input x: f32[256]  output y = softmax(x) }";
  private static final int ROWS = 1024;

  @Override
  Kernel ours() {
    return CompiledKernel.of(MDL, ROWS);
  }

  @Override
  Kernel theirs() {
    return OneDnn.softmax(ROWS, 256);
  }

  @Override
  Work work() {
    return CompiledKernel.work(MDL, ROWS);
  }
}
