// Kernels of embedding_rows.
// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin
//
//   kernel          threads  blocks
//   embedding_rows  256      (6 * batch + 255) / 256

#include "mdlc_prelude.cuh"

extern "C" __global__ void __launch_bounds__(256)
embedding_rows(const int* ids, const float* table, float* y, int batch) {
  const int point = blockIdx.x * 256 + threadIdx.x;
  if (point >= 6 * batch) return;
  const int i1 = point % 6;
  const int i0 = point / 6;
  const int ids_0 = ids[i0];
  const bool inside_1 = ids_0 >= 0 && ids_0 < 8;
  const float table_2 = inside_1 ? table[6LL * ids_0 + i1] : 0.0f;
  const float select_4 = inside_1 ? table_2 : MDLC_NAN;
  y[6LL * i0 + i1] = select_4;
}
MDLC_EXPORT(embedding_rows)
