package org.mdlc.runtime;

/** What a step does; each phase of a model is compiled to its own program. */
public enum Phase {
  /** Writes the initial values of the variables. Takes no data; its batch is 1. */
  INITIALIZE,
  /** Forward, backward, optimizer and metrics on one batch of inputs and targets. */
  TRAIN,
  /** Forward in inference mode, loss and metrics on one batch of inputs and targets. */
  EVALUATE,
  /** Forward up to the layers that learn from data before training; updates their states. */
  ADAPT,
  /** Forward in inference mode on one batch of inputs. */
  PREDICT
}
