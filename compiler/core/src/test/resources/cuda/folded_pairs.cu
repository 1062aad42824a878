// Kernels of folded_pairs.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel        threads  blocks
//   folded_pairs  256      (6 * batch + 255) / 256

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
folded_pairs(const float* x, float* y, int* place, int batch) {
  const int point = blockIdx.x * 256 + threadIdx.x;
  if (point >= 6 * batch) return;
  const int i2 = point % 3;
  const int i1 = point / 3 % 2;
  const int i0 = point / 6;
  const float x_0 = x[8LL * ((6LL * i0 + 3LL * i1 + i2) / 6LL) + ((3LL * i1 + i2) % 4LL)];
  const int index_1 = 3 * i1 + i2 - 2;
  const int div_3 = mdlc::floor_div(index_1, 3);
  const int mod_4 = mdlc::floor_mod(index_1, 3);
  const int mul_5 = mdlc::mul(div_3, mod_4);
  y[6LL * i0 + 3LL * i1 + i2] = x_0;
  place[6LL * i0 + 3LL * i1 + i2] = mul_5;
}
MDLC_EXPORT(folded_pairs)
