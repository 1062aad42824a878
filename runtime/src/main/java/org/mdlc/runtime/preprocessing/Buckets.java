package org.mdlc.runtime.preprocessing;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Strings to buckets as TensorFlow does it: FarmHash, or SipHash where there is a salt. */
final class Buckets {
  private Buckets() {}

  /** The bucket of a string, from 0 to {@code count - 1}; its UTF-8 bytes are hashed. */
  static int of(String value, int count, @Nullable SipHash salted) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    long hash = salted == null ? FarmHash.fingerprint(bytes) : salted.hash(bytes);
    return (int) Long.remainderUnsigned(hash, count);
  }
}
