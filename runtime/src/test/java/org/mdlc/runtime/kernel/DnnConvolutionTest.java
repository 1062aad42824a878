package org.mdlc.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * {@link DnnConvolution} against loops in double, in both layouts of the kernel, whole and in
 * parts. Tolerance: 2e-7 for each of up to some hundred additions in float of values around 1.
 */
class DnnConvolutionTest {
  private static final double TOLERANCE = 2e-5;

  private final SplittableRandom random = new SplittableRandom(9);
  private int parts = 1;

  @Test
  void awkwardSizesInTwoDimensions() {
    check(Layout.of(2, 7, 5, 3), Window.of(3, 3), 4, 1);
    check(Layout.of(1, 13, 1, 1), Window.of(5, 1), 1, 1);
    check(Layout.of(3, 7, 13, 17), Window.of(2, 4), 19, 1);
    check(Layout.of(2, 28, 28, 1), Window.of(3, 3), 32, 1);
    check(Layout.of(1, 3, 3, 257), Window.of(1, 1), 13, 1);
  }

  @Test
  void samePadding() {
    check(Layout.of(2, 7, 6, 3), Window.of(3, 3).same(7, 6), 5, 1);
    check(Layout.of(2, 7, 6, 3), Window.of(4, 2).same(7, 6), 5, 1);
    check(Layout.of(2, 8, 8, 16), Window.of(3, 3).strides(2, 2).same(8, 8), 16, 1);
    check(Layout.of(2, 9, 8, 16), Window.of(1, 1).strides(2, 2).same(9, 8), 32, 1);
    check(Layout.of(1, 7, 7, 2), Window.of(2, 2).strides(3, 3).same(7, 7), 3, 1);
  }

  @Test
  void stridesThatSkipTheRest() {
    check(Layout.of(2, 8, 9, 3), Window.of(3, 3).strides(2, 3), 4, 1);
    check(Layout.of(2, 9, 9, 3), Window.of(1, 1).strides(4, 3), 4, 1);
    check(Layout.of(2, 8, 3), Window.of(2).strides(3), 4, 1);
    check(Layout.of(1, 1, 1, 3), Window.of(1, 1).strides(2, 2), 4, 1);
  }

  @Test
  void unevenPadding() {
    check(
        Layout.of(2, 6, 5, 3), Window.of(3, 3).padding(new long[] {2, 0}, new long[] {1, 3}), 4, 1);
  }

  @Test
  void rowsOfOneSample() {
    check(Layout.of(1, 14, 7, 16), Window.of(3, 3).same(14, 7), 16, 1);
    check(Layout.of(1, 11, 9, 3), Window.of(5, 3).strides(2, 2).same(11, 9), 5, 1);
    check(Layout.of(1, 9, 8, 3), Window.of(3, 3).dilations(2, 2).same(9, 8), 16, 1);
    check(Layout.of(1, 9, 8, 16), Window.of(2, 2).strides(3, 3), 16, 1);
    check(Layout.of(1, 7, 5, 6), Window.of(3, 3).same(7, 5), 4, 2);
    check(Layout.of(1, 17, 5), Window.of(4).strides(3), 7, 1);
    check( // the first rows see padding alone
        Layout.of(1, 4, 5, 3), Window.of(1, 1).padding(new long[] {2, 0}, new long[] {1, 0}), 4, 1);
  }

  @Test
  void dilation() {
    check(Layout.of(2, 9, 8, 3), Window.of(3, 2).dilations(2, 3), 4, 1);
    check(Layout.of(2, 9, 8, 3), Window.of(3, 3).dilations(2, 2).same(9, 8), 16, 1);
  }

  @Test
  void groups() {
    check(Layout.of(2, 7, 5, 6), Window.of(3, 3).same(7, 5), 4, 2);
    check(Layout.of(2, 7, 5, 32), Window.of(3, 3), 64, 4);
    check(Layout.of(1, 6, 6), Window.of(3), 9, 3);
  }

  @Test
  void depthwise() {
    check(Layout.of(2, 7, 5, 16), Window.of(3, 3).same(7, 5), 16, 16);
    check(Layout.of(2, 7, 5, 3), Window.of(3, 3).strides(2, 2).same(7, 5), 6, 3);
    check(Layout.of(2, 7, 5, 32), Window.of(3, 3), 64, 32);
  }

  @Test
  void oneAndThreeDimensions() {
    check(Layout.of(2, 13, 5), Window.of(3), 7, 1);
    check(Layout.of(2, 13, 16), Window.of(5).dilations(2).same(13), 16, 1);
    check(Layout.of(2, 5, 4, 3, 2), Window.of(3, 2, 1), 4, 1);
    check(Layout.of(1, 5, 4, 6, 16), Window.of(3, 3, 3).strides(2, 1, 2).same(5, 4, 6), 16, 1);
  }

  @Test
  void epilogues() {
    Layout x = Layout.of(2, 7, 5, 3);
    Window window = Window.of(3, 3).same(7, 5);
    forward(x, window, 16, 1, DnnConvolution.KernelLayout.PLAIN, Epilogue.BIAS, Epilogue.RELU);
    forward(x, window, 5, 1, DnnConvolution.KernelLayout.BLOCKED, Epilogue.BIAS);
    forward(x, window, 5, 1, DnnConvolution.KernelLayout.PLAIN, Epilogue.ACCUMULATE);
  }

  @Test
  void publicChoiceOfLayouts() {
    try (DnnConvolution one =
            DnnConvolution.forward("one", Layout.of(1, 8, 8, 16), Window.of(3, 3), 16, 1);
        DnnConvolution gradient =
            DnnConvolution.backwardWeights("two", Layout.of(1, 8, 8, 16), Window.of(3, 3), 16, 1)) {
      assertTrue(!one.implementation().contains("after"), one.implementation());
      assertTrue(gradient.scratchBytes() > 0);
    }
  }

  /** How many parts there are depends on the threads of a machine, what is computed must not. */
  @Test
  void partsGiveTheSameBits() {
    sameBits(Layout.of(8, 14, 13, 3), Window.of(3, 3).same(14, 13), 16);
    sameBits(Layout.of(8, 16, 16, 16), Window.of(3, 3).same(16, 16), 16);
    sameBits(Layout.of(8, 13, 13, 32), Window.of(3, 3), 64);
    sameBits(Layout.of(8, 16, 16, 32), Window.of(3, 3).strides(2, 2).same(16, 16), 64);
    sameBits(Layout.of(8, 8, 8, 64), Window.of(3, 3).same(8, 8), 64);
    sameBits(Layout.of(8, 8, 8, 64), Window.of(1, 1).strides(2, 2), 128);
    sameBits(Layout.of(1, 57, 29, 3), Window.of(7, 7).strides(2, 2).same(57, 29), 64);
    sameBits(Layout.of(1, 28, 28, 128), Window.of(3, 3).same(28, 28), 128);
    sameBits(Layout.of(1, 14, 14, 256), Window.of(1, 1), 1024);
    sameBits(Layout.of(1, 7, 7, 512), Window.of(3, 3).same(7, 7), 512);
  }

  private void sameBits(Layout x, Window window, long filters) {
    var shapes = new DnnConvolution.Shapes(x, window, filters, 1);
    try (Arena arena = Arena.ofConfined()) {
      Layout y = shapes.yLayout();
      long xCount = x.size(0) * x.stride(0);
      long yCount = y.size(0) * y.stride(0);
      MemorySegment xData = Native.random(arena, random, xCount);
      MemorySegment dy = Native.random(arena, random, yCount);
      long size = window.size(0) * window.size(1) * x.size(3) * filters;
      MemorySegment kernel = Native.random(arena, random, size);
      var layout = DnnConvolution.KernelLayout.PLAIN;
      var forward = DnnConvolution.Kind.FORWARD;
      sameBits(forward, shapes, layout, xData, kernel, Native.zeros(arena, yCount));
      layout = DnnConvolution.KernelLayout.BLOCKED;
      sameBits(forward, shapes, layout, xData, kernel, Native.zeros(arena, yCount));
      var backward = DnnConvolution.Kind.BACKWARD_DATA;
      sameBits(backward, shapes, layout, dy, kernel, Native.zeros(arena, xCount));
    }
  }

  private static void sameBits(
      DnnConvolution.Kind kind,
      DnnConvolution.Shapes shapes,
      DnnConvolution.KernelLayout layout,
      MemorySegment first,
      MemorySegment kernel,
      MemorySegment result) {
    float[] whole = null;
    for (int count : new int[] {1, 2, 3, 8}) {
      try (Arena arena = Arena.ofConfined();
          DnnConvolution convolution = new DnnConvolution(count, kind, "test", shapes, layout)) {
        long scratch = Native.bytes(arena, convolution.scratchBytes()).address();
        convolution.bind(first.address(), kernel.address(), result.address(), scratch).run();
      }
      float[] found = Native.floats(result);
      if (whole == null) {
        whole = found;
      } else {
        assertArrayEquals(whole, found, kind + " of " + shapes + " in " + count + " parts");
      }
    }
  }

  @Test
  void allocatesNothing() {
    Layout x = Layout.of(2, 7, 5, 3);
    try (Arena arena = Arena.ofConfined();
        DnnConvolution forward = DnnConvolution.forward("conv", x, Window.of(3, 3), 4, 1);
        DnnConvolution data = DnnConvolution.backwardData("conv", x, Window.of(3, 3), 4, 1);
        DnnConvolution weights = DnnConvolution.backwardWeights("conv", x, Window.of(3, 3), 4, 1)) {
      long scratch = Native.bytes(arena, Dnn.scratchBytes(forward, data, weights)).address();
      long first = Native.zeros(arena, 1000).address();
      long second = Native.zeros(arena, 1000).address();
      long result = Native.zeros(arena, 1000).address();
      Native.assertAllocatesNothing(forward.bind(first, second, result, scratch)::run);
      Native.assertAllocatesNothing(data.bind(first, second, result, scratch)::run);
      Native.assertAllocatesNothing(weights.bind(first, second, result, scratch)::run);
    }
  }

  @Test
  void shapesThatDoNotFit() {
    KernelException error =
        assertThrows(
            KernelException.class,
            () -> DnnConvolution.forward("conv1", Layout.of(1, 2, 8, 3), Window.of(3, 3), 4, 1));
    assertEquals(
        "shapes do not fit in convolution conv1: x [1, 2, 8, 3] with 4 filters in 1 groups, window [3, 3] strides"
            + " [1, 1] dilations [1, 1] padding [0, 0] [0, 0]",
        error.getMessage());
  }

  private void check(Layout x, Window window, long filters, long groups) {
    for (parts = 1; parts <= 3; parts++) {
      checkParts(x, window, filters, groups);
    }
  }

  private void checkParts(Layout x, Window window, long filters, long groups) {
    for (DnnConvolution.KernelLayout layout : DnnConvolution.KernelLayout.values()) {
      forward(x, window, filters, groups, layout);
      backwardData(x, window, filters, groups, layout);
      backwardWeights(x, window, filters, groups, layout);
    }
  }

  private void forward(
      Layout x,
      Window window,
      long filters,
      long groups,
      DnnConvolution.KernelLayout layout,
      Epilogue... epilogue) {
    var loops = new ConvolutionLoops(x, window, filters, groups);
    Set<Epilogue> wanted = Set.of(epilogue);
    try (Arena arena = Arena.ofConfined();
        DnnConvolution convolution =
            new DnnConvolution(
                parts,
                DnnConvolution.Kind.FORWARD,
                "test",
                new DnnConvolution.Shapes(x, window, filters, groups),
                layout,
                epilogue)) {
      MemorySegment xData = Native.random(arena, random, loops.xCount());
      MemorySegment kernel = Native.random(arena, random, loops.kernelCount());
      MemorySegment y = Native.random(arena, random, loops.yCount());
      MemorySegment bias = Native.random(arena, random, filters);
      double[] expected = loops.forward(Native.floats(xData), Native.floats(kernel));
      for (int i = 0; i < expected.length; i++) {
        int filter = i % (int) filters;
        expected[i] += wanted.contains(Epilogue.BIAS) ? Native.floats(bias)[filter] : 0;
        expected[i] += wanted.contains(Epilogue.ACCUMULATE) ? Native.floats(y)[i] : 0;
        expected[i] = wanted.contains(Epilogue.RELU) ? Math.max(0, expected[i]) : expected[i];
      }
      long scratch = Native.bytes(arena, convolution.scratchBytes()).address();
      if (wanted.contains(Epilogue.BIAS)) {
        convolution.bind(xData.address(), kernel.address(), bias.address(), y.address(), scratch);
      } else {
        convolution.bind(xData.address(), kernel.address(), y.address(), scratch);
      }
      convolution.run();
      Native.assertClose("forward " + x + " " + window + layout, expected, y, TOLERANCE);
    }
  }

  private void backwardData(
      Layout x, Window window, long filters, long groups, DnnConvolution.KernelLayout layout) {
    var loops = new ConvolutionLoops(x, window, filters, groups);
    try (Arena arena = Arena.ofConfined();
        DnnConvolution convolution =
            new DnnConvolution(
                parts,
                DnnConvolution.Kind.BACKWARD_DATA,
                "test",
                new DnnConvolution.Shapes(x, window, filters, groups),
                layout)) {
      MemorySegment dy = Native.random(arena, random, loops.yCount());
      MemorySegment kernel = Native.random(arena, random, loops.kernelCount());
      MemorySegment dx = Native.random(arena, random, loops.xCount());
      double[] expected = loops.backwardData(Native.floats(dy), Native.floats(kernel));
      long scratch = Native.bytes(arena, convolution.scratchBytes()).address();
      convolution.bind(dy.address(), kernel.address(), dx.address(), scratch).run();
      Native.assertClose("dx " + x + " " + window + layout, expected, dx, TOLERANCE);
    }
  }

  private void backwardWeights(
      Layout x, Window window, long filters, long groups, DnnConvolution.KernelLayout layout) {
    var loops = new ConvolutionLoops(x, window, filters, groups);
    try (Arena arena = Arena.ofConfined();
        DnnConvolution convolution =
            new DnnConvolution(
                parts,
                DnnConvolution.Kind.BACKWARD_WEIGHTS,
                "test",
                new DnnConvolution.Shapes(x, window, filters, groups),
                layout)) {
      MemorySegment xData = Native.random(arena, random, loops.xCount());
      MemorySegment dy = Native.random(arena, random, loops.yCount());
      MemorySegment dkernel = Native.random(arena, random, loops.kernelCount());
      double[] expected = loops.backwardWeights(Native.floats(xData), Native.floats(dy));
      long scratch = Native.bytes(arena, convolution.scratchBytes()).address();
      convolution.bind(xData.address(), dy.address(), dkernel.address(), scratch).run();
      Native.assertClose("dkernel " + x + " " + window + layout, expected, dkernel, TOLERANCE);
    }
  }
}
