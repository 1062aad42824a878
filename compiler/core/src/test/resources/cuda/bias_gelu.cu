// Kernels of bias_gelu.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel     threads  blocks
//   bias_gelu  256      (21 * batch + 255) / 256

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
bias_gelu(const float* x, const float* bias, float* y, int batch) {
  const int point = blockIdx.x * 256 + threadIdx.x;
  if (point >= 21 * batch) return;
  const int i1 = point % 21;
  const int i0 = point / 21;
  const float x_0 = x[21LL * i0 + i1];
  const float bias_1 = bias[i1];
  const float add_2 = x_0 + bias_1;
  const float mul_4 = add_2 * 0.70710677f;
  const float erf_5 = mdlc::erf(mul_4);
  const float add_7 = erf_5 + 1.0f;
  const float mul_9 = add_2 * 0.5f;
  const float mul_10 = mul_9 * add_7;
  y[21LL * i0 + i1] = mul_10;
}
MDLC_EXPORT(bias_gelu)
