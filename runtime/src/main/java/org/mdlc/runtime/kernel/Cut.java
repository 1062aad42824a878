package org.mdlc.runtime.kernel;

/**
 * How the points of a loop nest are cut into parts for the {@link Team}: one of the outer axes is
 * cut into contiguous ranges of nearly equal length, one for each part; a part has all of the
 * others. Work too small for several threads is one part.
 *
 * <p>Points of outer axes are computed each by itself, so results do not depend on the cut.
 */
public final class Cut {
  /**
   * Work below this is not worth a part of its own. To hand a part to a thread that looks for one
   * takes less than a microsecond, to one that sleeps about fifty, and estimates may be three times
   * too high.
   */
  static final long GRAIN_NANOS = 10_000;

  private static final long PICOS = 1_000;

  /** Of elements along vectors a part has whole multiples of these: whole vectors everywhere. */
  private static final int VECTORS = 64;

  /** A cut is good enough if no thread waits for longer than a tenth of the time. */
  private static final double EVEN = 0.9;

  private final int axis;
  private final int parts;
  private final int unit;
  private final int[] extents;

  private Cut(long wanted, int[] extents, boolean lanes) {
    int bestAxis = 0;
    int bestParts = 1;
    double best = 0;
    for (int i = 0; i < extents.length && best < EVEN; i++) {
      int units = Math.ceilDiv(extents[i], unit(extents, lanes, i));
      int count = (int) Math.max(1, Math.min(wanted, units));
      double evenness = (double) units / (Math.ceilDiv(units, count) * wanted);
      if (evenness > best) {
        best = evenness;
        bestAxis = i;
        bestParts = count;
      }
    }
    axis = bestAxis;
    parts = bestParts;
    unit = unit(extents, lanes, bestAxis);
    this.extents = extents;
  }

  private static int unit(int[] extents, boolean lanes, int axis) {
    return lanes && axis == extents.length - 1 ? VECTORS : 1;
  }

  /**
   * Of points that are computed one after the other.
   *
   * @param picosPerPoint about how many picoseconds one thread needs for a point
   * @param extents of the outer axes, at least one
   */
  public static Cut of(long picosPerPoint, int... extents) {
    return of(Team.get().size(), picosPerPoint, false, extents);
  }

  /** Of points of which those along the last axis lie side by side in vectors. */
  public static Cut withLanes(long picosPerPoint, int... extents) {
    return of(Team.get().size(), picosPerPoint, true, extents);
  }

  /**
   * Into as many parts as wanted, or as many as there are points.
   *
   * @param lanes whether points along the last axis lie side by side in vectors
   */
  public static Cut into(int parts, boolean lanes, int... extents) {
    return new Cut(parts, extents.clone(), lanes);
  }

  static Cut of(int threads, long picosPerPoint, boolean lanes, int... extents) {
    double nanos = (double) picosPerPoint / PICOS;
    for (int extent : extents) {
      nanos *= extent;
    }
    return new Cut(partsFor(threads, nanos), extents.clone(), lanes);
  }

  /** How many parts are worth their while, at least 1 and at most as many as there are threads. */
  static long partsFor(int threads, double nanos) {
    return Math.max(1, Math.min(threads, (long) (nanos / GRAIN_NANOS)));
  }

  /** How many parts there are. */
  public int parts() {
    return parts;
  }

  /** The first index along an outer axis that a part has. */
  public int from(int axis, int part) {
    return axis == this.axis ? start(part) : 0;
  }

  /** The index after the last one along an outer axis that a part has. */
  public int to(int axis, int part) {
    return axis == this.axis ? start(part + 1) : extents[axis];
  }

  private int start(int part) {
    long units = Math.ceilDiv(extents[axis], unit);
    return (int) Math.min(units * part / parts * unit, extents[axis]);
  }
}
