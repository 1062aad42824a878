// mdlc_prelude.cuh: what every generated kernel file starts with.
//
// No CUDA header is needed: the same text compiles with nvcc, with NVRTC (handed over as an in-memory header)
// and, with -DMDLC_HOST_SHIM, with a plain C++17 compiler (see mdlc_cuda_host.h).
//
// Flags. The functions below do the operations of the Java runtime's ScalarMath in the same order, each rounded
// as IEEE 754 says, so that element-wise results agree bit for bit with the CPU. The compiler must not fuse or
// relax them:
//   nvcc    --fmad=false                      and neither --use_fast_math, --ftz, --prec-div nor --prec-sqrt
//   NVRTC   --fmad=false
//   g++     -ffp-contract=off -fwrapv         and not -ffast-math
// What is meant to be one fused multiply-add is written fmaf. Sums over a block are in a fixed order that is not
// the CPU's: the same bits on every run, but not those of the CPU.
#pragma once
#ifdef MDLC_HOST_SHIM
#include "mdlc_cuda_host.h"
#else
#define MDLC_SHARED(T, name, n) __shared__ T name[n]
#define MDLC_EXPORT(kernel)
#define MDLC_LD(p) (*(p))
#define MDLC_ST(p, v) (*(p) = (v))
#endif

#define MDLC_NAN (__uint_as_float(0x7fc00000u))
#define MDLC_INFINITY (__uint_as_float(0x7f800000u))
#define MDLC_INT_MIN (-2147483647 - 1)
#define MDLC_INT_MAX 2147483647
#define MDLC_FN __device__ __forceinline__

typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

namespace mdlc {

// ---- whole numbers: wrap around as Java's do ---------------------------------------------------------------
MDLC_FN int add(int a, int b) { return (int)((u32)a + (u32)b); }
MDLC_FN int sub(int a, int b) { return (int)((u32)a - (u32)b); }
MDLC_FN int mul(int a, int b) { return (int)((u32)a * (u32)b); }
MDLC_FN int neg(int a) { return (int)(0u - (u32)a); }
MDLC_FN int abs(int a) { return a < 0 ? neg(a) : a; }
MDLC_FN int sign(int a) { return (a > 0) - (a < 0); }
// quotients round down, the remainder has the sign of the divisor
MDLC_FN int floor_div(int a, int b) {
  int q = a / b;
  return (a ^ b) < 0 && q * b != a ? q - 1 : q;
}
MDLC_FN int floor_mod(int a, int b) {
  int r = a % b;
  return r != 0 && (r ^ b) < 0 ? r + b : r;
}
MDLC_FN int min(int a, int b) { return b < a ? b : a; }
MDLC_FN int max(int a, int b) { return b > a ? b : a; }
MDLC_FN u32 min(u32 a, u32 b) { return b < a ? b : a; }
MDLC_FN u32 max(u32 a, u32 b) { return b > a ? b : a; }

// ---- floats: NaN if either is NaN, and -0 is less than +0 ---------------------------------------------------
MDLC_FN float min(float a, float b) {
  if (a == b) return __uint_as_float(__float_as_uint(a) | __float_as_uint(b));
  return a < b ? a : b < a ? b : a + b;
}
MDLC_FN float max(float a, float b) {
  if (a == b) return __uint_as_float(__float_as_uint(a) & __float_as_uint(b));
  return a > b ? a : b > a ? b : a + b;
}
MDLC_FN float abs(float x) { return __uint_as_float(__float_as_uint(x) & 0x7fffffffu); }
// zeros keep their sign, NaN stays NaN
MDLC_FN float sign(float x) { return x > 0.f ? 1.f : x < 0.f ? -1.f : x; }
// truncates; NaN is 0, and what is too large becomes the largest
MDLC_FN int to_i32(float x) {
  if (x >= 2147483648.f) return MDLC_INT_MAX;
  if (x <= -2147483648.f) return MDLC_INT_MIN;
  return x == x ? (int)x : 0;
}

// ---- elementary functions of one float ----------------------------------------------------------------------
// ScalarMath.java and MathConstants.java of the runtime state errors and say where the polynomials come from.
#define ROUND_MAGIC 12582912.f     // 1.5 * 2^23
#define EXPONENT_MAGIC 12583039.f  // 1.5 * 2^23 + 127: n + this, shifted left by 23, are the bits of 2^n
#define INTEGER_FROM 8388608.f     // 2^23
#define LOG2_E 1.44269504f
#define HALF_LOG2_E 0.72134752f
#define LN2_HIGH 0.693147182f
#define LN2_LOW (-1.90465421e-9f)
#define EXP_MAX 88.7228394f
#define EXP_MIN (-103.972084f)
#define EXPM1_MIN (-17.5f)
#define LINEAR_BELOW 2.9802322e-8f
#define MIN_NORMAL 1.17549435e-38f
#define TWO_THIRDS_BITS 0x3f2aaaabu
#define FOUR_BITS 0x40800000u
#define EXPONENT_MASK 0xff800000u
#define TANH_ONE_FROM 10.f
#define ERF_ONE_FROM 4.f
#define TWO_OVER_PI 0.636619772f
#define TRIG_MAX 65536.f
#define ROUND_MAGIC_DOUBLE 6755399441055744.0  // 1.5 * 2^52
#define ROUND_MAGIC_DOUBLE_BITS 0x4338000000000000LL
#define LN2_DOUBLE 0x1.62e42fefa39efp-1
#define LOG2_E_DOUBLE 0x1.71547652b82fep0
#define SQRT_HALF_BITS 0x3fe6a09e667f3bcdLL
#define EXPONENT_MASK_DOUBLE 0xfff0000000000000ULL
#define POW_LIMIT 200.0

// the magnitude of the first, which is not negative, with the sign of the second
MDLC_FN float copy_sign(float magnitude, float sign) {
  return __uint_as_float(__float_as_uint(magnitude) | (__float_as_uint(sign) & 0x80000000u));
}
// 2^n from n + EXPONENT_MAGIC
MDLC_FN float power_of_two(float shifted) { return __uint_as_float(__float_as_uint(shifted) << 23); }

MDLC_FN float exp(float x) {
  float shifted = fmaf(x, HALF_LOG2_E, EXPONENT_MAGIC);
  float n = shifted - EXPONENT_MAGIC;
  float r = fmaf(n, -2.f * LN2_LOW, fmaf(n, -2.f * LN2_HIGH, x));
  float p = fmaf(2.45522133e-05f, r, 0.000200929251f);
  p = fmaf(p, r, 0.00138919672f);
  p = fmaf(p, r, 0.0083326539f);
  p = fmaf(p, r, 0.0416666046f);
  p = fmaf(p, r, 0.166666716f);
  p = fmaf(p, r, 0.5f);
  p = fmaf(p, r, 1.f);
  p = fmaf(p, r, 1.f);
  // e^x = 2^n p 2^n: 2^(2n) runs from 2^-150 to 2^128, no one float holds that
  float root = power_of_two(shifted);
  float result = p * root * root;
  result = x > EXP_MAX ? MDLC_INFINITY : result;
  return x < EXP_MIN ? 0.f : result;
}

MDLC_FN float expm1(float x) {
  float shifted = fmaf(x, LOG2_E, EXPONENT_MAGIC - 1.f);
  float n = shifted - (EXPONENT_MAGIC - 1.f);
  float r = fmaf(n, -LN2_LOW, fmaf(n, -LN2_HIGH, x));
  float p = fmaf(0.000197642599f, r, 0.00139323471f);
  p = fmaf(p, r, 0.00833354332f);
  p = fmaf(p, r, 0.0416664928f);
  p = fmaf(p, r, 0.166666657f);
  p = fmaf(p, r, 0.5f);
  p = fmaf(p, r * r, r);
  // at half scale, because 2^128 is no float
  float scale = power_of_two(shifted);
  float result = fmaf(p, scale, scale - 0.5f);
  result = result + result;
  result = x > EXP_MAX ? MDLC_INFINITY : result;
  result = x < EXPM1_MIN ? -1.f : result;
  return abs(x) < LINEAR_BELOW ? x : result;
}

// k 2^-23 ln 2 + ln(1 + f), f in [-1/3, 1/3]
MDLC_FN float log_of_parts(float f, float k) {
  float p = fmaf(0.119586445f, f, -0.128335327f);
  p = fmaf(p, f, 0.107695222f);
  p = fmaf(p, f, -0.121985972f);
  p = fmaf(p, f, 0.143027186f);
  p = fmaf(p, f, -0.166793585f);
  p = fmaf(p, f, 0.199996814f);
  p = fmaf(p, f, -0.249998257f);
  p = fmaf(p, f, 0.333333343f);
  p = fmaf(p, f, -0.5f);
  p = fmaf(p, f * f, f);
  return fmaf(k, LN2_HIGH / INTEGER_FROM, fmaf(k, LN2_LOW / INTEGER_FROM, p));
}

MDLC_FN float log(float x) {
  bool tiny = x < MIN_NORMAL;
  float scaled = tiny ? x * INTEGER_FROM : x;
  u32 bits = __float_as_uint(scaled);
  u32 exponent = (bits - TWO_THIRDS_BITS) & EXPONENT_MASK;
  float f = __uint_as_float(bits - exponent) - 1.f;
  float k = (float)(int)exponent + (tiny ? -23.f * INTEGER_FROM : 0.f);
  float result = log_of_parts(f, k);
  result = x < MDLC_INFINITY ? result : x;
  result = x == 0.f ? -MDLC_INFINITY : result;
  return x < 0.f ? MDLC_NAN : result;
}

// ln(1 + x) for finite x above -1
MDLC_FN float log1p_of_finite(float x) {
  u32 exponent = (__float_as_uint(x + 1.f) - TWO_THIRDS_BITS) & EXPONENT_MASK;
  float shrunk = __uint_as_float(__float_as_uint(x) - exponent);
  // 4 * 2^-k and a factor 1/4: 2^-128 alone would be subnormal
  float scale = __uint_as_float(FOUR_BITS - exponent);
  float f = shrunk + fmaf(scale, 0.25f, -1.f);
  return log_of_parts(f, (float)(int)exponent);
}
MDLC_FN float log1p(float x) {
  float result = log1p_of_finite(x);
  result = x < MDLC_INFINITY ? result : x;
  result = x == -1.f ? -MDLC_INFINITY : result;
  result = x < -1.f ? MDLC_NAN : result;
  return abs(x) < LINEAR_BELOW ? x : result;
}

// e^t for |t| at most 87: one scale is enough, and nothing can overflow
MDLC_FN float exp_of_moderate(float t) {
  float shifted = fmaf(t, LOG2_E, EXPONENT_MAGIC);
  float n = shifted - EXPONENT_MAGIC;
  float r = fmaf(n, -LN2_LOW, fmaf(n, -LN2_HIGH, t));
  float p = fmaf(0.00138195104f, r, 0.0083686905f);
  p = fmaf(p, r, 0.041668281f);
  p = fmaf(p, r, 0.166665211f);
  p = fmaf(p, r, 0.49999994f);
  p = fmaf(p, r, 1.f);
  p = fmaf(p, r, 1.f);
  return p * power_of_two(shifted);
}

MDLC_FN float tanh(float x) {
  float s = x * x;
  float p = fmaf(0.00215336657f, s, -0.00819056109f);
  p = fmaf(p, s, 0.0217070337f);
  p = fmaf(p, s, -0.0539481901f);
  p = fmaf(p, s, 0.133332208f);
  p = fmaf(p, s, -0.333333313f);
  float small = fmaf(p, s, 1.f) * x;
  float moderate = min(max(x, -TANH_ONE_FROM), TANH_ONE_FROM);
  float e = exp_of_moderate(moderate + moderate);
  float large = 1.f - 2.f / (e + 1.f);
  return abs(x) < 0.625f ? small : large;
}

MDLC_FN float sigmoid(float x) {
  float e = exp(-abs(x));
  return (x < 0.f ? e : 1.f) / (e + 1.f);
}

MDLC_FN float erf(float x) {
  float a = min(abs(x), ERF_ONE_FROM);
  float s = x * x;
  float p = fmaf(7.98978799e-05f, s, -0.000804864336f);
  p = fmaf(p, s, 0.00519234687f);
  p = fmaf(p, s, -0.0268557221f);
  p = fmaf(p, s, 0.112836257f);
  p = fmaf(p, s, -0.376126289f);
  p = fmaf(p, s, 0.128379166f);
  float small = fmaf(p, x, x);
  float q = fmaf(-2.11664701e-05f, a, 0.000435262569f);
  q = fmaf(q, a, -0.00417481549f);
  q = fmaf(q, a, 0.025128983f);
  q = fmaf(q, a, -0.10829436f);
  q = fmaf(q, a, -0.633334398f);
  q = fmaf(q, a, -1.12952089f);
  q = fmaf(q, a, 0.00017587826f);
  float large = 1.f - exp_of_moderate(q);
  large = x < 0.f ? -large : large;
  return a < 0.92f ? small : large;
}

MDLC_FN float sqrt(float x) { return sqrtf(x); }
MDLC_FN float rsqrt(float x) { return 1.f / sqrtf(x); }

// the polynomials of Giles (2011), as XLA uses them
MDLC_FN float erfinv(float x) {
  float z = -(x * x);
  float w = -log1p_of_finite(z);
  bool central = w < 5.f;
  float t = central ? w - 2.5f : sqrtf(w) - 3.f;
  float p = fmaf(central ? 2.81022636e-08f : -0.000200214257f, t, central ? 3.43273939e-07f : 0.000100950558f);
  p = fmaf(p, t, central ? -3.5233877e-06f : 0.00134934322f);
  p = fmaf(p, t, central ? -4.39150654e-06f : -0.00367342844f);
  p = fmaf(p, t, central ? 0.00021858087f : 0.00573950773f);
  p = fmaf(p, t, central ? -0.00125372503f : -0.0076224613f);
  p = fmaf(p, t, central ? -0.00417768164f : 0.00943887047f);
  p = fmaf(p, t, central ? 0.246640727f : 1.00167406f);
  p = fmaf(p, t, central ? 1.50140941f : 2.83297682f);
  float result = z == -1.f ? x * MDLC_INFINITY : p * x;
  return z < -1.f ? MDLC_NAN : result;
}

// sin(x + quarter_turns pi/2), |x| at most TRIG_MAX or NaN
MDLC_FN float sin_cos_reduced(float x, u32 quarter_turns) {
  float shifted = fmaf(x, TWO_OVER_PI, ROUND_MAGIC);
  float n = shifted - ROUND_MAGIC;
  // pi/2 in three parts
  float r = fmaf(n, -1.57079637f, x);
  r = fmaf(n, 4.37113883e-08f, r);
  r = fmaf(n, 1.71512451e-15f, r);
  float s = r * r;
  u32 quadrant = __float_as_uint(shifted) + quarter_turns;
  float value;
  if ((quadrant & 1u) == 0) {
    float p = fmaf(2.8328659e-06f, s, -0.000198530819f);
    p = fmaf(p, s, 0.0083333794f);
    p = fmaf(p, s, -0.166666672f);
    value = fmaf(p, s, 1.f) * r;
  } else {
    float p = fmaf(2.44325438e-05f, s, -0.00138873106f);
    p = fmaf(p, s, 0.0416666456f);
    p = fmaf(p, s, -0.5f);
    value = fmaf(p, s, 1.f);
  }
  return __uint_as_float(__float_as_uint(value) ^ ((quadrant & 2u) << 30));
}

// beyond TRIG_MAX the platform's own double function, whose last bit may differ
MDLC_FN float sin(float x) {
  if (abs(x) > TRIG_MAX) return (float)::sin((double)x);
  float result = sin_cos_reduced(x, 0u);
  return x == 0.f ? x : result;
}
MDLC_FN float cos(float x) {
  if (abs(x) > TRIG_MAX) return (float)::cos((double)x);
  return sin_cos_reduced(x, 1u);
}

// the nearest whole number, ties to the even one; keeps -0, infinities and NaN
MDLC_FN float round_half_even(float x) {
  float a = abs(x);
  float rounded = (a + INTEGER_FROM) - INTEGER_FROM;
  return a < INTEGER_FROM ? copy_sign(rounded, x) : x;
}
MDLC_FN float floor(float x) {
  float rounded = round_half_even(x);
  return rounded > x ? rounded - 1.f : rounded;
}
MDLC_FN float ceil(float x) { return -floor(-x); }

// the nearest bf16, ties to even, as the float that it is; NaN stays
MDLC_FN float nearest_bf16(float x) {
  u32 bits = __float_as_uint(x);
  float rounded = __uint_as_float((bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u);
  return x == x ? rounded : x;
}

// the nearest f16, ties to even, as the float that it is; infinite from 65520 on, NaN stays
MDLC_FN float nearest_f16(float x) {
  float a = abs(x);
  u32 bits = __float_as_uint(a);
  float rounded = __uint_as_float((bits + 0xfffu + ((bits >> 13) & 1u)) & 0xffffe000u);
  rounded = a < 0x1p-14f ? (a + 0.5f) - 0.5f : rounded;  // multiples of 2^-24
  rounded = a < 65520.f ? rounded : a + MDLC_INFINITY;
  return copy_sign(rounded, x);
}

// the remainder with the sign of the divisor
MDLC_FN float floor_mod(float a, float b) { return a - floor(a / b) * b; }

MDLC_FN double log_of_float(double a) {
  u64 bits = (u64)__double_as_longlong(a);
  u64 exponent = (bits - (u64)SQRT_HALF_BITS) & EXPONENT_MASK_DOUBLE;
  double m = __longlong_as_double((i64)(bits - exponent));
  double s = (m - 1.0) / (m + 1.0);
  double q = s * s;
  double p = fma(1.0 / 17, q, 1.0 / 15);
  p = fma(p, q, 1.0 / 13);
  p = fma(p, q, 1.0 / 11);
  p = fma(p, q, 1.0 / 9);
  p = fma(p, q, 1.0 / 7);
  p = fma(p, q, 1.0 / 5);
  p = fma(p, q, 1.0 / 3);
  p = fma(p, q, 1.0);
  double k = __longlong_as_double(((i64)exponent >> 52) + ROUND_MAGIC_DOUBLE_BITS) - ROUND_MAGIC_DOUBLE;
  double result = fma(k, LN2_DOUBLE, (s + s) * p);
  result = a < (double)MDLC_INFINITY ? result : a;
  return a == 0.0 ? -(double)MDLC_INFINITY : result;
}

MDLC_FN double exp_to_float(double t) {
  double shifted = fma(t, LOG2_E_DOUBLE, ROUND_MAGIC_DOUBLE);
  double n = shifted - ROUND_MAGIC_DOUBLE;
  double r = fma(n, -LN2_DOUBLE, t);
  double p = fma(1.0 / 3628800, r, 1.0 / 362880);
  p = fma(p, r, 1.0 / 40320);
  p = fma(p, r, 1.0 / 5040);
  p = fma(p, r, 1.0 / 720);
  p = fma(p, r, 1.0 / 120);
  p = fma(p, r, 1.0 / 24);
  p = fma(p, r, 1.0 / 6);
  p = fma(p, r, 0.5);
  p = fma(p, r, 1.0);
  p = fma(p, r, 1.0);
  return p * __longlong_as_double((i64)(((u64)__double_as_longlong(shifted) << 52) + (1023ULL << 52)));
}

MDLC_FN float pow(float x, float y) {
  // e^(y ln |x|); a float value in a double is never subnormal
  double t = (double)y * log_of_float((double)abs(x));
  t = t > POW_LIMIT ? POW_LIMIT : t;
  t = t < -POW_LIMIT ? -POW_LIMIT : t;
  float magnitude = (float)exp_to_float(t);
  bool integral = round_half_even(y) == y;
  bool odd = integral && round_half_even(y * 0.5f) != y * 0.5f;
  float result = odd ? copy_sign(magnitude, x) : magnitude;
  result = x < 0.f && x > -MDLC_INFINITY && !integral ? MDLC_NAN : result;
  return y == 0.f ? 1.f : result;
}

#undef ROUND_MAGIC
#undef EXPONENT_MAGIC
#undef INTEGER_FROM
#undef LOG2_E
#undef HALF_LOG2_E
#undef LN2_HIGH
#undef LN2_LOW
#undef EXP_MAX
#undef EXP_MIN
#undef EXPM1_MIN
#undef LINEAR_BELOW
#undef MIN_NORMAL
#undef TWO_THIRDS_BITS
#undef FOUR_BITS
#undef EXPONENT_MASK
#undef TANH_ONE_FROM
#undef ERF_ONE_FROM
#undef TWO_OVER_PI
#undef TRIG_MAX
#undef ROUND_MAGIC_DOUBLE
#undef ROUND_MAGIC_DOUBLE_BITS
#undef LN2_DOUBLE
#undef LOG2_E_DOUBLE
#undef SQRT_HALF_BITS
#undef EXPONENT_MASK_DOUBLE
#undef POW_LIMIT

// ---- random numbers: Threefry-2x32, counter based, so that backward and the CPU draw the same mask ------------
// 32 bits for element `index` of an array: both words of the block for the counter `index`, exclusive or.
MDLC_FN u32 random_bits(u32 seed, u32 counter, u64 index) {
  const u32 key[3] = {seed, counter, 0x1BD11BDAu ^ seed ^ counter};
  const int rotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  u32 x = (u32)(index >> 32) + key[0];
  u32 y = (u32)index + key[1];
#pragma unroll
  for (int group = 0; group < 5; group++) {
#pragma unroll
    for (int round = 0; round < 4; round++) {
      const int by = rotations[group % 2 * 4 + round];
      x += y;
      y = (y << by | y >> (32 - by)) ^ x;
    }
    x += key[(group + 1) % 3];
    y += key[(group + 2) % 3] + (u32)group + 1u;
  }
  return x ^ y;
}
// a float in [low, high), as JAX draws it
MDLC_FN float uniform(u32 seed, u32 counter, u64 index, float low, float high) {
  float unit = __uint_as_float(random_bits(seed, counter, index) >> 9 | 0x3f800000u) - 1.f;
  return max(low, fmaf(unit, high - low, low));
}

// ---- reductions over a block ------------------------------------------------------------------------------------
struct Sum {
  static MDLC_FN float of(float a, float b) { return a + b; }
  static MDLC_FN int of(int a, int b) { return add(a, b); }
  static MDLC_FN u32 of(u32 a, u32 b) { return a + b; }
};
struct Product {
  static MDLC_FN float of(float a, float b) { return a * b; }
  static MDLC_FN int of(int a, int b) { return mul(a, b); }
  static MDLC_FN u32 of(u32 a, u32 b) { return a * b; }
};
struct Maximum {
  template <class T>
  static MDLC_FN T of(T a, T b) { return max(a, b); }
};
struct Minimum {
  template <class T>
  static MDLC_FN T of(T a, T b) { return min(a, b); }
};

// The best element so far and where it stands; at < 0: none yet.
template <class T>
struct Best {
  T value;
  int at;
};
// a NaN counts as the best; of equals the first
struct Largest {
  template <class T>
  static MDLC_FN bool beats(T a, T b) { return a > b || (a != a && b == b); }
};
struct Smallest {
  template <class T>
  static MDLC_FN bool beats(T a, T b) { return a < b || (a != a && b == b); }
};
template <class Order, class T>
MDLC_FN Best<T> better(Best<T> a, Best<T> b) {
  if (a.at < 0) return b;
  if (b.at < 0) return a;
  if (Order::beats(a.value, b.value)) return a;
  if (Order::beats(b.value, a.value)) return b;
  return a.at < b.at ? a : b;
}

// Combines one value of each thread; every thread gets the result, and what any thread of the block wrote before
// is visible to all after. THREADS is the block's size, a multiple of 32. The order is fixed: a butterfly within
// each warp, then warp by warp.
template <int THREADS, class Combine, class T>
MDLC_FN T block_reduce(T value) {
  MDLC_SHARED(T, parts, THREADS / 32);
#pragma unroll
  for (int distance = 16; distance > 0; distance >>= 1) value = Combine::of(value, __shfl_xor_sync(0xffffffffu, value, distance));
  __syncthreads();  // an earlier call's parts may still be read
  if ((threadIdx.x & 31) == 0) MDLC_ST(&parts[threadIdx.x >> 5], value);
  __syncthreads();
  T all = MDLC_LD(&parts[0]);
#pragma unroll
  for (int warp = 1; warp < THREADS / 32; warp++) all = Combine::of(all, MDLC_LD(&parts[warp]));
  return all;
}
// As above for positions.
template <int THREADS, class Order, class T>
MDLC_FN int block_position(Best<T> best) {
  MDLC_SHARED(T, values, THREADS / 32);
  MDLC_SHARED(int, positions, THREADS / 32);
#pragma unroll
  for (int distance = 16; distance > 0; distance >>= 1) {
    Best<T> other;
    other.value = __shfl_xor_sync(0xffffffffu, best.value, distance);
    other.at = __shfl_xor_sync(0xffffffffu, best.at, distance);
    best = better<Order>(best, other);
  }
  __syncthreads();
  if ((threadIdx.x & 31) == 0) {
    MDLC_ST(&values[threadIdx.x >> 5], best.value);
    MDLC_ST(&positions[threadIdx.x >> 5], best.at);
  }
  __syncthreads();
  best.value = MDLC_LD(&values[0]);
  best.at = MDLC_LD(&positions[0]);
#pragma unroll
  for (int warp = 1; warp < THREADS / 32; warp++) {
    Best<T> other;
    other.value = MDLC_LD(&values[warp]);
    other.at = MDLC_LD(&positions[warp]);
    best = better<Order>(best, other);
  }
  return best.at;
}

}  // namespace mdlc
