package org.mdlc.runtime;

/** Where better lies for a callback that watches a metric; Keras's {@code mode}. */
public enum MonitorMode {
  /** By the metric: a loss goes down, an accuracy up. */
  AUTO,
  /** Smaller is better. */
  MIN,
  /** Greater is better. */
  MAX
}
