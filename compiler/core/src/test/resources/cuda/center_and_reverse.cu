// Kernels of center_and_reverse.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel              threads  blocks
//   center_and_reverse  256      batch

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
center_and_reverse(const float* x, float* shift, float* centered, float* y, int batch) {
  const int i0 = blockIdx.x;
  for (int i1 = threadIdx.x; i1 < batch; i1 += 256) {
    const float x_0 = x[(i64) batch * i0 + i1];
    const float shift_1 = shift[i0];
    const float sub_2 = x_0 - shift_1;
    const float abs_3 = mdlc::abs(shift_1);
    const float mul_4 = sub_2 * abs_3;
    centered[(i64) batch * i0 + i1] = mul_4;
  }
  const float shift_5 = shift[i0];
  const float add_7 = shift_5 + 1.0f;
  __syncthreads();
  if (threadIdx.x == 0) {
    shift[i0] = add_7;
  }
  __syncthreads();
  for (int i1 = threadIdx.x; i1 < batch; i1 += 256) {
    const float centered_8 = centered[(i64) batch * i0 - i1 + ((i64) batch - 1LL)];
    const float mul_9 = centered_8 * add_7;
    y[(i64) batch * i0 + i1] = mul_9;
  }
}
MDLC_EXPORT(center_and_reverse)
