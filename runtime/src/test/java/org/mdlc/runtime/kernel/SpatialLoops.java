package org.mdlc.runtime.kernel;

import java.util.Arrays;

/**
 * All triples of input position, window element and output position that a window over [batch,
 * in..., channels] meets.
 */
final class SpatialLoops {
  private final int batch;
  private final long[] in;
  private final long[] out;
  private final Window window;

  interface Meeting {
    /** Positions count [batch, in...], [window...] and [batch, out...] row by row. */
    void at(int input, int element, int output);
  }

  SpatialLoops(Layout x, Window window) {
    this.window = window;
    batch = (int) x.size(0);
    in = new long[window.rank()];
    out = new long[window.rank()];
    for (int i = 0; i < in.length; i++) {
      in[i] = x.size(i + 1);
      out[i] = window.results(i, in[i]);
    }
  }

  int inputs() {
    return batch * product(in);
  }

  int outputs() {
    return batch * product(out);
  }

  int windowElements() {
    return product(window.sizes());
  }

  void forEach(Meeting meeting) {
    for (int image = 0; image < batch; image++) {
      for (int output = 0; output < product(out); output++) {
        for (int element = 0; element < windowElements(); element++) {
          int input = input(output, element);
          if (input >= 0) {
            meeting.at(image * product(in) + input, element, image * product(out) + output);
          }
        }
      }
    }
  }

  /** The input position under an element of the window at an output position; -1 in the padding. */
  private int input(int output, int element) {
    long[] outIndex = unravel(output, out);
    long[] elementIndex = unravel(element, window.sizes());
    int position = 0;
    for (int i = 0; i < in.length; i++) {
      long along =
          outIndex[i] * window.strides()[i]
              + elementIndex[i] * (window.gaps()[i] + 1)
              - window.before()[i];
      if (along < 0 || along >= in[i]) {
        return -1;
      }
      position = position * (int) in[i] + (int) along;
    }
    return position;
  }

  private static long[] unravel(int position, long[] sizes) {
    long[] index = new long[sizes.length];
    long rest = position;
    for (int i = sizes.length - 1; i >= 0; i--) {
      index[i] = rest % sizes[i];
      rest /= sizes[i];
    }
    return index;
  }

  private static int product(long[] sizes) {
    return (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
  }
}
