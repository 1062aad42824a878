package org.mdlc.benchmarks.kernels;

import java.util.Arrays;
import org.mdlc.compiler.report.Work;

/** The update of 262,144 weights by Adam, beside a plain Java loop over arrays. */
public class AdamBenchmark extends KernelBenchmark {
  private static final int WEIGHTS = 262_144;
  private static final String MDL =
      """
      model Update {
        input w: f32[1024], g: f32[1024], m: f32[1024], v: f32[1024]
        let next_m = m + (g - m) * 0.1
        let next_v = v + (g * g - v) * 0.001
        output new_m = next_m, new_v = next_v, new_w = w - 0.001 * next_m / (sqrt(next_v) + 1e-7)
      }
      """;

  @Override
  Kernel ours() {
    return CompiledKernel.of(MDL, WEIGHTS / 1024);
  }

  @Override
  Kernel theirs() {
    return new Loop();
  }

  @Override
  Work work() {
    return CompiledKernel.work(MDL, WEIGHTS / 1024);
  }

  private static final class Loop implements Kernel {
    private final float[] w = halves();
    private final float[] g = halves();
    private final float[] m = halves();
    private final float[] v = halves();
    private final float[] newW = halves();
    private final float[] newM = halves();
    private final float[] newV = halves();

    private static float[] halves() {
      var array = new float[WEIGHTS];
      Arrays.fill(array, 0.5f);
      return array;
    }

    @Override
    public void run() {
      for (int i = 0; i < WEIGHTS; i++) {
        float nextM = m[i] + (g[i] - m[i]) * 0.1f;
        float nextV = v[i] + (g[i] * g[i] - v[i]) * 0.001f;
        newM[i] = nextM;
        newV[i] = nextV;
        newW[i] = w[i] - 0.001f * nextM / ((float) Math.sqrt(nextV) + 1e-7f);
      }
    }

    @Override
    public void close() {} // arrays
  }
}
