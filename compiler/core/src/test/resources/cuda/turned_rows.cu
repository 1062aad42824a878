// Kernels of turned_rows.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel       threads  blocks
//   turned_rows  256      (30 * batch + 255) / 256

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
turned_rows(const float* random_rotation_sin, const float* random_rotation_cos, const float* random_rotation_sub, int* random_rotation_mod, int batch) {
  const int point = blockIdx.x * 256 + threadIdx.x;
  if (point >= 30 * batch) return;
  const int i2 = point % 5;
  const int i1 = point / 5 % 6;
  const int i0 = point / 30;
  const float random_rotation_sin_0 = random_rotation_sin[i0];
  const int index_1 = i2;
  const float tof32_2 = (float) index_1;
  const float mul_3 = random_rotation_sin_0 * tof32_2;
  const float random_rotation_cos_4 = random_rotation_cos[i0];
  const int index_5 = i1;
  const float tof32_6 = (float) index_5;
  const float mul_7 = random_rotation_cos_4 * tof32_6;
  const float add_8 = mul_3 + mul_7;
  const float random_rotation_sub_9 = random_rotation_sub[i0];
  const float add_10 = add_8 + random_rotation_sub_9;
  const float floor_11 = mdlc::floor(add_10);
  const int toi32_12 = mdlc::to_i32(floor_11);
  const int mod_14 = mdlc::floor_mod(toi32_12, 12);
  random_rotation_mod[30LL * i0 + 5LL * i1 + i2] = mod_14;
}
MDLC_EXPORT(turned_rows)
