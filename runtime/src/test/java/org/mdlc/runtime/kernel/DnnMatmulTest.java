package org.mdlc.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * {@link DnnMatmul} against sums in double. Tolerance: 1e-7 for each of k additions in float, at
 * least 1e-6.
 */
class DnnMatmulTest {
  private static final int[] AWKWARD = {1, 7, 13, 257};

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
  void newAddressesAtEveryCall() {
    try (Arena arena = Arena.ofConfined();
        DnnMatmul matmul =
            new DnnMatmul("recurrence", Layout.of(3, 4), Layout.of(4, 4), Layout.of(3, 4))) {
      MemorySegment weights = Native.random(arena, random, 16);
      MemorySegment states = Native.random(arena, random, 3 * 12);
      matmul.bind(0, 0, 0, Native.bytes(arena, matmul.scratchBytes()).address());
      for (int step = 0; step < 2; step++) {
        long from = states.address() + step * 12L * Float.BYTES;
        matmul.run(from, weights.address(), from + 12L * Float.BYTES);
      }
      double[] first = product(states, Layout.of(3, 4), weights, Layout.of(4, 4), Layout.of(3, 4));
      Native.assertClose("first step", first, states.asSlice(48), 1e-6);
      double[] second =
          product(states.asSlice(48), Layout.of(3, 4), weights, Layout.of(4, 4), Layout.of(3, 4));
      Native.assertClose("second step", second, states.asSlice(96), 1e-6);
    }
  }

  @Test
  void allocatesNothing() {
    try (Arena arena = Arena.ofConfined();
        DnnMatmul matmul =
            new DnnMatmul("dense", Layout.of(32, 20), Layout.of(20, 64), Layout.of(32, 64))) {
      long memory = Native.zeros(arena, 32 * 64).address();
      long c = Native.zeros(arena, 32 * 64).address();
      matmul.bind(memory, memory, c, Native.bytes(arena, matmul.scratchBytes()).address());
      Native.assertAllocatesNothing(matmul::run);
      Native.assertAllocatesNothing(() -> matmul.run(memory, memory, c));
    }
  }

  @Test
  void shapesThatDoNotFit() {
    KernelException error =
        assertThrows(
            KernelException.class,
            () -> new DnnMatmul("dense1", Layout.of(32, 20), Layout.of(21, 64), Layout.of(32, 64)));
    assertEquals(
        "shapes do not fit in matmul dense1: [32, 20] times [21, 64] to [32, 64]",
        error.getMessage());
  }

  @Test
  void rowsColumnsOrMatricesInParts() {
    check(Layout.of(40, 9), Layout.of(9, 20), Layout.of(40, 20), Epilogue.BIAS, Epilogue.RELU);
    check(Layout.of(20, 9), Layout.of(9, 500), Layout.of(20, 500), Epilogue.BIAS, Epilogue.RELU);
    check(Layout.of(9, 20).transposed(), Layout.of(9, 500), Layout.of(20, 500));
    check(Layout.of(20, 9), Layout.of(500, 9).transposed(), Layout.of(20, 500));
    check(Layout.of(9, 2, 7), Layout.of(9, 7, 5), Layout.of(9, 2, 5), Epilogue.ACCUMULATE);
  }

  private void check(Layout a, Layout b, Layout c, Epilogue... epilogue) {
    for (int parts = 1; parts <= 3; parts++) {
      check(parts, a, b, c, epilogue);
    }
  }

  private void check(int parts, Layout a, Layout b, Layout c, Epilogue... epilogue) {
    try (Arena arena = Arena.ofConfined();
        DnnMatmul matmul = new DnnMatmul(parts, "test", a, b, c, epilogue)) {
      MemorySegment aData = Native.random(arena, random, extent(a));
      MemorySegment bData = Native.random(arena, random, extent(b));
      MemorySegment cData = Native.random(arena, random, extent(c));
      MemorySegment bias = Native.random(arena, random, c.size(c.rank() - 1));
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
