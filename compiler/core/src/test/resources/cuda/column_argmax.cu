// Kernels of column_argmax.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel         threads  blocks
//   column_argmax  32       1

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(32)
column_argmax(const int* x, int* y, int batch) {
  const int i0 = blockIdx.x * 32 + threadIdx.x;
  if (i0 >= 3) return;
  mdlc::Best<int> argmax_1_part = {0, -1};
  for (int i1 = 0; i1 < batch; i1++) {
    for (int i2 = 0; i2 < 4; i2++) {
      const int x_0 = x[12LL * i1 + 3LL * i2 + i0];
      argmax_1_part = mdlc::better<mdlc::Largest>(argmax_1_part, {x_0, i1 * 4 + i2});
    }
  }
  const int argmax_1 = argmax_1_part.at;
  y[i0] = argmax_1;
}
MDLC_EXPORT(column_argmax)
