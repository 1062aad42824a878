package org.mdlc.runtime.preprocessing;

import static java.lang.Long.rotateRight;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * FarmHash's {@code Fingerprint64}, which is fixed for all time (Google's farmhash.cc, {@code
 * farmhashna::Hash64}), and the rule by which TensorFlow joins two fingerprints.
 */
final class FarmHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  // Primes between 2^63 and 2^64, as in farmhash.cc.
  private static final long K0 = 0xc3a5c85c97cb3127L;
  private static final long K1 = 0xb492b66fbe98f273L;
  private static final long K2 = 0x9ae16a3b2f90404fL;
  private static final long CAT = 0xc6a4a7935bd1e995L;

  private FarmHash() {}

  /** The fingerprint of the bytes, an unsigned 64-bit number. */
  static long fingerprint(byte[] s) {
    int length = s.length;
    if (length <= 16) {
      return upTo16(s);
    }
    if (length <= 32) {
      return upTo32(s);
    }
    return length <= 64 ? upTo64(s) : longer(s);
  }

  /** One fingerprint of two in order; TensorFlow's {@code FingerprintCat64}. */
  static long join(long first, long second) {
    long result = first ^ CAT;
    result ^= shiftMix(second * CAT) * CAT;
    result *= CAT;
    result = shiftMix(result) * CAT;
    return shiftMix(result);
  }

  private static long upTo16(byte[] s) {
    int length = s.length;
    long mul = K2 + length * 2L;
    if (length >= 8) {
      long a = word(s, 0) + K2;
      long b = word(s, length - 8);
      long c = rotateRight(b, 37) * mul + a;
      long d = (rotateRight(a, 25) + b) * mul;
      return pair(c, d, mul);
    }
    if (length >= 4) {
      return pair(length + (half(s, 0) << 3), half(s, length - 4), mul);
    }
    if (length > 0) {
      int a = s[0] & 0xff;
      int b = s[length >> 1] & 0xff;
      int c = s[length - 1] & 0xff;
      long y = a + ((long) b << 8);
      long z = length + ((long) c << 2);
      return shiftMix(y * K2 ^ z * K0) * K2;
    }
    return K2;
  }

  private static long upTo32(byte[] s) {
    int length = s.length;
    long mul = K2 + length * 2L;
    long a = word(s, 0) * K1;
    long b = word(s, 8);
    long c = word(s, length - 8) * mul;
    long d = word(s, length - 16) * K2;
    return pair(
        rotateRight(a + b, 43) + rotateRight(c, 30) + d, a + rotateRight(b + K2, 18) + c, mul);
  }

  private static long upTo64(byte[] s) {
    int length = s.length;
    long mul = K2 + length * 2L;
    long a = word(s, 0) * K2;
    long b = word(s, 8);
    long c = word(s, length - 8) * mul;
    long d = word(s, length - 16) * K2;
    long y = rotateRight(a + b, 43) + rotateRight(c, 30) + d;
    long z = pair(y, a + rotateRight(b + K2, 18) + c, mul);
    long e = word(s, 16) * mul;
    long f = word(s, 24);
    long g = (y + word(s, length - 32)) * mul;
    long h = (z + word(s, length - 24)) * mul;
    return pair(
        rotateRight(e + f, 43) + rotateRight(g, 30) + h, e + rotateRight(f + a, 18) + g, mul);
  }

  private static long longer(byte[] s) {
    State state = new State();
    state.x = state.x * K2 + word(s, 0);
    int end = (s.length - 1) / 64 * 64;
    int rest = (s.length - 1) & 63;
    for (int at = 0; at < end; at += 64) {
      state.mix(s, at, K1, 1);
    }
    long mul = K1 + ((state.z & 0xff) << 1);
    state.w0 += rest;
    state.v0 += state.w0;
    state.w0 += state.v0;
    state.mix(s, end + rest - 63, mul, 9);
    return pair(
        pair(state.v0, state.w0, mul) + shiftMix(state.y) * K0 + state.z,
        pair(state.v1, state.w1, mul) + state.x,
        mul);
  }

  /** The 56 bytes that go from one block of 64 bytes to the next. */
  private static final class State {
    private static final long SEED = 81;
    long x = SEED;
    long y = x * K1 + 113;
    long z = shiftMix(y * K2 + 113) * K2;
    long v0;
    long v1;
    long w0;
    long w1;

    void mix(byte[] s, int at, long mul, int weight) {
      x = rotateRight(x + y + v0 + word(s, at + 8), 37) * mul;
      y = rotateRight(y + v1 + word(s, at + 48), 42) * mul;
      x ^= w1 * weight;
      y += v0 * weight + word(s, at + 40);
      z = rotateRight(z + w0, 33) * mul;
      mixV(s, at, v1 * mul, x + w0);
      mixW(s, at + 32, z + w1, y + word(s, at + 16));
      long swapped = z;
      z = x;
      x = swapped;
    }

    private void mixV(byte[] s, int at, long a, long b) {
      long first = a + word(s, at);
      long turned = rotateRight(b + first + word(s, at + 24), 21);
      long sum = first + word(s, at + 8) + word(s, at + 16);
      v0 = sum + word(s, at + 24);
      v1 = turned + rotateRight(sum, 44) + first;
    }

    private void mixW(byte[] s, int at, long a, long b) {
      long first = a + word(s, at);
      long turned = rotateRight(b + first + word(s, at + 24), 21);
      long sum = first + word(s, at + 8) + word(s, at + 16);
      w0 = sum + word(s, at + 24);
      w1 = turned + rotateRight(sum, 44) + first;
    }
  }

  private static long pair(long u, long v, long mul) {
    long a = shiftMix((u ^ v) * mul);
    return shiftMix((v ^ a) * mul) * mul;
  }

  private static long shiftMix(long value) {
    return value ^ (value >>> 47);
  }

  private static long word(byte[] s, int at) {
    return (long) LONGS.get(s, at);
  }

  private static long half(byte[] s, int at) {
    return (int) INTS.get(s, at) & 0xffffffffL;
  }
}
