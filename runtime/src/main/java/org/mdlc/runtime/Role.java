package org.mdlc.runtime;

/** What a variable is for, which decides when it is written, reset and saved. */
public enum Role {
  /** A weight, changed by the optimizer when trainable. Saved with the weights. */
  PARAM,
  /** Kept by a layer, such as moving averages. Saved with the weights. */
  STATE,
  /** Kept by the optimizer for a parameter, and its iteration counter. Saved in checkpoints. */
  SLOT,
  /** Sums behind the loss and the metrics; set back to its initial value when an epoch starts. */
  METRIC,
  /** Key and counter of one random generator, i32[2]. Saved in checkpoints. */
  SEED,
  /** A number the user may set between steps, such as the learning rate. Saved in checkpoints. */
  HYPER
}
