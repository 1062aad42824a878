package org.mdlc.runtime;

/** In which order training takes the rows of arrays; Keras's {@code shuffle}. */
enum Shuffle {
  /** As they are; {@code shuffle=False}. */
  NONE,
  /** In a new order in every epoch; {@code shuffle=True}. */
  ROWS,
  /** In a new order inside each batch, the batches as they are; {@code shuffle="batch"}. */
  BATCHES
}
