package org.mdlc.runtime.preprocessing;

import java.util.Locale;

/** What a layer that maps values to indices gives for them; Keras's {@code output_mode}. */
public enum OutputMode {
  /** The indices themselves, as integers. */
  INT,
  /** For every index a vector that is 1 there and 0 elsewhere. */
  ONE_HOT,
  /** One vector per sample (the last axis) that is 1 at every index that occurs. */
  MULTI_HOT,
  /** One vector per sample (the last axis) of how often every index occurs. */
  COUNT,
  /** {@link #COUNT} times the inverse document frequency of the token. */
  TF_IDF;

  /** Keras's word for it, such as {@code multi_hot}. */
  public String kerasName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The mode that Keras calls so.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static OutputMode of(String kerasName) {
    for (OutputMode mode : values()) {
      if (mode.kerasName().equals(kerasName)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("no output mode is called " + kerasName);
  }

  /** Whether a sample (the last axis) becomes one vector. */
  boolean sumsSample() {
    return this == MULTI_HOT || this == COUNT || this == TF_IDF;
  }
}
