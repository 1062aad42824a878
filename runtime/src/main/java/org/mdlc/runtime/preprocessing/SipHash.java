package org.mdlc.runtime.preprocessing;

import static java.lang.Long.rotateLeft;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4, a keyed hash (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): two
 * rounds per 8 bytes, four at the end.
 *
 * @param key0 the first half of the key
 * @param key1 the second half of the key
 */
record SipHash(long key0, long key1) {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The hash of the bytes, an unsigned 64-bit number. */
  long hash(byte[] s) {
    // The ASCII of "somepseudorandomlygeneratedbytes", as the paper says.
    State state =
        new State(
            key0 ^ 0x736f6d6570736575L,
            key1 ^ 0x646f72616e646f6dL,
            key0 ^ 0x6c7967656e657261L,
            key1 ^ 0x7465646279746573L);
    int whole = s.length / 8 * 8;
    for (int at = 0; at < whole; at += 8) {
      state.absorb((long) LONGS.get(s, at));
    }
    // The last word holds what is left and, on top, the length modulo 256.
    long last = (long) s.length << 56;
    for (int at = whole; at < s.length; at++) {
      last |= (s[at] & 0xffL) << (8 * (at - whole));
    }
    state.absorb(last);
    return state.finish();
  }

  private static final class State {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    State(long v0, long v1, long v2, long v3) {
      this.v0 = v0;
      this.v1 = v1;
      this.v2 = v2;
      this.v3 = v3;
    }

    void absorb(long word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    long finish() {
      v2 ^= 0xff;
      for (int i = 0; i < 4; i++) {
        round();
      }
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = rotateLeft(v1, 13) ^ v0;
      v0 = rotateLeft(v0, 32);
      v2 += v3;
      v3 = rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = rotateLeft(v1, 17) ^ v2;
      v2 = rotateLeft(v2, 32);
    }
  }
}
