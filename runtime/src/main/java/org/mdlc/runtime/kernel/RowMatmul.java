package org.mdlc.runtime.kernel;

import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * c = a b for a recurrence whose rows go their own way: each part of a {@link Cut} of the rows is a
 * product of its own, which the thread that has the part binds and runs by itself.
 *
 * <pre>
 *   a [rows, k]   b [k, n]   c [rows, n]   bias [n]
 * </pre>
 *
 * <p>Parts run while others are at another product, so they share no scratch memory with any other
 * operation: it is the product's own. {@link Memory#SLACK} bytes must follow every operand.
 */
public final class RowMatmul implements DnnOperation {
  private static final int LINE = 64;

  private final Matmul[] parts;

  /** Bytes of a and of c before each part. */
  private final long[] aBefore;

  private final long[] cBefore;
  private final Arena arena = Arena.ofShared();
  private final long scratch;
  private final long scratchOfPart;

  /**
   * Builds the products.
   *
   * @param rows cut along its first axis
   * @param name what to call it in messages
   * @throws KernelException if the shapes do not fit or oneDNN refuses
   */
  public RowMatmul(Cut rows, String name, Layout a, Layout b, Layout c, Epilogue... epilogue) {
    int count = rows.parts();
    parts = new Matmul[count];
    aBefore = new long[count];
    cBefore = new long[count];
    long mostScratch = 0;
    boolean small = Matmul.isSmall(a, b, c);
    for (int i = 0; i < count; i++) {
      int from = rows.from(0, i);
      int to = rows.to(0, i);
      parts[i] =
          new Matmul(1, small, name, a.range(0, from, to), b, c.range(0, from, to), epilogue);
      aBefore[i] = a.stride(0) * from * Float.BYTES;
      cBefore[i] = c.stride(0) * from * Float.BYTES;
      mostScratch = Math.max(mostScratch, parts[i].scratchBytes());
    }
    scratchOfPart = DnnPrimitive.aligned(mostScratch);
    scratch = scratchOfPart == 0 ? 0 : arena.allocate(scratchOfPart * count, LINE).address();
  }

  /** Binds one part to native memory, given where all rows begin: a, b and c. */
  public void bind(int part, long a, long b, long c) {
    parts[part].bind(a + aBefore[part], b, c + cBefore[part], scratch + part * scratchOfPart);
  }

  /** Binds one part to native memory: a, b, the bias and c. */
  public void bind(int part, long a, long b, long bias, long c) {
    parts[part].bind(a + aBefore[part], b, bias, c + cBefore[part], scratch + part * scratchOfPart);
  }

  /** Computes the rows of one part. */
  public void run(int part) {
    parts[part].run();
  }

  @Override
  public void run() {
    for (Matmul part : parts) {
      part.run();
    }
  }

  @Override
  public long scratchBytes() {
    return 0;
  }

  @Override
  public String implementation() {
    return parts[0].implementation();
  }

  @Override
  public int reorders() {
    return Arrays.stream(parts).mapToInt(Matmul::reorders).max().orElse(0);
  }

  @Override
  public void close() {
    for (Matmul part : parts) {
      part.close();
    }
    arena.close();
  }
}
