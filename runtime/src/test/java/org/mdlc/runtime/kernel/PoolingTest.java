package org.mdlc.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** {@link Pooling} in Java against {@link DnnPooling}: equal to the last bit. */
class PoolingTest {
  private static final Window TWO_BY_TWO = Window.of(2, 2).strides(2, 2);

  private final SplittableRandom random = new SplittableRandom(29);

  @Test
  void wholeAndPartialVectors() {
    for (int channels : new int[] {1, 3, 8, 16, 17, 32, 47}) {
      check(Layout.of(2, 6, 4, channels));
    }
  }

  @Test
  void cellsInNoWindow() {
    check(Layout.of(3, 7, 6, 5));
    check(Layout.of(3, 6, 7, 16));
    check(Layout.of(2, 11, 9, 19));
    check(Layout.of(1, 3, 3, 1));
  }

  @Test
  void inParts() {
    check(Layout.of(64, 27, 26, 32));
  }

  @Test
  void allocatesNothing() {
    Layout x = Layout.of(2, 7, 8, 19);
    try (Arena arena = Arena.ofConfined();
        Pooling forward = Pooling.forward("pool", DnnPooling.Kind.MAX, x, TWO_BY_TWO);
        Pooling backward = Pooling.backward("pool", DnnPooling.Kind.MAX, x, TWO_BY_TWO)) {
      long xData = Native.zeros(arena, 2 * 7 * 8 * 19).address();
      long y = Native.zeros(arena, 2 * 3 * 4 * 19).address();
      long dx = Native.zeros(arena, 2 * 7 * 8 * 19).address();
      Native.assertAllocatesNothing(forward.bindForward(xData, y, 0)::run);
      Native.assertAllocatesNothing(backward.bindBackward(xData, y, dx, 0)::run);
    }
  }

  @Test
  void othersAreTheLibrarys() {
    assertInJava(true, DnnPooling.Kind.MAX, TWO_BY_TWO);
    assertInJava(false, DnnPooling.Kind.AVERAGE, TWO_BY_TWO);
    assertInJava(false, DnnPooling.Kind.MAX, Window.of(3, 3).strides(2, 2));
    assertInJava(false, DnnPooling.Kind.MAX, Window.of(2, 2));
    assertInJava(
        false, DnnPooling.Kind.MAX, TWO_BY_TWO.padding(new long[] {0, 0}, new long[] {1, 1}));
  }

  private static void assertInJava(boolean expected, DnnPooling.Kind kind, Window window) {
    try (Pooling pooling = Pooling.forward("pool", kind, Layout.of(1, 7, 7, 4), window)) {
      assertEquals(expected, pooling.implementation().equals("java"), kind + " " + window);
    }
  }

  private void check(Layout x) {
    Layout y = TWO_BY_TWO.over("pool", x);
    int inputs = Math.toIntExact(x.size(0) * x.stride(0));
    int outputs = Math.toIntExact(y.size(0) * y.stride(0));
    DnnPooling.Kind max = DnnPooling.Kind.MAX;
    try (Arena arena = Arena.ofConfined();
        Pooling forward = Pooling.forward("java", max, x, TWO_BY_TWO);
        Pooling backward = Pooling.backward("java", max, x, TWO_BY_TWO);
        DnnPooling libraryForward = DnnPooling.forward("library", max, x, TWO_BY_TWO);
        DnnPooling libraryBackward = DnnPooling.backward("library", max, x, TWO_BY_TWO)) {
      long scratch =
          Native.bytes(arena, Dnn.scratchBytes(libraryForward, libraryBackward)).address();
      MemorySegment xData = fewValues(arena, inputs);
      MemorySegment dy = Native.random(arena, random, outputs);
      MemorySegment found = Native.random(arena, random, outputs);
      MemorySegment expected = Native.random(arena, random, outputs);
      forward.bindForward(xData.address(), found.address(), 0).run();
      libraryForward.bindForward(xData.address(), expected.address(), scratch).run();
      assertArrayEquals(Native.floats(expected), Native.floats(found), "y of x " + x);

      MemorySegment dx = Native.random(arena, random, inputs);
      MemorySegment expectedDx = Native.random(arena, random, inputs);
      backward.bindBackward(xData.address(), dy.address(), dx.address(), 0).run();
      libraryBackward
          .bindBackward(xData.address(), dy.address(), expectedDx.address(), scratch)
          .run();
      assertArrayEquals(Native.floats(expectedDx), Native.floats(dx), "dx of x " + x);
    }
  }

  /** So few that most windows have equal cells. */
  private MemorySegment fewValues(Arena arena, int count) {
    MemorySegment segment = Native.zeros(arena, count);
    for (int i = 0; i < count; i++) {
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextInt(-2, 3));
    }
    return segment;
  }
}
