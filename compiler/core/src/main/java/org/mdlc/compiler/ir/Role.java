package org.mdlc.compiler.ir;

import java.util.Locale;

/** What an input of a graph stands for, and, on an output, which kind of variable it replaces. */
public enum Role {
  /** A model input, or a plain argument of a nested graph. */
  DATA,
  /** A label or sample weight. */
  TARGET,
  /** A trained weight. */
  PARAM,
  /** Kept between steps, not trained: moving averages. */
  STATE,
  /** Optimizer memory. */
  SLOT,
  /** Metric memory, reset at the start of an epoch. */
  METRIC,
  /** Key of a random generator: {@code u32[2]} = seed, counter. */
  SEED,
  /** A number the training loop may set: learning rate, step. */
  HYPER,
  /** An output that is read by the caller: prediction, loss, metric value. */
  RESULT;

  /** True when the value lives in the model between steps. */
  public boolean isVariable() {
    return switch (this) {
      case PARAM, STATE, SLOT, METRIC, SEED, HYPER -> true;
      case DATA, TARGET, RESULT -> false;
    };
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
