package org.mdlc.benchmarks.kernels;

import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_exp;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_erf;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_tanh;

import org.mdlc.compiler.report.Work;
import org.openjdk.jmh.annotations.Param;

/** Functions of each element of [256, 1024]; oneDNN has erf only inside of its GELU. */
public class FunctionBenchmark extends KernelBenchmark {
  private static final int ROWS = 256;

  /** In mdl. */
  @Param({"exp", "tanh", "erf"})
  public String function = "";

  private String mdl() {
    return "model Each { input x: f32[1024]  output y = " + function + "(x) }";
  }

  @Override
  Kernel ours() {
    return CompiledKernel.of(mdl(), ROWS);
  }

  @Override
  Kernel theirs() {
    return OneDnn.eltwise(
        switch (function) {
          case "exp" -> dnnl_eltwise_exp;
          case "tanh" -> dnnl_eltwise_tanh;
          default -> dnnl_eltwise_gelu_erf;
        },
        ROWS,
        1024);
  }

  @Override
  Work work() {
    return CompiledKernel.work(mdl(), ROWS);
  }
}
