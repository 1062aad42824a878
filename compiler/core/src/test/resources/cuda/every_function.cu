// Kernels of every_function.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel          threads  blocks
//   every_function  256      (batch + 255) / 256

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
every_function(const float* x, const float* z, float* y, int* order, int* logic, int batch) {
  const int i0 = blockIdx.x * 256 + threadIdx.x;
  if (i0 >= batch) return;
  const float x_0 = x[i0];
  const float z_1 = z[i0];
  const float exp_2 = mdlc::exp(x_0);
  const float expm1_3 = mdlc::expm1(x_0);
  const float log_4 = mdlc::log(x_0);
  const float log1p_5 = mdlc::log1p(x_0);
  const float sqrt_6 = mdlc::sqrt(x_0);
  const float rsqrt_7 = mdlc::rsqrt(x_0);
  const float tanh_8 = mdlc::tanh(x_0);
  const float erf_9 = mdlc::erf(x_0);
  const float erfinv_10 = mdlc::erfinv(x_0);
  const float sin_11 = mdlc::sin(x_0);
  const float cos_12 = mdlc::cos(x_0);
  const float floor_13 = mdlc::floor(x_0);
  const float ceil_14 = mdlc::ceil(x_0);
  const float round_15 = mdlc::round_half_even(x_0);
  const float neg_16 = -x_0;
  const float abs_17 = mdlc::abs(x_0);
  const float sign_18 = mdlc::sign(x_0);
  const float add_19 = x_0 + z_1;
  const float sub_20 = x_0 - z_1;
  const float mul_21 = x_0 * z_1;
  const float div_22 = x_0 / z_1;
  const float mod_23 = mdlc::floor_mod(x_0, z_1);
  const float min_24 = mdlc::min(x_0, z_1);
  const float max_25 = mdlc::max(x_0, z_1);
  const float pow_26 = mdlc::pow(x_0, z_1);
  const bool lt_27 = x_0 < z_1;
  const bool le_28 = x_0 <= z_1;
  const bool gt_29 = x_0 > z_1;
  const bool ge_30 = x_0 >= z_1;
  const bool eq_31 = x_0 == z_1;
  const bool ne_32 = x_0 != z_1;
  const int toi32_33 = lt_27 ? 1 : 0;
  const int toi32_34 = le_28 ? 1 : 0;
  const int toi32_35 = gt_29 ? 1 : 0;
  const int toi32_36 = ge_30 ? 1 : 0;
  const int toi32_37 = eq_31 ? 1 : 0;
  const int toi32_38 = mdlc::to_i32(x_0);
  const bool and_39 = lt_27 && ne_32;
  const bool or_40 = lt_27 || ne_32;
  const bool xor_41 = lt_27 != ne_32;
  const bool not_42 = !lt_27;
  y[25LL * i0] = exp_2;
  y[25LL * i0 + 1LL] = expm1_3;
  y[25LL * i0 + 2LL] = log_4;
  y[25LL * i0 + 3LL] = log1p_5;
  y[25LL * i0 + 4LL] = sqrt_6;
  y[25LL * i0 + 5LL] = rsqrt_7;
  y[25LL * i0 + 6LL] = tanh_8;
  y[25LL * i0 + 7LL] = erf_9;
  y[25LL * i0 + 8LL] = erfinv_10;
  y[25LL * i0 + 9LL] = sin_11;
  y[25LL * i0 + 10LL] = cos_12;
  y[25LL * i0 + 11LL] = floor_13;
  y[25LL * i0 + 12LL] = ceil_14;
  y[25LL * i0 + 13LL] = round_15;
  y[25LL * i0 + 14LL] = neg_16;
  y[25LL * i0 + 15LL] = abs_17;
  y[25LL * i0 + 16LL] = sign_18;
  y[25LL * i0 + 17LL] = add_19;
  y[25LL * i0 + 18LL] = sub_20;
  y[25LL * i0 + 19LL] = mul_21;
  y[25LL * i0 + 20LL] = div_22;
  y[25LL * i0 + 21LL] = mod_23;
  y[25LL * i0 + 22LL] = min_24;
  y[25LL * i0 + 23LL] = max_25;
  y[25LL * i0 + 24LL] = pow_26;
  order[6LL * i0] = toi32_33;
  order[6LL * i0 + 1LL] = toi32_34;
  order[6LL * i0 + 2LL] = toi32_35;
  order[6LL * i0 + 3LL] = toi32_36;
  order[6LL * i0 + 4LL] = toi32_37;
  order[6LL * i0 + 5LL] = toi32_38;
  logic[4LL * i0] = and_39 ? 1 : 0;
  logic[4LL * i0 + 1LL] = or_40 ? 1 : 0;
  logic[4LL * i0 + 2LL] = xor_41 ? 1 : 0;
  logic[4LL * i0 + 3LL] = not_42 ? 1 : 0;
}
MDLC_EXPORT(every_function)
