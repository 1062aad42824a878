// Kernels of dropout.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel   threads  blocks
//   dropout  256      (5 * batch + 255) / 256

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
dropout(const u32* key, const float* x, int* kept, float* y, int batch) {
  const int n0 = 5 * batch;
  const int i0 = blockIdx.x * 256 + threadIdx.x;
  if (i0 >= n0) return;
  const u32 key_0 = key[0];
  const u32 key_1 = key[1];
  const float uniform_2 = mdlc::uniform(key_0, key_1, i0, 0.0f, 1.0f);
  const bool ge_4 = uniform_2 >= 0.25f;
  const float x_5 = x[i0];
  const float div_7 = x_5 / 0.75f;
  const float select_9 = ge_4 ? div_7 : 0.0f;
  kept[i0] = ge_4 ? 1 : 0;
  y[i0] = select_9;
}
MDLC_EXPORT(dropout)
