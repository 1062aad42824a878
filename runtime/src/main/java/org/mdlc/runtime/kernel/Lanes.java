package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.VectorMath.FLOATS;
import static org.mdlc.runtime.kernel.VectorMath.INTS;

import jdk.incubator.vector.IntVector;

/** What generated kernels know of vectors and of their step's scratch memory. */
public final class Lanes {
  /** Elements of a vector on this machine. */
  public static final int COUNT = FLOATS.length();

  /** The numbers 0, 1, 2, ... */
  public static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

  /** Where in scratch memory the blocks of {@link VectorMath} begin: after room for one vector. */
  public static final int BLOCKS = 256;

  /** How many elements all blocks of a kernel have together: they stay in the first-level cache. */
  public static final int BLOCK_ELEMENTS = 6144;

  /** Room for a vector of the widest machine, and for blocks. */
  public static final int SCRATCH_BYTES = BLOCKS + 4 * BLOCK_ELEMENTS;

  private Lanes() {}
}
