package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.Memory.ORDER;
import static org.mdlc.runtime.kernel.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The largest of two by two cells, and its gradient, for windows that do not overlap: one pass over
 * memory each. oneDNN takes two for the gradient, as it first looks for the places again.
 *
 * <pre>
 *   x [batch, rows, columns, channels]   y [batch, rows / 2, columns / 2, channels]
 * </pre>
 *
 * A cell is larger than the ones before it if the comparison says so; the gradient goes to the
 * first of equals. Cells in no window have the gradient 0.
 */
final class VectorMaxPooling implements DnnOperation, Team.Work {
  private static final int LANES = Lanes.COUNT;
  private static final int FORWARD = 0;
  private static final int BACKWARD = 1;

  /** Picoseconds of one thread for an element of x when memory is the limit. */
  private static final long ELEMENT_PICOS = 100;

  private final int rows;
  private final int columns;
  private final int channels;
  private final int yRows;
  private final int yColumns;
  private final long pixelBytes;
  private final long rowBytes;
  private final int work;
  private final Cut cut;
  private final VectorMask<Float> tail;
  private long x;
  private long y;
  private long dx;

  /**
   * One direction of a pooling that {@link #fits}.
   *
   * @param forward false for the gradient
   */
  VectorMaxPooling(Layout x, boolean forward) {
    rows = (int) x.size(1);
    columns = (int) x.size(2);
    channels = (int) x.size(3);
    yRows = rows / 2;
    yColumns = columns / 2;
    pixelBytes = 4L * channels;
    rowBytes = columns * pixelBytes;
    work = forward ? FORWARD : BACKWARD;
    long elements = 2L * columns * channels;
    cut = Cut.of(ELEMENT_PICOS * elements, Math.multiplyExact((int) x.size(0), yRows));
    tail = FLOATS.indexInRange(0, channels % LANES);
  }

  /** True for windows of two by two that lie side by side, without padding. */
  static boolean fits(Layout x, Window window) {
    boolean fits = window.rank() == 2;
    for (int i = 0; fits && i < 2; i++) {
      fits =
          window.size(i) == 2
              && window.strides()[i] == 2
              && window.gaps()[i] == 0
              && window.before()[i] == 0
              && window.results(i, x.size(i + 1)) == x.size(i + 1) / 2
              && x.size(i + 1) >= 2;
    }
    return fits;
  }

  /** Binds native memory of a forward pooling. */
  void bindForward(long x, long y) {
    this.x = x;
    this.y = y;
  }

  /** Binds native memory of a gradient. */
  void bindBackward(long x, long dy, long dx) {
    this.x = x;
    this.y = dy;
    this.dx = dx;
  }

  @Override
  public void run() {
    Team.get().run(this, work, cut.parts());
  }

  @Override
  public void run(int id, int part) {
    for (int row = cut.from(0, part); row < cut.to(0, part); row++) {
      int sample = row / yRows;
      int yRow = row % yRows;
      long before = (sample * (long) rows + 2 * yRow) * rowBytes;
      long yBefore = row * yColumns * pixelBytes;
      if (id == FORWARD) {
        forward(x + before, y + yBefore);
      } else {
        backward(x + before, y + yBefore, dx + before);
        clear(dx + before + 2 * yColumns * pixelBytes, (columns - 2 * yColumns) * channels);
        clear(
            dx + before + rowBytes + 2 * yColumns * pixelBytes,
            (columns - 2 * yColumns) * channels);
        if (yRow == yRows - 1) {
          clear(dx + before + 2 * rowBytes, (rows - 2 * yRows) * columns * channels);
        }
      }
    }
  }

  /** One row of y from two of x. */
  private void forward(long x, long y) {
    int full = FLOATS.loopBound(channels);
    for (int column = 0; column < yColumns; column++) {
      long x0 = x + 2 * column * pixelBytes;
      long x1 = x0 + rowBytes;
      long to = y + column * pixelBytes;
      for (int i = 0; i < full; i += LANES) {
        FloatVector best = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER);
        best = larger(best, load(x0 + pixelBytes + 4L * i));
        best = larger(best, load(x1 + 4L * i));
        best = larger(best, load(x1 + pixelBytes + 4L * i));
        best.intoMemorySegment(ALL, to + 4L * i, ORDER);
      }
      if (full < channels) {
        FloatVector best = loadTail(x0 + 4L * full);
        best = larger(best, loadTail(x0 + pixelBytes + 4L * full));
        best = larger(best, loadTail(x1 + 4L * full));
        best = larger(best, loadTail(x1 + pixelBytes + 4L * full));
        best.intoMemorySegment(ALL, to + 4L * full, ORDER, tail);
      }
    }
  }

  /** Two rows of dx. */
  private void backward(long x, long dy, long dx) {
    int full = FLOATS.loopBound(channels);
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int column = 0; column < yColumns; column++) {
      long at = 2 * column * pixelBytes;
      long from = dy + column * pixelBytes;
      for (int i = 0; i < full; i += LANES) {
        long x0 = x + at + 4L * i;
        long d0 = dx + at + 4L * i;
        FloatVector best = load(x0);
        FloatVector cell1 = load(x0 + pixelBytes);
        FloatVector cell2 = load(x0 + rowBytes);
        FloatVector cell3 = load(x0 + rowBytes + pixelBytes);
        VectorMask<Float> is1 = cell1.compare(VectorOperators.GT, best);
        best = best.blend(cell1, is1);
        VectorMask<Float> is2 = cell2.compare(VectorOperators.GT, best);
        best = best.blend(cell2, is2);
        VectorMask<Float> is3 = cell3.compare(VectorOperators.GT, best);
        FloatVector left = load(from + 4L * i);
        zero.blend(left, is3).intoMemorySegment(ALL, d0 + rowBytes + pixelBytes, ORDER);
        left = left.blend(zero, is3);
        zero.blend(left, is2).intoMemorySegment(ALL, d0 + rowBytes, ORDER);
        left = left.blend(zero, is2);
        zero.blend(left, is1).intoMemorySegment(ALL, d0 + pixelBytes, ORDER);
        left.blend(zero, is1).intoMemorySegment(ALL, d0, ORDER);
      }
      if (full < channels) {
        long x0 = x + at + 4L * full;
        long d0 = dx + at + 4L * full;
        FloatVector best = loadTail(x0);
        FloatVector cell1 = loadTail(x0 + pixelBytes);
        FloatVector cell2 = loadTail(x0 + rowBytes);
        FloatVector cell3 = loadTail(x0 + rowBytes + pixelBytes);
        VectorMask<Float> is1 = cell1.compare(VectorOperators.GT, best);
        best = best.blend(cell1, is1);
        VectorMask<Float> is2 = cell2.compare(VectorOperators.GT, best);
        best = best.blend(cell2, is2);
        VectorMask<Float> is3 = cell3.compare(VectorOperators.GT, best);
        FloatVector left = loadTail(from + 4L * full);
        zero.blend(left, is3).intoMemorySegment(ALL, d0 + rowBytes + pixelBytes, ORDER, tail);
        left = left.blend(zero, is3);
        zero.blend(left, is2).intoMemorySegment(ALL, d0 + rowBytes, ORDER, tail);
        left = left.blend(zero, is2);
        zero.blend(left, is1).intoMemorySegment(ALL, d0 + pixelBytes, ORDER, tail);
        left.blend(zero, is1).intoMemorySegment(ALL, d0, ORDER, tail);
      }
    }
  }

  private static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(FLOATS, ALL, address, ORDER);
  }

  private FloatVector loadTail(long address) {
    return FloatVector.fromMemorySegment(FLOATS, ALL, address, ORDER, tail);
  }

  private static FloatVector larger(FloatVector best, FloatVector cell) {
    return best.blend(cell, cell.compare(VectorOperators.GT, best));
  }

  private static void clear(long address, int count) {
    for (int i = 0; i < count; i++) {
      Memory.set(address + 4L * i, 0f);
    }
  }

  @Override
  public long scratchBytes() {
    return 0;
  }

  @Override
  public String implementation() {
    return "java";
  }

  @Override
  public void close() {
    // nothing outside of Java's heap
  }
}
