package org.mdlc.runtime.preprocessing;

import org.mdlc.runtime.data.StringTensor;

/** Checks that layers share. */
final class Layers {
  private Layers() {}

  static StringTensor only(String layer, StringTensor[] inputs) {
    if (inputs.length != 1) {
      throw new IllegalArgumentException(layer + " takes one tensor, not " + inputs.length);
    }
    return inputs[0];
  }
}
