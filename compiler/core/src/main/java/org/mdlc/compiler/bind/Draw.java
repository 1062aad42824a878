package org.mdlc.compiler.bind;

import org.jspecify.annotations.Nullable;

/**
 * One seed that Keras would draw here. Draws are numbered at the end, by the order in which their
 * layers were constructed: a generator that is met only while training still stands where its layer
 * was made.
 *
 * @param major number of the layer in order of construction
 * @param minor order within it: initializers first, then generators
 * @param fixed a seed that the user gave; such a draw takes none from the sequence
 */
record Draw(int major, int minor, @Nullable Long fixed) implements Comparable<Draw> {
  @Override
  public int compareTo(Draw other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }
}
