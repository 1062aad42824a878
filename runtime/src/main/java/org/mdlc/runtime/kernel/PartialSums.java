package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.Memory.ORDER;
import static org.mdlc.runtime.kernel.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * Adds equally long rows of numbers that the parts of an operation gave, first to last, so that the
 * sum depends on how many parts there were and not on who did them when. On the way it may put the
 * numbers into another order.
 */
final class PartialSums implements Team.Work {
  /** So many neighbours stay neighbours in any order. */
  static final int RUN = 16;

  private static final boolean HAS_VECTORS = VectorApi.isPresent();

  /** Picoseconds of one thread for an element that lies in the second-level cache. */
  private static final long ELEMENT_PICOS = 60;

  private final int parts;
  private final long partBytes;
  private final int @Nullable [] places;
  private final Cut cut;
  private long from;
  private long to;

  /**
   * @param count numbers in a row
   * @param parts rows
   * @param partBytes from one row to the next
   * @param places where in the result each {@link #RUN} of numbers begins, of which there are
   *     whole ones only; null for the order that they have
   */
  PartialSums(int count, int parts, long partBytes, int @Nullable [] places) {
    this.parts = parts;
    this.partBytes = partBytes;
    this.places = places;
    this.cut = Cut.withLanes(ELEMENT_PICOS * (parts + 1), count);
  }

  /** Binds the first row and the result, which are apart if the order changes. */
  void bind(long from, long to) {
    this.from = from;
    this.to = to;
  }

  void run() {
    Team.get().run(this, 0, cut.parts());
  }

  @Override
  public void run(int id, int part) {
    for (int i = cut.from(0, part); i < cut.to(0, part); i += RUN) {
      int place = places == null ? i : places[i / RUN];
      int count = Math.min(RUN, cut.to(0, part) - i);
      if (HAS_VECTORS) {
        Vectors.add(from + 4L * i, parts, partBytes, to + 4L * place, count);
      } else {
        add(from + 4L * i, to + 4L * place, count);
      }
    }
  }

  private void add(long run, long result, int count) {
    for (int i = 0; i < count; i++) {
      float sum = Memory.f32(run + 4L * i);
      for (int part = 1; part < parts; part++) {
        sum += Memory.f32(run + part * partBytes + 4L * i);
      }
      Memory.set(result + 4L * i, sum);
    }
  }

  /** Loaded only where there are vectors. */
  private static final class Vectors {
    static void add(long run, int parts, long partBytes, long result, int count) {
      for (int i = 0; i < count; i += Lanes.COUNT) {
        VectorMask<Float> inside = FLOATS.indexInRange(i, count);
        FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, run + 4L * i, ORDER, inside);
        for (int part = 1; part < parts; part++) {
          long at = run + part * partBytes + 4L * i;
          sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER, inside));
        }
        sum.intoMemorySegment(ALL, result + 4L * i, ORDER, inside);
      }
    }
  }
}
