package org.mdlc.benchmarks.kernels;

import org.mdlc.compiler.report.Work;

/** Layer normalization of the rows of [1024, 256], with scale and shift. */
public class LayerNormalizationBenchmark extends KernelBenchmark {
  private static final String MDL =
      "model Rows { input x: f32[256]  output y = x |> LayerNormalization() }";
  private static final int ROWS = 1024;
  private static final float EPSILON = 1e-3f;

  @Override
  Kernel ours() {
    return CompiledKernel.of(MDL, ROWS);
  }

  @Override
  Kernel theirs() {
    return OneDnn.layerNormalization(EPSILON, ROWS, 256);
  }

  @Override
  Work work() {
    return CompiledKernel.work(MDL, ROWS);
  }
}
