package org.mdlc.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * {@link Matmul}, in Java and by oneDNN, against sums in double. Tolerance: 1e-7 for each of k
 * additions in float, at least 1e-6.
 */
class MatmulTest {
  private static final int[] AWKWARD = {1, 7, 13, 257};

  /** In elements. */
  private static final int SLACK = Memory.SLACK / Float.BYTES;

  private final SplittableRandom random = new SplittableRandom(5);

  @Test
  void awkwardSizes() {
    for (int m : AWKWARD) {
      for (int k : AWKWARD) {
        for (int n : AWKWARD) {
          check(Layout.of(m, k), Layout.of(k, n), Layout.of(m, n));
        }
      }
    }
  }

  /** Rows and columns that leave every remainder of every tile, of vectors of 4 to 16 floats. */
  @Test
  void everyTile() {
    for (int m : new int[] {1, 3, 4, 7, 8, 9, 12, 17}) {
      for (int n : new int[] {1, 5, 16, 17, 32, 47, 64, 68, 129}) {
        for (int k : new int[] {1, 3, 8, 19}) {
          Layout a = Layout.of(m, k);
          Layout b = Layout.of(k, n);
          Layout c = Layout.of(m, n);
          check(a, b, c);
          check(Layout.of(k, m).transposed(), b, c, Epilogue.BIAS);
          check(a, Layout.of(n, k).transposed(), c, Epilogue.ACCUMULATE);
          check(a, b, c, Epilogue.BIAS, Epilogue.ACCUMULATE, Epilogue.RELU);
          check(Layout.of(k, m).transposed(), b, Layout.of(n, m).transposed());
        }
      }
    }
  }

  @Test
  void oneRowCutAmongThreads() {
    check(Layout.of(1, 300), Layout.of(300, 129), Layout.of(1, 129), Epilogue.BIAS);
    check(Layout.of(1, 300), Layout.of(300, 129), Layout.of(1, 129), Epilogue.ACCUMULATE);
    check(Layout.of(129, 300), Layout.of(300, 1), Layout.of(129, 1));
    check(Layout.of(300, 129).transposed(), Layout.of(300, 1), Layout.of(129, 1), Epilogue.RELU);
  }

  /** So results do not depend on the tile that an element is in, nor on threads. */
  @Test
  void aRowHasTheSameBitsAloneAndAmongOthers() {
    int m = 17;
    int k = 60;
    int n = 119;
    try (Arena arena = Arena.ofConfined();
        Matmul all = new Matmul("all", Layout.of(m, k), Layout.of(k, n), Layout.of(m, n));
        Matmul one = new Matmul("one", Layout.of(1, k), Layout.of(k, n), Layout.of(1, n))) {
      MemorySegment a = Native.random(arena, random, m * k + SLACK);
      MemorySegment b = Native.random(arena, random, k * n + SLACK);
      MemorySegment c = Native.random(arena, random, m * n + SLACK);
      MemorySegment row = Native.random(arena, random, n + SLACK);
      assertEquals("java", all.implementation());
      long scratch =
          Native.bytes(arena, Math.max(all.scratchBytes(), one.scratchBytes())).address();
      all.bind(a.address(), b.address(), c.address(), scratch).run();
      for (int i = 0; i < m; i++) {
        one.bind(a.address() + 4L * i * k, b.address(), row.address(), scratch).run();
        for (int j = 0; j < n; j++) {
          assertEquals(Native.floats(c)[i * n + j], Native.floats(row)[j], i + ", " + j);
        }
      }
    }
  }

  @Test
  void transposedOperands() {
    check(Layout.of(13, 7).transposed(), Layout.of(13, 257), Layout.of(7, 257));
    check(Layout.of(7, 13), Layout.of(257, 13).transposed(), Layout.of(7, 257));
    check(Layout.of(13, 7).transposed(), Layout.of(257, 13).transposed(), Layout.of(7, 257));
    check(Layout.of(13, 7), Layout.of(7, 5), Layout.of(5, 13).transposed());
  }

  @Test
  void epilogues() {
    Layout a = Layout.of(13, 33);
    Layout b = Layout.of(33, 10);
    Layout c = Layout.of(13, 10);
    check(a, b, c, Epilogue.BIAS);
    check(a, b, c, Epilogue.RELU);
    check(a, b, c, Epilogue.ACCUMULATE);
    check(a, b, c, Epilogue.BIAS, Epilogue.RELU);
    check(a, b, c, Epilogue.BIAS, Epilogue.ACCUMULATE, Epilogue.RELU);
  }

  @Test
  void batches() {
    check(Layout.of(3, 5, 7), Layout.of(3, 7, 13), Layout.of(3, 5, 13));
    check(
        Layout.of(2, 3, 5, 7), Layout.of(2, 3, 7, 13), Layout.of(2, 3, 5, 13), Epilogue.ACCUMULATE);
    check(Layout.of(2, 3, 5, 7), Layout.of(7, 13), Layout.of(2, 3, 5, 13), Epilogue.BIAS);
    check(Layout.of(2, 3, 5, 7), Layout.of(3, 7, 13), Layout.of(2, 3, 5, 13));
    check(Layout.of(1, 5, 7), Layout.of(3, 7, 13), Layout.of(3, 5, 13));
    check(Layout.of(4, 1, 7), Layout.of(4, 7, 1), Layout.of(4, 1, 1));
  }

  @Test
  void repeatedBatchByStrideZero() {
    Layout repeated = Layout.strided(new long[] {3, 7, 13}, new long[] {0, 13, 1});
    check(Layout.of(3, 5, 7), repeated, Layout.of(3, 5, 13));
  }

  @Test
  void headsOfAttention() {
    Layout heads = Layout.of(2, 9, 4, 8).permuted(0, 2, 1, 3);
    check(heads, heads.transposed(), Layout.of(2, 4, 9, 9));
    check(Layout.of(2, 4, 9, 9), heads, heads);
    check(Layout.of(2, 4, 9, 9).transposed(), heads, heads);
  }

  @Test
  void noContiguousDimension() {
    Layout loose = Layout.of(2, 9, 8, 4).permuted(0, 3, 1, 2);
    check(loose, loose.transposed(), Layout.of(2, 4, 9, 9));
    check(Layout.of(2, 4, 9, 9), loose, loose);
    check(Layout.of(2, 4, 9, 9), loose, loose, Epilogue.ACCUMULATE);
  }

  @Test
  void smallProductsStayInJava() {
    assertEquals("java", implementation(Layout.of(32, 20), Layout.of(20, 16), Layout.of(32, 16)));
    assertEquals("java", implementation(Layout.of(4, 64), Layout.of(64, 64), Layout.of(4, 64)));
    assertEquals(
        "java", implementation(Layout.of(4, 4), Layout.of(4, 4).transposed(), Layout.of(4, 4)));
    assertEquals(
        "java", implementation(Layout.of(4, 4), Layout.of(4, 1), Layout.of(1, 4).transposed()));
    assertNotEquals(
        "java", implementation(Layout.of(128, 64), Layout.of(64, 64), Layout.of(128, 64)));
    assertNotEquals(
        "java",
        implementation(
            Layout.of(4, 4),
            Layout.of(4, 4),
            Layout.strided(new long[] {4, 4}, new long[] {16, 2})));
  }

  @Test
  void aSingleRowStaysInJava() {
    assertEquals(
        "java", implementation(Layout.of(1, 784), Layout.of(784, 512), Layout.of(1, 512)));
    assertNotEquals(
        "java",
        implementation(Layout.of(1, 784), Layout.of(512, 784).transposed(), Layout.of(1, 512)));
  }

  @Test
  void neverTheReferenceCodeOfOneDnn() {
    Layout loose = Layout.of(2, 9, 8, 4).permuted(0, 3, 1, 2);
    Layout scores = Layout.of(2, 4, 9, 9);
    assertFalse(implementation(loose, loose.transposed(), scores).contains("ref"));
    assertFalse(implementation(scores, loose, loose).contains("ref"));
  }

  private static String implementation(Layout a, Layout b, Layout c) {
    try (Matmul matmul = new Matmul("test", a, b, c)) {
      return matmul.implementation();
    }
  }

  @Test
  void readsAndWritesOnlyItsOwn() {
    try (Arena arena = Arena.ofConfined();
        Matmul matmul = new Matmul("test", Layout.of(5, 3), Layout.of(3, 7), Layout.of(5, 7))) {
      MemorySegment a = Native.random(arena, random, 5 * 3 + SLACK);
      MemorySegment b = Native.random(arena, random, 3 * 7 + SLACK);
      MemorySegment c = Native.random(arena, random, 5 * 7 + SLACK);
      float[] before = Native.floats(c);
      b.setAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, 3 * 7, Float.NaN);
      long scratch = Native.bytes(arena, matmul.scratchBytes()).address();
      matmul.bind(a.address(), b.address(), c.address(), scratch).run();
      float[] after = Native.floats(c);
      for (int i = 0; i < after.length; i++) {
        if (i < 5 * 7) {
          assertFalse(Float.isNaN(after[i]), "element " + i);
        } else {
          assertEquals(before[i], after[i], "element " + i);
        }
      }
    }
  }

  @Test
  void allocatesNothing() {
    allocatesNothing(Layout.of(30, 20), Layout.of(20, 33), Layout.of(30, 33));
    allocatesNothing(Layout.of(32, 20), Layout.of(64, 20).transposed(), Layout.of(32, 64));
    Layout loose = Layout.of(2, 9, 8, 4).permuted(0, 3, 1, 2);
    allocatesNothing(loose, loose.transposed(), Layout.of(2, 4, 9, 9));
  }

  private void allocatesNothing(Layout a, Layout b, Layout c) {
    try (Arena arena = Arena.ofConfined();
        Matmul matmul = new Matmul("test", a, b, c, Epilogue.RELU)) {
      matmul.bind(
          Native.random(arena, random, extent(a) + SLACK).address(),
          Native.random(arena, random, extent(b) + SLACK).address(),
          Native.random(arena, random, extent(c) + SLACK).address(),
          Native.bytes(arena, matmul.scratchBytes()).address());
      Native.assertAllocatesNothing(matmul::run);
    }
  }

  @Test
  void shapesThatDoNotFit() {
    KernelException error =
        assertThrows(
            KernelException.class,
            () -> new Matmul("dense1", Layout.of(32, 20), Layout.of(21, 64), Layout.of(32, 64)));
    assertEquals(
        "shapes do not fit in matmul dense1: [32, 20] times [21, 64] to [32, 64]",
        error.getMessage());
  }

  private void check(Layout a, Layout b, Layout c, Epilogue... epilogue) {
    try (Arena arena = Arena.ofConfined();
        Matmul matmul = new Matmul("test", a, b, c, epilogue)) {
      MemorySegment aData = Native.random(arena, random, extent(a) + SLACK);
      MemorySegment bData = Native.random(arena, random, extent(b) + SLACK);
      MemorySegment cData = Native.random(arena, random, extent(c) + SLACK);
      MemorySegment bias = Native.random(arena, random, c.size(c.rank() - 1) + SLACK);
      Set<Epilogue> wanted = Set.of(epilogue);

      double[] expected = product(aData, a, bData, b, c);
      float[] before = Native.floats(cData);
      for (long[] index = new long[c.rank()]; index != null; index = next(index, c)) {
        int at = (int) offset(index, c);
        double value = expected[at];
        value +=
            wanted.contains(Epilogue.BIAS) ? Native.floats(bias)[(int) index[c.rank() - 1]] : 0;
        value += wanted.contains(Epilogue.ACCUMULATE) ? before[at] : 0;
        expected[at] = wanted.contains(Epilogue.RELU) ? Math.max(0, value) : value;
      }

      long scratch = Native.bytes(arena, matmul.scratchBytes()).address();
      if (wanted.contains(Epilogue.BIAS)) {
        matmul.bind(aData.address(), bData.address(), bias.address(), cData.address(), scratch);
      } else {
        matmul.bind(aData.address(), bData.address(), cData.address(), scratch);
      }
      matmul.run();
      double tolerance = Math.max(1e-6, 1e-7 * a.size(a.rank() - 1));
      Native.assertClose(a + " x " + b, expected, cData, tolerance);
    }
  }

  /** The product, at the offsets of c. */
  private static double[] product(
      MemorySegment aData, Layout a, MemorySegment bData, Layout b, Layout c) {
    float[] aValues = Native.floats(aData);
    float[] bValues = Native.floats(bData);
    double[] result = new double[(int) extent(c)];
    for (long[] index = new long[c.rank()]; index != null; index = next(index, c)) {
      double sum = 0;
      for (long k = 0; k < a.size(a.rank() - 1); k++) {
        sum +=
            (double) aValues[(int) operandOffset(index, a, index[c.rank() - 2], k)]
                * bValues[(int) operandOffset(index, b, k, index[c.rank() - 1])];
      }
      result[(int) offset(index, c)] = sum;
    }
    return result;
  }

  /** The offset of [batch of c, row, column] in an operand whose batch may be repeated. */
  private static long operandOffset(long[] cIndex, Layout operand, long row, long column) {
    int rank = operand.rank();
    long offset = row * operand.stride(rank - 2) + column * operand.stride(rank - 1);
    for (int i = 0; i < rank - 2; i++) {
      long batch = operand.size(i) == 1 ? 0 : cIndex[cIndex.length - rank + i];
      offset += batch * operand.stride(i);
    }
    return offset;
  }

  private static long offset(long[] index, Layout layout) {
    long offset = 0;
    for (int i = 0; i < index.length; i++) {
      offset += index[i] * layout.stride(i);
    }
    return offset;
  }

  /** How many elements the layout reaches over. */
  private static long extent(Layout layout) {
    long last = 0;
    for (int i = 0; i < layout.rank(); i++) {
      last += (layout.size(i) - 1) * layout.stride(i);
    }
    return last + 1;
  }

  private static long[] next(long[] index, Layout layout) {
    long[] next = index.clone();
    for (int i = next.length - 1; i >= 0; i--) {
      if (++next[i] < layout.size(i)) {
        return next;
      }
      next[i] = 0;
    }
    return null;
  }
}
