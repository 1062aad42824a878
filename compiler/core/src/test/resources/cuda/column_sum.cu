// Kernels of column_sum.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel      threads  blocks
//   column_sum  32       1

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(32)
column_sum(const float* x, float* y, int batch) {
  const int i0 = blockIdx.x * 32 + threadIdx.x;
  if (i0 >= 19) return;
  float sum_1 = 0.0f;
  for (int i1 = 0; i1 < batch; i1++) {
    const float x_0 = x[19LL * i1 + i0];
    sum_1 = sum_1 + x_0;
  }
  y[i0] = sum_1;
}
MDLC_EXPORT(column_sum)
