package org.mdlc.benchmarks.kernels;

import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_erf;

import org.mdlc.compiler.report.Work;

/** A chain of operations on each element: the exact GELU of [256, 1024]. */
public class ElementwiseBenchmark extends KernelBenchmark {
  private static final String MDL = "model Chain { input x: f32[1024]  output y = gelu(x) }";
  private static final int ROWS = 256;

  @Override
  Kernel ours() {
    return CompiledKernel.of(MDL, ROWS);
  }

  @Override
  Kernel theirs() {
    return OneDnn.eltwise(dnnl_eltwise_gelu_erf, ROWS, 1024);
  }

  @Override
  Work work() {
    return CompiledKernel.work(MDL, ROWS);
  }
}
