package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * As many multiply-adds as a core can do: twelve chains, so that none waits for its last result.
 */
final class VectorPeak {
  private static final int CHAINS = 12;

  /** Operations of one round: a multiply-add is two. */
  static final int FLOPS = 2 * CHAINS * FLOATS.length();

  private VectorPeak() {}

  /** The sum of all chains after some rounds: each tends to 2. */
  static float multiplyAdd(int rounds) {
    FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
    FloatVector one = FloatVector.broadcast(FLOATS, 1);
    FloatVector a = one;
    FloatVector b = one;
    FloatVector c = one;
    FloatVector d = one;
    FloatVector e = one;
    FloatVector f = one;
    FloatVector g = one;
    FloatVector h = one;
    FloatVector i = one;
    FloatVector j = one;
    FloatVector k = one;
    FloatVector l = one;
    for (int round = 0; round < rounds; round++) {
      a = a.fma(half, one);
      b = b.fma(half, one);
      c = c.fma(half, one);
      d = d.fma(half, one);
      e = e.fma(half, one);
      f = f.fma(half, one);
      g = g.fma(half, one);
      h = h.fma(half, one);
      i = i.fma(half, one);
      j = j.fma(half, one);
      k = k.fma(half, one);
      l = l.fma(half, one);
    }
    FloatVector sum =
        a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l);
    return sum.lane(0);
  }
}
