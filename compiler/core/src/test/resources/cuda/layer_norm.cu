// Kernels of layer_norm.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel      threads  blocks
//   layer_norm  96       batch

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(96)
layer_norm(const float* x, const float* gamma, const float* beta, float* y, float* mean, int batch) {
  const int i0 = blockIdx.x;
  float sum_1_part = 0.0f;
  for (int i1 = threadIdx.x; i1 < 70; i1 += 96) {
    const float x_0 = x[70LL * i0 + i1];
    sum_1_part = sum_1_part + x_0;
  }
  const float sum_1 = mdlc::block_reduce<96, mdlc::Sum>(sum_1_part);
  const float div_3 = sum_1 / 70.0f;
  if (threadIdx.x == 0) {
    mean[i0] = div_3;
  }
  float sum_7_part = 0.0f;
  for (int i1 = threadIdx.x; i1 < 70; i1 += 96) {
    const float x_4 = x[70LL * i0 + i1];
    const float sub_5 = x_4 - div_3;
    const float mul_6 = sub_5 * sub_5;
    sum_7_part = sum_7_part + mul_6;
  }
  const float sum_7 = mdlc::block_reduce<96, mdlc::Sum>(sum_7_part);
  const float div_9 = sum_7 / 70.0f;
  const float add_11 = div_9 + 0.001f;
  const float rsqrt_12 = mdlc::rsqrt(add_11);
  for (int i1 = threadIdx.x; i1 < 70; i1 += 96) {
    const float x_13 = x[70LL * i0 + i1];
    const float sub_14 = x_13 - div_3;
    const float mul_15 = sub_14 * rsqrt_12;
    const float gamma_16 = gamma[i1];
    const float mul_17 = mul_15 * gamma_16;
    const float beta_18 = beta[i1];
    const float add_19 = mul_17 + beta_18;
    y[70LL * i0 + i1] = add_19;
  }
}
MDLC_EXPORT(layer_norm)
