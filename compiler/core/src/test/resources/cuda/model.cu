// Kernels of Digits.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel                 threads  blocks
//   predict_probabilities  64       batch

#include "mdlc_prelude.cuh"

// output y = softmax(x)    digits.mdl:12:3
extern "C" __global__ void __launch_bounds__(64)
predict_probabilities(const float* x, float* y, int batch) {
  const int i0 = blockIdx.x;
  float max_1_part = -MDLC_INFINITY;
  for (int i1 = threadIdx.x; i1 < 37; i1 += 64) {
    const float x_0 = x[37LL * i0 + i1];
    max_1_part = mdlc::max(max_1_part, x_0);
  }
  const float max_1 = mdlc::block_reduce<64, mdlc::Maximum>(max_1_part);
  float sum_5_part = 0.0f;
  for (int i1 = threadIdx.x; i1 < 37; i1 += 64) {
    const float x_2 = x[37LL * i0 + i1];
    const float sub_3 = x_2 - max_1;
    const float exp_4 = mdlc::exp(sub_3);
    sum_5_part = sum_5_part + exp_4;
  }
  const float sum_5 = mdlc::block_reduce<64, mdlc::Sum>(sum_5_part);
  for (int i1 = threadIdx.x; i1 < 37; i1 += 64) {
    const float x_6 = x[37LL * i0 + i1];
    const float sub_7 = x_6 - max_1;
    const float exp_8 = mdlc::exp(sub_7);
    const float div_9 = exp_8 / sum_5;
    y[37LL * i0 + i1] = div_9;
  }
}
MDLC_EXPORT(predict_probabilities)
