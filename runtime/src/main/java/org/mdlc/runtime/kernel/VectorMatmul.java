package org.mdlc.runtime.kernel;

import static org.mdlc.runtime.kernel.Memory.ALL;
import static org.mdlc.runtime.kernel.Memory.ORDER;
import static org.mdlc.runtime.kernel.VectorMath.FLOATS;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * c = a b in Java, for matrices so small that a call of oneDNN would cost more than it saves, and
 * for a single row, whose product takes as long as it takes to read b. Sums of a tile of c stay in
 * registers, as many as a processor needs to be busy:
 *
 * <pre>
 *   rows of c     columns, in vectors    sums
 *   4 and more    4                      4 x 4, with 32 registers
 *   8 and more    2                      8 x 2, with 32 registers
 *   8 and more    1                      8 x 1
 *   fewer         all                    8 rows of b at a time are added to a row of c
 * </pre>
 *
 * <p>Every element is summed over k in order, from what c starts with, so results do not depend on
 * the tile that an element is in, nor on the threads among which a single row is cut.
 *
 * <p>Whole vectors are read from the ends of b, c and the bias: {@link Memory#SLACK} bytes must
 * follow them.
 */
final class VectorMatmul implements DnnOperation, Team.Work {
  // The tiles call nothing but methods that HotSpot always inlines (those of the Vector API and of
  // MemorySegment): it inlines others into a method only up to a size that the large tiles exceed,
  // and a vector that passes between methods lies on the heap.

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LANES = Lanes.COUNT;
  private static final long VECTOR = (long) Float.BYTES * LANES;
  private static final int WIDE = 4 * LANES;
  private static final int MEDIUM = 2 * LANES;
  private static final int TALL = 8;
  private static final int LOW = 4;

  /** Processors with vectors of sixteen floats have 32 registers for them, others mostly 16. */
  private static final boolean MANY_REGISTERS = LANES >= 16;

  /** How many rows of b a row of c takes at a time. */
  private static final int BLOCK = 8;

  /** A column of a vector that has no second one beside it takes as long as this many others. */
  private static final long ALONE_COST = LANES >= 16 ? 2 : 1;

  /** Copying an element of b takes as long as this many multiply-adds. */
  private static final long COPY_COST = LANES >= 16 ? 12 : 24;

  /** How long one thread takes to read an element of b that is not in its own cache. */
  private static final double NANOS_PER_ELEMENT = 0.1;

  /** Room for a tile of which only a part belongs to c, or of b while it is transposed. */
  private static final long TILE_BYTES = Math.max(TALL * VECTOR, VectorTranspose.SCRATCH_BYTES);

  /** What sums start from when c and the bias do not say. */
  private static final long ZEROS =
      Arena.global().allocate(Memory.SLACK, Memory.SLACK).address();

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
  private final boolean swapped;
  private final boolean copiesB;
  private final long copiedRow;
  private final long copiedStep;
  private final boolean biased;
  private final boolean accumulates;
  private final boolean relu;
  private final long startRow;
  private final long startStep;
  private final int parts;
  private final long work;
  private long a;
  private long b;
  private long bias;
  private long c;
  private long tile;
  private long copy;

  private VectorMatmul(Form form, Set<Epilogue> epilogue) {
    int rank = form.c.rank();
    rows = (int) form.c.size(rank - 2);
    columns = (int) form.c.size(rank - 1);
    depth = (int) form.a.size(rank - 1);
    aRow = Float.BYTES * form.a.stride(rank - 2);
    aStep = Float.BYTES * form.a.stride(rank - 1);
    cRow = Float.BYTES * form.c.stride(rank - 2);
    work = form.work();
    swapped = form.swapped;
    copiesB = form.copiesB();
    copiedRow = Float.BYTES * form.b.stride(rank - 2);
    copiedStep = Float.BYTES * form.b.stride(rank - 1);
    bRow = copiesB ? (long) Float.BYTES * columns : copiedRow;
    aOffsets = offsets(form.a, form.c);
    bOffsets = offsets(form.b, form.c);
    cOffsets = offsets(form.c, form.c);
    biased = epilogue.contains(Epilogue.BIAS);
    accumulates = epilogue.contains(Epilogue.ACCUMULATE);
    relu = epilogue.contains(Epilogue.RELU);
    startRow = accumulates ? cRow : 0;
    startStep = accumulates || biased ? VECTOR : 0;
    long worthwhile =
        Cut.partsFor(Team.get().size(), (double) depth * columns * NANOS_PER_ELEMENT);
    parts = isSingleRow() ? (int) Math.min(worthwhile, Math.ceilDiv(columns, WIDE)) : 1;
  }

  /**
   * The product, if rows of c are contiguous.
   *
   * <p>The layouts must fit each other.
   */
  static Optional<VectorMatmul> of(Layout a, Layout b, Layout c, Epilogue... epilogue) {
    Set<Epilogue> wanted = EnumSet.noneOf(Epilogue.class);
    wanted.addAll(List.of(epilogue));
    var shapes = DnnMatmul.Shapes.simplest(a, b, c);
    var form = new Form(shapes.a(), shapes.b(), shapes.c(), false);
    if (!wanted.contains(Epilogue.BIAS) && form.transposed().work() < form.work()) {
      form = form.transposed();
    }
    return form.isPossible() ? Optional.of(new VectorMatmul(form, wanted)) : Optional.empty();
  }

  /**
   * A way to compute the product.
   *
   * @param swapped the operands have changed places
   */
  private record Form(Layout a, Layout b, Layout c, boolean swapped) {
    boolean isPossible() {
      return hasContiguousRows(c);
    }

    boolean copiesB() {
      return !hasContiguousRows(b);
    }

    /** Columns of c are rows of its transpose, which is the product of the other transposes. */
    Form transposed() {
      return new Form(b.transposed(), a.transposed(), c.transposed(), true);
    }

    private static boolean hasContiguousRows(Layout layout) {
      return layout.stride(layout.rank() - 1) == 1 || layout.size(layout.rank() - 1) == 1;
    }

    /** As {@link VectorMatmul#work()}; of what is not possible, more than anything. */
    long work() {
      if (!isPossible()) {
        return Long.MAX_VALUE;
      }
      int rank = c.rank();
      long columns = c.size(rank - 1);
      long inPairs = columns / MEDIUM * MEDIUM;
      long alone = Math.ceilDiv(columns - inPairs, LANES) * LANES;
      long ofRow = (inPairs + ALONE_COST * alone) * a.size(rank - 1);
      long ofCopy = copiesB() ? COPY_COST * columns * a.size(rank - 1) : 0;
      long work = Math.addExact(Math.multiplyExact(ofRow, c.size(rank - 2)), ofCopy);
      for (int i = 0; i < rank - 2; i++) {
        work = Math.multiplyExact(work, c.size(i));
      }
      return work;
    }
  }

  /**
   * How long it takes, as a number of multiply-adds of the larger tiles: lanes that are computed in
   * vain count, slower tiles count more, and copying b counts.
   */
  long work() {
    return work;
  }

  /** True when b is read once, as it lies in memory: no library can do that quicker. */
  boolean isSingleRow() {
    return rows == 1 && cOffsets.length == 1 && !copiesB;
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

  void bind(long a, long b, long c, long scratch) {
    this.a = swapped ? b : a;
    this.b = swapped ? a : b;
    this.c = c;
    this.tile = scratch;
    this.copy = scratch + TILE_BYTES;
  }

  void bindBias(long bias) {
    this.bias = bias;
  }

  @Override
  public long scratchBytes() {
    return TILE_BYTES + (copiesB ? Float.BYTES * (long) depth * columns + Memory.SLACK : 0);
  }

  @Override
  public void run() {
    if (parts > 1) {
      Team.get().run(this, 0, parts);
      return;
    }
    for (int batch = 0; batch < cOffsets.length; batch++) {
      long bMatrix = b + bOffsets[batch];
      if (copiesB) {
        if (batch == 0 || bOffsets[batch] != bOffsets[batch - 1]) {
          copy(bMatrix);
        }
        bMatrix = copy;
      }
      multiply(a + aOffsets[batch], bMatrix, c + cOffsets[batch], 0, columns);
    }
  }

  /** A part of the columns of the only row. */
  @Override
  public void run(int id, int part) {
    multiply(a, b, c, cut(part), cut(part + 1));
  }

  /** Where a part begins: at a vector. */
  private int cut(int part) {
    long vectors = Math.ceilDiv(columns, LANES);
    return (int) Math.min(columns, vectors * part / parts * LANES);
  }

  /** Makes the copy of a matrix b whose rows are contiguous. */
  private void copy(long matrix) {
    if (copiedRow == Float.BYTES) {
      VectorTranspose.run(matrix, copiedStep, copy, bRow, depth, columns, tile);
      return;
    }
    long to = copy;
    for (int k = 0; k < depth; k++) {
      long from = matrix + k * copiedRow;
      for (int j = 0; j < columns; j++) {
        ALL.set(FLOAT, to, ALL.get(FLOAT, from));
        from += copiedStep;
        to += Float.BYTES;
      }
    }
  }

  /** Computes the columns of one matrix from {@code first} to before {@code end}. */
  private void multiply(long aStart, long bStart, long cStart, int first, int end) {
    if (biased && accumulates) {
      addBias(cStart, first, end);
    }
    int j = first;
    if (MANY_REGISTERS && rows >= LOW) {
      for (; j + WIDE <= end; j += WIDE) {
        wide(aStart, bStart + 4L * j, cStart + 4L * j, start(cStart, j));
      }
    }
    if (MANY_REGISTERS && rows >= TALL) {
      for (; j + MEDIUM <= end; j += MEDIUM) {
        medium(aStart, bStart + 4L * j, cStart + 4L * j, start(cStart, j));
      }
    }
    if (rows >= TALL) {
      for (; j < end; j += LANES) {
        narrow(aStart, bStart + 4L * j, cStart + 4L * j, start(cStart, j), end - j);
      }
    }
    if (j < end) {
      rows(0, aStart, bStart + 4L * j, cStart + 4L * j, start(cStart, j), end - j);
    }
    if (relu) {
      rectify(cStart, first, end);
    }
  }

  /** The address of what the sums of a column start from. */
  private long start(long cStart, int column) {
    if (accumulates) {
      return cStart + 4L * column;
    }
    return biased ? bias + 4L * column : ZEROS;
  }

  /**
   * The row at which the next tile begins: the last tile takes rows of the one before once more,
   * unless it would add to them twice.
   */
  private int tileRow(int row, int height) {
    return accumulates ? row : Math.min(row, rows - height);
  }

  private boolean hasTile(int row, int height) {
    return accumulates ? row + height <= rows : row < rows;
  }

  private void wide(long aStart, long bStart, long cStart, long start) {
    int row = 0;
    for (; hasTile(row, LOW); row += LOW) {
      int at = tileRow(row, LOW);
      fourByFour(aStart + at * aRow, bStart, cStart + at * cRow, start + at * startRow);
    }
    rows(row, aStart, bStart, cStart, start, WIDE);
  }

  private void medium(long aStart, long bStart, long cStart, long start) {
    int row = 0;
    for (; hasTile(row, TALL); row += TALL) {
      int at = tileRow(row, TALL);
      eightByTwo(aStart + at * aRow, bStart, cStart + at * cRow, start + at * startRow);
    }
    rows(row, aStart, bStart, cStart, start, MEDIUM);
  }

  /** The first {@code count} columns of one vector. */
  private void narrow(long aStart, long bStart, long cStart, long start, int count) {
    int row = 0;
    for (; hasTile(row, TALL); row += TALL) {
      int at = tileRow(row, TALL);
      long aTile = aStart + at * aRow;
      long cTile = cStart + at * cRow;
      long startTile = start + at * startRow;
      if (count >= LANES) {
        eightByOne(aTile, bStart, startTile, cTile, cRow);
      } else {
        eightByOne(aTile, bStart, startTile, tile, VECTOR);
        copyTile(cTile, count);
      }
    }
    rows(row, aStart, bStart, cStart, start, Math.min(count, LANES));
  }

  /** Copies eight rows of a part of a vector to where they belong. */
  private void copyTile(long cTile, int count) {
    VectorMask<Float> inside = FLOATS.indexInRange(0, count);
    for (int row = 0; row < TALL; row++) {
      FloatVector.fromMemorySegment(FLOATS, ALL, tile + row * VECTOR, ORDER)
          .intoMemorySegment(ALL, cTile + row * cRow, ORDER, inside);
    }
  }

  private void fourByFour(long aTile, long bTile, long cTile, long start) {
    FloatVector sum00 = FloatVector.fromMemorySegment(FLOATS, ALL, start, ORDER);
    FloatVector sum01 = FloatVector.fromMemorySegment(FLOATS, ALL, start + startStep, ORDER);
    FloatVector sum02 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 2 * startStep, ORDER);
    FloatVector sum03 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 3 * startStep, ORDER);
    FloatVector sum10 = FloatVector.fromMemorySegment(FLOATS, ALL, start + startRow, ORDER);
    FloatVector sum11 = FloatVector.fromMemorySegment(FLOATS, ALL, start + startRow + startStep, ORDER);
    FloatVector sum12 = FloatVector.fromMemorySegment(FLOATS, ALL, start + startRow + 2 * startStep, ORDER);
    FloatVector sum13 = FloatVector.fromMemorySegment(FLOATS, ALL, start + startRow + 3 * startStep, ORDER);
    FloatVector sum20 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 2 * startRow, ORDER);
    FloatVector sum21 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 2 * startRow + startStep, ORDER);
    FloatVector sum22 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 2 * startRow + 2 * startStep, ORDER);
    FloatVector sum23 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 2 * startRow + 3 * startStep, ORDER);
    FloatVector sum30 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 3 * startRow, ORDER);
    FloatVector sum31 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 3 * startRow + startStep, ORDER);
    FloatVector sum32 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 3 * startRow + 2 * startStep, ORDER);
    FloatVector sum33 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 3 * startRow + 3 * startStep, ORDER);
    long at = aTile;
    long bt = bTile;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, ALL, bt, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, ALL, bt + VECTOR, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, ALL, bt + 2 * VECTOR, ORDER);
      FloatVector b3 = FloatVector.fromMemorySegment(FLOATS, ALL, bt + 3 * VECTOR, ORDER);
      FloatVector a0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at));
      sum00 = a0.fma(b0, sum00);
      sum01 = a0.fma(b1, sum01);
      sum02 = a0.fma(b2, sum02);
      sum03 = a0.fma(b3, sum03);
      FloatVector a1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + aRow));
      sum10 = a1.fma(b0, sum10);
      sum11 = a1.fma(b1, sum11);
      sum12 = a1.fma(b2, sum12);
      sum13 = a1.fma(b3, sum13);
      FloatVector a2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 2 * aRow));
      sum20 = a2.fma(b0, sum20);
      sum21 = a2.fma(b1, sum21);
      sum22 = a2.fma(b2, sum22);
      sum23 = a2.fma(b3, sum23);
      FloatVector a3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 3 * aRow));
      sum30 = a3.fma(b0, sum30);
      sum31 = a3.fma(b1, sum31);
      sum32 = a3.fma(b2, sum32);
      sum33 = a3.fma(b3, sum33);
      at += aStep;
      bt += bRow;
    }
    sum00.intoMemorySegment(ALL, cTile, ORDER);
    sum01.intoMemorySegment(ALL, cTile + VECTOR, ORDER);
    sum02.intoMemorySegment(ALL, cTile + 2 * VECTOR, ORDER);
    sum03.intoMemorySegment(ALL, cTile + 3 * VECTOR, ORDER);
    sum10.intoMemorySegment(ALL, cTile + cRow, ORDER);
    sum11.intoMemorySegment(ALL, cTile + cRow + VECTOR, ORDER);
    sum12.intoMemorySegment(ALL, cTile + cRow + 2 * VECTOR, ORDER);
    sum13.intoMemorySegment(ALL, cTile + cRow + 3 * VECTOR, ORDER);
    sum20.intoMemorySegment(ALL, cTile + 2 * cRow, ORDER);
    sum21.intoMemorySegment(ALL, cTile + 2 * cRow + VECTOR, ORDER);
    sum22.intoMemorySegment(ALL, cTile + 2 * cRow + 2 * VECTOR, ORDER);
    sum23.intoMemorySegment(ALL, cTile + 2 * cRow + 3 * VECTOR, ORDER);
    sum30.intoMemorySegment(ALL, cTile + 3 * cRow, ORDER);
    sum31.intoMemorySegment(ALL, cTile + 3 * cRow + VECTOR, ORDER);
    sum32.intoMemorySegment(ALL, cTile + 3 * cRow + 2 * VECTOR, ORDER);
    sum33.intoMemorySegment(ALL, cTile + 3 * cRow + 3 * VECTOR, ORDER);
  }

  private void eightByTwo(long aTile, long bTile, long cTile, long start) {
    FloatVector sum00 = FloatVector.fromMemorySegment(FLOATS, ALL, start, ORDER);
    FloatVector sum01 = FloatVector.fromMemorySegment(FLOATS, ALL, start + startStep, ORDER);
    FloatVector sum10 = FloatVector.fromMemorySegment(FLOATS, ALL, start + startRow, ORDER);
    FloatVector sum11 = FloatVector.fromMemorySegment(FLOATS, ALL, start + startRow + startStep, ORDER);
    FloatVector sum20 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 2 * startRow, ORDER);
    FloatVector sum21 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 2 * startRow + startStep, ORDER);
    FloatVector sum30 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 3 * startRow, ORDER);
    FloatVector sum31 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 3 * startRow + startStep, ORDER);
    FloatVector sum40 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 4 * startRow, ORDER);
    FloatVector sum41 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 4 * startRow + startStep, ORDER);
    FloatVector sum50 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 5 * startRow, ORDER);
    FloatVector sum51 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 5 * startRow + startStep, ORDER);
    FloatVector sum60 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 6 * startRow, ORDER);
    FloatVector sum61 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 6 * startRow + startStep, ORDER);
    FloatVector sum70 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 7 * startRow, ORDER);
    FloatVector sum71 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 7 * startRow + startStep, ORDER);
    long at = aTile;
    long bt = bTile;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, ALL, bt, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, ALL, bt + VECTOR, ORDER);
      FloatVector a0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at));
      sum00 = a0.fma(b0, sum00);
      sum01 = a0.fma(b1, sum01);
      FloatVector a1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + aRow));
      sum10 = a1.fma(b0, sum10);
      sum11 = a1.fma(b1, sum11);
      FloatVector a2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 2 * aRow));
      sum20 = a2.fma(b0, sum20);
      sum21 = a2.fma(b1, sum21);
      FloatVector a3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 3 * aRow));
      sum30 = a3.fma(b0, sum30);
      sum31 = a3.fma(b1, sum31);
      FloatVector a4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 4 * aRow));
      sum40 = a4.fma(b0, sum40);
      sum41 = a4.fma(b1, sum41);
      FloatVector a5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 5 * aRow));
      sum50 = a5.fma(b0, sum50);
      sum51 = a5.fma(b1, sum51);
      FloatVector a6 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 6 * aRow));
      sum60 = a6.fma(b0, sum60);
      sum61 = a6.fma(b1, sum61);
      FloatVector a7 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 7 * aRow));
      sum70 = a7.fma(b0, sum70);
      sum71 = a7.fma(b1, sum71);
      at += aStep;
      bt += bRow;
    }
    sum00.intoMemorySegment(ALL, cTile, ORDER);
    sum01.intoMemorySegment(ALL, cTile + VECTOR, ORDER);
    sum10.intoMemorySegment(ALL, cTile + cRow, ORDER);
    sum11.intoMemorySegment(ALL, cTile + cRow + VECTOR, ORDER);
    sum20.intoMemorySegment(ALL, cTile + 2 * cRow, ORDER);
    sum21.intoMemorySegment(ALL, cTile + 2 * cRow + VECTOR, ORDER);
    sum30.intoMemorySegment(ALL, cTile + 3 * cRow, ORDER);
    sum31.intoMemorySegment(ALL, cTile + 3 * cRow + VECTOR, ORDER);
    sum40.intoMemorySegment(ALL, cTile + 4 * cRow, ORDER);
    sum41.intoMemorySegment(ALL, cTile + 4 * cRow + VECTOR, ORDER);
    sum50.intoMemorySegment(ALL, cTile + 5 * cRow, ORDER);
    sum51.intoMemorySegment(ALL, cTile + 5 * cRow + VECTOR, ORDER);
    sum60.intoMemorySegment(ALL, cTile + 6 * cRow, ORDER);
    sum61.intoMemorySegment(ALL, cTile + 6 * cRow + VECTOR, ORDER);
    sum70.intoMemorySegment(ALL, cTile + 7 * cRow, ORDER);
    sum71.intoMemorySegment(ALL, cTile + 7 * cRow + VECTOR, ORDER);
  }

  /** One vector of eight rows, written {@code toRow} bytes apart. */
  private void eightByOne(long aTile, long bTile, long start, long to, long toRow) {
    FloatVector sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, start, ORDER);
    FloatVector sum1 = FloatVector.fromMemorySegment(FLOATS, ALL, start + startRow, ORDER);
    FloatVector sum2 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 2 * startRow, ORDER);
    FloatVector sum3 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 3 * startRow, ORDER);
    FloatVector sum4 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 4 * startRow, ORDER);
    FloatVector sum5 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 5 * startRow, ORDER);
    FloatVector sum6 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 6 * startRow, ORDER);
    FloatVector sum7 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 7 * startRow, ORDER);
    long at = aTile;
    long bt = bTile;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, ALL, bt, ORDER);
      FloatVector a0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at));
      sum0 = a0.fma(b0, sum0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + aRow));
      sum1 = a1.fma(b0, sum1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 2 * aRow));
      sum2 = a2.fma(b0, sum2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 3 * aRow));
      sum3 = a3.fma(b0, sum3);
      FloatVector a4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 4 * aRow));
      sum4 = a4.fma(b0, sum4);
      FloatVector a5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 5 * aRow));
      sum5 = a5.fma(b0, sum5);
      FloatVector a6 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 6 * aRow));
      sum6 = a6.fma(b0, sum6);
      FloatVector a7 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 7 * aRow));
      sum7 = a7.fma(b0, sum7);
      at += aStep;
      bt += bRow;
    }
    sum0.intoMemorySegment(ALL, to, ORDER);
    sum1.intoMemorySegment(ALL, to + toRow, ORDER);
    sum2.intoMemorySegment(ALL, to + 2 * toRow, ORDER);
    sum3.intoMemorySegment(ALL, to + 3 * toRow, ORDER);
    sum4.intoMemorySegment(ALL, to + 4 * toRow, ORDER);
    sum5.intoMemorySegment(ALL, to + 5 * toRow, ORDER);
    sum6.intoMemorySegment(ALL, to + 6 * toRow, ORDER);
    sum7.intoMemorySegment(ALL, to + 7 * toRow, ORDER);
  }

  /** The first {@code count} columns of the rows from {@code first} on, row by row. */
  private void rows(int first, long aStart, long bStart, long cStart, long start, int count) {
    int whole = count / LANES * LANES;
    for (int row = first; row < rows; row++) {
      long at = aStart + row * aRow;
      long ct = cStart + row * cRow;
      long from = start + row * startRow;
      if (whole > 0) {
        wholeVectors(at, bStart, ct, from, whole);
      }
      if (whole < count) {
        long rest = 4L * whole;
        oneByOne(at, bStart + rest, ct + rest, from + whole / LANES * startStep, count - whole);
      }
    }
  }

  private void wholeVectors(long at, long bStart, long ct, long start, int count) {
    long from = start;
    long fromStep = startStep;
    int k = 0;
    for (; k + BLOCK <= depth; k += BLOCK) {
      addBlock(at + k * aStep, bStart + k * bRow, ct, from, fromStep, count);
      from = ct;
      fromStep = VECTOR;
    }
    for (; k < depth; k++) {
      addOne(at + k * aStep, bStart + k * bRow, ct, from, fromStep, count);
      from = ct;
      fromStep = VECTOR;
    }
  }

  /** Adds eight rows of b, times the elements of a, to what is there. */
  private void addBlock(long at, long bt, long ct, long from, long fromStep, int count) {
    FloatVector a0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at));
    FloatVector a1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + aStep));
    FloatVector a2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 2 * aStep));
    FloatVector a3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 3 * aStep));
    FloatVector a4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 4 * aStep));
    FloatVector a5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 5 * aStep));
    FloatVector a6 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 6 * aStep));
    FloatVector a7 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at + 7 * aStep));
    long start = from;
    for (int j = 0; j < count; j += LANES) {
      long bj = bt + 4L * j;
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, start, ORDER);
      sum = a0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, bj, ORDER), sum);
      sum = a1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, bj + bRow, ORDER), sum);
      sum = a2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, bj + 2 * bRow, ORDER), sum);
      sum = a3.fma(FloatVector.fromMemorySegment(FLOATS, ALL, bj + 3 * bRow, ORDER), sum);
      sum = a4.fma(FloatVector.fromMemorySegment(FLOATS, ALL, bj + 4 * bRow, ORDER), sum);
      sum = a5.fma(FloatVector.fromMemorySegment(FLOATS, ALL, bj + 5 * bRow, ORDER), sum);
      sum = a6.fma(FloatVector.fromMemorySegment(FLOATS, ALL, bj + 6 * bRow, ORDER), sum);
      sum = a7.fma(FloatVector.fromMemorySegment(FLOATS, ALL, bj + 7 * bRow, ORDER), sum);
      sum.intoMemorySegment(ALL, ct + 4L * j, ORDER);
      start += fromStep;
    }
  }

  private static void addOne(long at, long bt, long ct, long from, long fromStep, int count) {
    FloatVector a0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at));
    long start = from;
    for (int j = 0; j < count; j += LANES) {
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, start, ORDER);
      sum = a0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, bt + 4L * j, ORDER), sum);
      sum.intoMemorySegment(ALL, ct + 4L * j, ORDER);
      start += fromStep;
    }
  }

  /** The first {@code count} elements of one vector. */
  private void oneByOne(long aTile, long bTile, long cTile, long start, int count) {
    FloatVector sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, start, ORDER);
    long at = aTile;
    long bt = bTile;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, ALL, bt, ORDER);
      FloatVector a0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, at));
      sum0 = a0.fma(b0, sum0);
      at += aStep;
      bt += bRow;
    }
    VectorMask<Float> inside = FLOATS.indexInRange(0, count);
    sum0.intoMemorySegment(ALL, cTile, ORDER, inside);
  }

  private void addBias(long cStart, int first, int end) {
    for (int row = 0; row < rows; row++) {
      for (int j = first; j < end; j += LANES) {
        long to = cStart + row * cRow + 4L * j;
        FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, to, ORDER);
        sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, bias + 4L * j, ORDER));
        sum.intoMemorySegment(ALL, to, ORDER, FLOATS.indexInRange(j, end));
      }
    }
  }

  private void rectify(long cStart, int first, int end) {
    for (int row = 0; row < rows; row++) {
      for (int j = first; j < end; j += LANES) {
        long to = cStart + row * cRow + 4L * j;
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, ALL, to, ORDER);
        value = value.blend(0f, value.compare(VectorOperators.LT, 0f));
        value.intoMemorySegment(ALL, to, ORDER, FLOATS.indexInRange(j, end));
      }
    }
  }

  @Override
  public void close() {
    // nothing outside of Java's heap
  }
}
