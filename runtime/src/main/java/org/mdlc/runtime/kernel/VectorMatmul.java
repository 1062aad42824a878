package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.Memory.ORDER;
import static org.mdlc.runtime.kernel.VectorMath.FLOATS;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * c = a b for matrices so small that a call of oneDNN would cost more than the product: four rows
 * by two vectors of columns at a time in registers, on the calling thread. Every element is summed
 * over k in order, from what c starts with, so results do not depend on the other elements.
 *
 * <p>Rows of b and c must be contiguous. Whole vectors are read from the ends of b, c and the bias:
 * {@link Memory#SLACK} bytes must follow them.
 */
final class VectorMatmul implements DnnOperation {
  private static final int LANES = Lanes.COUNT;

  private final int rows;
  private final int columns;
  private final int depth;
  private final long aRow;
  private final long aStep;
  private final long bRow;
  private final long cRow;
  // of every matrix of the batch, in bytes
  private final long[] aOffsets;
  private final long[] bOffsets;
  private final long[] cOffsets;
  private final boolean biased;
  private final boolean accumulates;
  private final boolean relu;
  private long a;
  private long b;
  private long bias;
  private long c;

  /** The layouts must fit each other and {@link #fits}. */
  VectorMatmul(Layout a, Layout b, Layout c, Epilogue... epilogue) {
    var shapes = DnnMatmul.Shapes.simplest(a, b, c);
    int rank = shapes.c().rank();
    rows = (int) shapes.c().size(rank - 2);
    columns = (int) shapes.c().size(rank - 1);
    depth = (int) shapes.a().size(rank - 1);
    aRow = Float.BYTES * shapes.a().stride(rank - 2);
    aStep = Float.BYTES * shapes.a().stride(rank - 1);
    bRow = Float.BYTES * shapes.b().stride(rank - 2);
    cRow = Float.BYTES * shapes.c().stride(rank - 2);
    aOffsets = offsets(shapes.a(), shapes.c());
    bOffsets = offsets(shapes.b(), shapes.c());
    cOffsets = offsets(shapes.c(), shapes.c());
    Set<Epilogue> wanted = EnumSet.noneOf(Epilogue.class);
    wanted.addAll(List.of(epilogue));
    biased = wanted.contains(Epilogue.BIAS);
    accumulates = wanted.contains(Epilogue.ACCUMULATE);
    relu = wanted.contains(Epilogue.RELU);
  }

  /** True when rows of b and c are contiguous. */
  static boolean fits(Layout b, Layout c) {
    return hasContiguousRows(b) && hasContiguousRows(c);
  }

  private static boolean hasContiguousRows(Layout layout) {
    return layout.stride(layout.rank() - 1) == 1 || layout.size(layout.rank() - 1) == 1;
  }

  /** Multiply-adds, lanes that are computed in vain included. */
  static long work(Layout a, Layout c) {
    long columns = c.size(c.rank() - 1);
    long work = (columns + LANES - 1) / LANES * LANES * a.size(a.rank() - 1);
    for (int i = 0; i < c.rank() - 1; i++) {
      work = Math.multiplyExact(work, c.size(i));
    }
    return work;
  }

  /** Where each matrix of the batch of c starts in an operand. */
  private static long[] offsets(Layout operand, Layout c) {
    int batches = 1;
    for (int i = 0; i < c.rank() - 2; i++) {
      batches *= (int) c.size(i);
    }
    long[] offsets = new long[batches];
    for (int batch = 0; batch < batches; batch++) {
      long rest = batch;
      for (int i = c.rank() - 3; i >= 0; i--) {
        long index = rest % c.size(i);
        rest /= c.size(i);
        offsets[batch] += operand.size(i) == 1 ? 0 : Float.BYTES * index * operand.stride(i);
      }
    }
    return offsets;
  }

  void bind(long a, long b, long c) {
    this.a = a;
    this.b = b;
    this.c = c;
  }

  void bindBias(long bias) {
    this.bias = bias;
  }

  @Override
  public long scratchBytes() {
    return 0;
  }

  @Override
  public void run() {
    for (int batch = 0; batch < cOffsets.length; batch++) {
      long aStart = a + aOffsets[batch];
      long bStart = b + bOffsets[batch];
      long cStart = c + cOffsets[batch];
      if (biased || !accumulates) {
        start(cStart);
      }
      multiply(aStart, bStart, cStart);
      if (relu) {
        rectify(cStart);
      }
    }
  }

  /** Gives c what the sums start from. */
  private void start(long cStart) {
    for (int row = 0; row < rows; row++) {
      long to = cStart + row * cRow;
      for (int j = 0; j < columns; j += LANES) {
        FloatVector value = FloatVector.zero(FLOATS);
        if (biased) {
          value = value.add(FloatVector.fromMemorySegment(FLOATS, ALL, bias + 4L * j, ORDER));
        }
        if (accumulates) {
          value = value.add(FloatVector.fromMemorySegment(FLOATS, ALL, to + 4L * j, ORDER));
        }
        value.intoMemorySegment(ALL, to + 4L * j, ORDER, FLOATS.indexInRange(j, columns));
      }
    }
  }

  private void rectify(long cStart) {
    for (int row = 0; row < rows; row++) {
      long to = cStart + row * cRow;
      for (int j = 0; j < columns; j += LANES) {
        FloatVector.fromMemorySegment(FLOATS, ALL, to + 4L * j, ORDER)
            .max(0f)
            .intoMemorySegment(ALL, to + 4L * j, ORDER, FLOATS.indexInRange(j, columns));
      }
    }
  }

  private void multiply(long aStart, long bStart, long cStart) {
    int row = 0;
    for (; row + 4 <= rows; row += 4) {
      long aTile = aStart + row * aRow;
      long cTile = cStart + row * cRow;
      int j = 0;
      for (; j + 2 * LANES <= columns; j += 2 * LANES) {
        fourByTwo(aTile, bStart + 4L * j, cTile + 4L * j);
      }
      for (; j < columns; j += LANES) {
        fourByOne(aTile, bStart + 4L * j, cTile + 4L * j, columns - j);
      }
    }
    for (; row < rows; row++) {
      for (int j = 0; j < columns; j += LANES) {
        oneByOne(aStart + row * aRow, bStart + 4L * j, cStart + row * cRow + 4L * j, columns - j);
      }
    }
  }

  /** Adds to 4 rows of 2 vectors. */
  private void fourByTwo(long aTile, long bTile, long cTile) {
    long c1 = cTile + cRow;
    long c2 = c1 + cRow;
    long c3 = c2 + cRow;
    long right = 4L * LANES;
    FloatVector sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, cTile, ORDER);
    FloatVector sum1 = FloatVector.fromMemorySegment(FLOATS, ALL, c1, ORDER);
    FloatVector sum2 = FloatVector.fromMemorySegment(FLOATS, ALL, c2, ORDER);
    FloatVector sum3 = FloatVector.fromMemorySegment(FLOATS, ALL, c3, ORDER);
    FloatVector right0 = FloatVector.fromMemorySegment(FLOATS, ALL, cTile + right, ORDER);
    FloatVector right1 = FloatVector.fromMemorySegment(FLOATS, ALL, c1 + right, ORDER);
    FloatVector right2 = FloatVector.fromMemorySegment(FLOATS, ALL, c2 + right, ORDER);
    FloatVector right3 = FloatVector.fromMemorySegment(FLOATS, ALL, c3 + right, ORDER);
    long at = aTile;
    long bt = bTile;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, ALL, bt, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, ALL, bt + right, ORDER);
      FloatVector a0 = FloatVector.broadcast(FLOATS, Memory.f32(at));
      sum0 = a0.fma(b0, sum0);
      right0 = a0.fma(b1, right0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, Memory.f32(at + aRow));
      sum1 = a1.fma(b0, sum1);
      right1 = a1.fma(b1, right1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, Memory.f32(at + 2 * aRow));
      sum2 = a2.fma(b0, sum2);
      right2 = a2.fma(b1, right2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, Memory.f32(at + 3 * aRow));
      sum3 = a3.fma(b0, sum3);
      right3 = a3.fma(b1, right3);
      at += aStep;
      bt += bRow;
    }
    sum0.intoMemorySegment(ALL, cTile, ORDER);
    sum1.intoMemorySegment(ALL, c1, ORDER);
    sum2.intoMemorySegment(ALL, c2, ORDER);
    sum3.intoMemorySegment(ALL, c3, ORDER);
    right0.intoMemorySegment(ALL, cTile + right, ORDER);
    right1.intoMemorySegment(ALL, c1 + right, ORDER);
    right2.intoMemorySegment(ALL, c2 + right, ORDER);
    right3.intoMemorySegment(ALL, c3 + right, ORDER);
  }

  /** Adds to 4 rows of the first {@code count} elements of one vector. */
  private void fourByOne(long aTile, long bTile, long cTile, int count) {
    long c1 = cTile + cRow;
    long c2 = c1 + cRow;
    long c3 = c2 + cRow;
    FloatVector sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, cTile, ORDER);
    FloatVector sum1 = FloatVector.fromMemorySegment(FLOATS, ALL, c1, ORDER);
    FloatVector sum2 = FloatVector.fromMemorySegment(FLOATS, ALL, c2, ORDER);
    FloatVector sum3 = FloatVector.fromMemorySegment(FLOATS, ALL, c3, ORDER);
    long at = aTile;
    long bt = bTile;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, ALL, bt, ORDER);
      sum0 = FloatVector.broadcast(FLOATS, Memory.f32(at)).fma(b0, sum0);
      sum1 = FloatVector.broadcast(FLOATS, Memory.f32(at + aRow)).fma(b0, sum1);
      sum2 = FloatVector.broadcast(FLOATS, Memory.f32(at + 2 * aRow)).fma(b0, sum2);
      sum3 = FloatVector.broadcast(FLOATS, Memory.f32(at + 3 * aRow)).fma(b0, sum3);
      at += aStep;
      bt += bRow;
    }
    VectorMask<Float> inside = FLOATS.indexInRange(0, count);
    sum0.intoMemorySegment(ALL, cTile, ORDER, inside);
    sum1.intoMemorySegment(ALL, c1, ORDER, inside);
    sum2.intoMemorySegment(ALL, c2, ORDER, inside);
    sum3.intoMemorySegment(ALL, c3, ORDER, inside);
  }

  /** Adds to the first {@code count} elements of one vector. */
  private void oneByOne(long aTile, long bTile, long cTile, int count) {
    FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, cTile, ORDER);
    long at = aTile;
    long bt = bTile;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, ALL, bt, ORDER);
      sum = FloatVector.broadcast(FLOATS, Memory.f32(at)).fma(b0, sum);
      at += aStep;
      bt += bRow;
    }
    sum.intoMemorySegment(ALL, cTile, ORDER, FLOATS.indexInRange(0, count));
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
