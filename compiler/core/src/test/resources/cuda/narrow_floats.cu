// Kernels of narrow_floats.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel         threads  blocks
//   narrow_floats  256      (batch + 255) / 256

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
narrow_floats(const float* x, float* y, int batch) {
  const int i0 = blockIdx.x * 256 + threadIdx.x;
  if (i0 >= batch) return;
  const float x_0 = x[i0];
  const float tobf16_1 = mdlc::nearest_bf16(x_0);
  const float tof16_2 = mdlc::nearest_f16(x_0);
  y[2LL * i0] = tobf16_1;
  y[2LL * i0 + 1LL] = tof16_2;
}
MDLC_EXPORT(narrow_floats)
