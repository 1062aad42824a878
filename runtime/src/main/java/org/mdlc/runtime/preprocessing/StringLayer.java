package org.mdlc.runtime.preprocessing;

import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/** A layer that turns strings into numbers on the host, before a batch enters a model. */
public sealed interface StringLayer permits VocabularyLayer, Hashing, HashedCrossing {
  /**
   * The numbers for a batch of strings.
   *
   * @param inputs as many tensors as the layer takes: one, or for a crossing two and more
   * @throws IllegalArgumentException if their number or a shape does not fit
   * @throws DataException if a value does not fit
   */
  HostTensor apply(StringTensor... inputs);
}
