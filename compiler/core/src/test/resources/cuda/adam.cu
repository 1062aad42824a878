// Kernels of adam.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel  threads  blocks
//   adam    160      1

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(160)
adam(float* w, float* m, float* v, const float* gradient, const float* learning_rate, const int* iterations, int batch) {
  const int i0 = blockIdx.x * 160 + threadIdx.x;
  if (i0 >= 130) return;
  const int iterations_0 = iterations[0];
  const int add_2 = mdlc::add(iterations_0, 1);
  const float tof32_3 = (float) add_2;
  const float pow_5 = mdlc::pow(0.9f, tof32_3);
  const float sub_7 = 1.0f - pow_5;
  const float pow_9 = mdlc::pow(0.999f, tof32_3);
  const float sub_10 = 1.0f - pow_9;
  const float sqrt_11 = mdlc::sqrt(sub_10);
  const float learning_rate_12 = learning_rate[0];
  const float mul_13 = learning_rate_12 * sqrt_11;
  const float div_14 = mul_13 / sub_7;
  const float gradient_15 = gradient[i0];
  const float mul_22 = gradient_15 * gradient_15;
  const float m_16 = m[i0];
  const float sub_17 = gradient_15 - m_16;
  const float mul_19 = sub_17 * 0.1f;
  const float add_20 = m_16 + mul_19;
  const float v_21 = v[i0];
  const float sub_23 = mul_22 - v_21;
  const float mul_25 = sub_23 * 0.001f;
  const float add_26 = v_21 + mul_25;
  const float w_27 = w[i0];
  const float mul_28 = div_14 * add_20;
  const float sqrt_29 = mdlc::sqrt(add_26);
  const float add_31 = sqrt_29 + 1.0E-7f;
  const float div_32 = mul_28 / add_31;
  const float sub_33 = w_27 - div_32;
  m[i0] = add_20;
  v[i0] = add_26;
  w[i0] = sub_33;
}
MDLC_EXPORT(adam)
