// Kernels of turned_pixels.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel         threads  blocks
//   turned_pixels  256      (60 * batch + 255) / 256

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
turned_pixels(const float* random_rotation_sub_2, const float* random_rotation_sub_3, const int* random_rotation_mod, const int* random_rotation_mod_2, const float* image, const int* random_rotation_mod_3, const int* random_rotation_mod_4, float* random_rotation_add_2, int batch) {
  const int point = blockIdx.x * 256 + threadIdx.x;
  if (point >= 60 * batch) return;
  const int i2 = point % 2;
  const int i1 = point / 2 % 30;
  const int i0 = point / 60;
  const float random_rotation_sub_2_1 = random_rotation_sub_2[30LL * i0 + i1];
  const float sub_2 = 1.0f - random_rotation_sub_2_1;
  const float random_rotation_sub_3_3 = random_rotation_sub_3[30LL * i0 + i1];
  const float sub_4 = 1.0f - random_rotation_sub_3_3;
  const int random_rotation_mod_5 = random_rotation_mod[30LL * i0 + i1];
  const int sub_7 = mdlc::sub(11, random_rotation_mod_5);
  const int min_8 = mdlc::min(random_rotation_mod_5, sub_7);
  const int mul_10 = mdlc::mul(min_8, 5);
  const int random_rotation_mod_2_11 = random_rotation_mod_2[30LL * i0 + i1];
  const int sub_13 = mdlc::sub(9, random_rotation_mod_2_11);
  const int min_14 = mdlc::min(random_rotation_mod_2_11, sub_13);
  const int add_15 = mdlc::add(mul_10, min_14);
  const int index_16 = i0;
  const int mul_18 = mdlc::mul(index_16, 30);
  const int add_19 = mdlc::add(add_15, mul_18);
  const bool inside_20 = add_19 >= 0 && add_19 < 30 * batch;
  const float image_21 = inside_20 ? image[2LL * add_19 + i2] : 0.0f;
  const float select_23 = inside_20 ? image_21 : MDLC_NAN;
  const float mul_24 = sub_4 * select_23;
  const int random_rotation_mod_3_25 = random_rotation_mod_3[30LL * i0 + i1];
  const int sub_26 = mdlc::sub(9, random_rotation_mod_3_25);
  const int min_27 = mdlc::min(random_rotation_mod_3_25, sub_26);
  const int add_28 = mdlc::add(mul_10, min_27);
  const int add_29 = mdlc::add(add_28, mul_18);
  const bool inside_30 = add_29 >= 0 && add_29 < 30 * batch;
  const float image_31 = inside_30 ? image[2LL * add_29 + i2] : 0.0f;
  const float select_32 = inside_30 ? image_31 : MDLC_NAN;
  const float mul_33 = random_rotation_sub_3_3 * select_32;
  const float add_34 = mul_24 + mul_33;
  const float mul_35 = sub_2 * add_34;
  const int random_rotation_mod_4_36 = random_rotation_mod_4[30LL * i0 + i1];
  const int sub_37 = mdlc::sub(11, random_rotation_mod_4_36);
  const int min_38 = mdlc::min(random_rotation_mod_4_36, sub_37);
  const int mul_39 = mdlc::mul(min_38, 5);
  const int add_40 = mdlc::add(mul_39, min_14);
  const int add_41 = mdlc::add(add_40, mul_18);
  const bool inside_42 = add_41 >= 0 && add_41 < 30 * batch;
  const float image_43 = inside_42 ? image[2LL * add_41 + i2] : 0.0f;
  const float select_44 = inside_42 ? image_43 : MDLC_NAN;
  const float mul_45 = sub_4 * select_44;
  const int add_46 = mdlc::add(mul_39, min_27);
  const int add_47 = mdlc::add(add_46, mul_18);
  const bool inside_48 = add_47 >= 0 && add_47 < 30 * batch;
  const float image_49 = inside_48 ? image[2LL * add_47 + i2] : 0.0f;
  const float select_50 = inside_48 ? image_49 : MDLC_NAN;
  const float mul_51 = random_rotation_sub_3_3 * select_50;
  const float add_52 = mul_45 + mul_51;
  const float mul_53 = random_rotation_sub_2_1 * add_52;
  const float add_54 = mul_35 + mul_53;
  random_rotation_add_2[60LL * i0 + 2LL * i1 + i2] = add_54;
}
MDLC_EXPORT(turned_pixels)
