// Kernels of guarded_transpose.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel             threads  blocks
//   guarded_transpose  256      (13 * batch + 255) / 256

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
guarded_transpose(const float* x, float* y, int batch) {
  const int point = blockIdx.x * 256 + threadIdx.x;
  if (point >= 13 * batch) return;
  const int i1 = point % batch;
  const int i0 = point / batch;
  const float x_0 = x[13LL * i1 + i0];
  const bool gt_2 = x_0 > 0.0f;
  const float neg_3 = -x_0;
  const float select_4 = gt_2 ? x_0 : neg_3;
  const bool inside_5 = i1 >= 2 && i1 < batch;
  const float x_6 = inside_5 ? x[13LL * i1 + i0 - 26LL] : 0.0f;
  const float add_7 = select_4 + x_6;
  y[(i64) batch * i0 + i1] = add_7;
}
MDLC_EXPORT(guarded_transpose)
