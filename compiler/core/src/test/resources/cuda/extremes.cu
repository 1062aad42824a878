// Kernels of extremes.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel    threads  blocks
//   extremes  128      batch

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(128)
extremes(const float* x, int* largest, int* smallest, float* top, float* bottom, int batch) {
  const int i0 = blockIdx.x;
  mdlc::Best<float> argmax_1_part = {0.0f, -1};
  mdlc::Best<float> argmin_2_part = {0.0f, -1};
  float max_3_part = -MDLC_INFINITY;
  float min_4_part = MDLC_INFINITY;
  for (int element = threadIdx.x; element < 105; element += 128) {
    const int i2 = element % 5;
    const int i1 = element / 5;
    const float x_0 = x[105LL * i0 + 5LL * i1 + i2];
    argmax_1_part = mdlc::better<mdlc::Largest>(argmax_1_part, {x_0, element});
    argmin_2_part = mdlc::better<mdlc::Smallest>(argmin_2_part, {x_0, element});
    max_3_part = mdlc::max(max_3_part, x_0);
    min_4_part = mdlc::min(min_4_part, x_0);
  }
  const int argmax_1 = mdlc::block_position<128, mdlc::Largest>(argmax_1_part);
  const int argmin_2 = mdlc::block_position<128, mdlc::Smallest>(argmin_2_part);
  const float max_3 = mdlc::block_reduce<128, mdlc::Maximum>(max_3_part);
  const float min_4 = mdlc::block_reduce<128, mdlc::Minimum>(min_4_part);
  if (threadIdx.x == 0) {
    largest[i0] = argmax_1;
    smallest[i0] = argmin_2;
    top[i0] = max_3;
    bottom[i0] = min_4;
  }
}
MDLC_EXPORT(extremes)
