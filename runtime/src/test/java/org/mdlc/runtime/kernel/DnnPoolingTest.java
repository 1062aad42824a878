package org.mdlc.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** {@link DnnPooling} against loops in double. A window has at most 64 elements: tolerance 1e-5. */
class DnnPoolingTest {
  private final SplittableRandom random = new SplittableRandom(13);

  @Test
  void withoutPadding() {
    check(Layout.of(2, 8, 6, 16), Window.of(2, 2).strides(2, 2));
    check(Layout.of(2, 7, 13, 3), Window.of(2, 3).strides(2, 2));
    check(Layout.of(3, 257, 1), Window.of(7).strides(5));
    check(Layout.of(1, 5, 4, 6, 7), Window.of(2, 2, 3).strides(2, 1, 2));
  }

  @Test
  void samePadding() {
    check(Layout.of(2, 7, 5, 16), Window.of(3, 3).strides(2, 2).same(7, 5));
    check(Layout.of(2, 7, 5, 3), Window.of(2, 2).strides(2, 2).same(7, 5));
    check(Layout.of(2, 13, 17), Window.of(4).same(13));
    check(Layout.of(1, 28, 28, 64), Window.of(3, 3).strides(2, 2).same(28, 28));
  }

  @Test
  void overlappingWindows() {
    check(Layout.of(2, 9, 8, 5), Window.of(3, 3));
    check(Layout.of(2, 9, 8, 32), Window.of(5, 4).strides(2, 1));
  }

  @Test
  void firstOfEqualElementsTakesTheGradient() {
    Layout x = Layout.of(1, 4, 16);
    try (Arena arena = Arena.ofConfined();
        DnnPooling pooling =
            DnnPooling.backward("ties", DnnPooling.Kind.MAX, x, Window.of(4).strides(4))) {
      MemorySegment equal = Native.zeros(arena, 64);
      MemorySegment dy = Native.random(arena, random, 16);
      MemorySegment dx = Native.random(arena, random, 64);
      long scratch = Native.bytes(arena, pooling.scratchBytes()).address();
      pooling.bindBackward(equal.address(), dy.address(), dx.address(), scratch).run();
      double[] expected = new double[64];
      for (int i = 0; i < 16; i++) {
        expected[i] = dy.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      }
      Native.assertClose("dx", expected, dx, 0);
    }
  }

  @Test
  void allocatesNothing() {
    Layout x = Layout.of(2, 8, 8, 3);
    Window window = Window.of(2, 2).strides(2, 2);
    try (Arena arena = Arena.ofConfined();
        DnnPooling forward = DnnPooling.forward("pool", DnnPooling.Kind.MAX, x, window);
        DnnPooling backward = DnnPooling.backward("pool", DnnPooling.Kind.MAX, x, window)) {
      long scratch = Native.bytes(arena, Dnn.scratchBytes(forward, backward)).address();
      long xData = Native.zeros(arena, 384).address();
      long y = Native.zeros(arena, 96).address();
      long dx = Native.zeros(arena, 384).address();
      Native.assertAllocatesNothing(forward.bindForward(xData, y, scratch)::run);
      Native.assertAllocatesNothing(backward.bindBackward(xData, y, dx, scratch)::run);
    }
  }

  @Test
  void windowLargerThanTheInput() {
    KernelException error =
        assertThrows(
            KernelException.class,
            () ->
                DnnPooling.forward(
                    "pool1", DnnPooling.Kind.AVERAGE, Layout.of(1, 2, 8, 3), Window.of(3, 3)));
    assertEquals(
        "shapes do not fit in average pooling pool1: x [1, 2, 8, 3], window [3, 3] strides [1, 1] dilations [1, 1]"
            + " padding [0, 0] [0, 0]",
        error.getMessage());
  }

  private void check(Layout x, Window window) {
    for (DnnPooling.Kind kind : DnnPooling.Kind.values()) {
      for (int parts = 1; parts <= 3; parts++) {
        check(parts, kind, x, window);
      }
    }
  }

  private void check(int parts, DnnPooling.Kind kind, Layout x, Window window) {
    SpatialLoops loops = new SpatialLoops(x, window);
    int channels = (int) x.size(x.rank() - 1);
    try (Arena arena = Arena.ofConfined();
        DnnPooling forward = new DnnPooling(parts, "test", kind, x, window, true);
        DnnPooling backward = new DnnPooling(parts, "test", kind, x, window, false)) {
      MemorySegment xData = Native.random(arena, random, (long) loops.inputs() * channels);
      MemorySegment y = Native.random(arena, random, (long) loops.outputs() * channels);
      MemorySegment dy = Native.random(arena, random, (long) loops.outputs() * channels);
      MemorySegment dx = Native.random(arena, random, (long) loops.inputs() * channels);
      long scratch = Native.bytes(arena, Dnn.scratchBytes(forward, backward)).address();
      forward.bindForward(xData.address(), y.address(), scratch).run();
      backward.bindBackward(xData.address(), dy.address(), dx.address(), scratch).run();

      float[] values = Native.floats(xData);
      float[] slopes = Native.floats(dy);
      double[] expectedY = new double[loops.outputs() * channels];
      double[] expectedDx = new double[loops.inputs() * channels];
      if (kind == DnnPooling.Kind.MAX) {
        maximum(loops, channels, values, slopes, expectedY, expectedDx);
      } else {
        average(loops, channels, values, slopes, expectedY, expectedDx);
      }
      Native.assertClose(kind + " y " + x + window, expectedY, y, 1e-5);
      Native.assertClose(kind + " dx " + x + window, expectedDx, dx, 1e-5);
    }
  }

  private static void maximum(
      SpatialLoops loops, int channels, float[] x, float[] dy, double[] y, double[] dx) {
    int[] places = new int[y.length];
    Arrays.fill(places, -1);
    loops.forEach(
        (input, element, output) -> {
          for (int channel = 0; channel < channels; channel++) {
            int at = output * channels + channel;
            int candidate = input * channels + channel;
            if (places[at] < 0 || x[candidate] > x[places[at]]) {
              places[at] = candidate;
            }
          }
        });
    for (int at = 0; at < y.length; at++) {
      y[at] = x[places[at]];
      dx[places[at]] += dy[at];
    }
  }

  private static void average(
      SpatialLoops loops, int channels, float[] x, float[] dy, double[] y, double[] dx) {
    int[] counts = new int[loops.outputs()];
    loops.forEach((input, element, output) -> counts[output]++);
    loops.forEach(
        (input, element, output) -> {
          for (int channel = 0; channel < channels; channel++) {
            y[output * channels + channel] +=
                (double) x[input * channels + channel] / counts[output];
            dx[input * channels + channel] +=
                (double) dy[output * channels + channel] / counts[output];
          }
        });
  }
}
