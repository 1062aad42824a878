package org.mdlc.runtime.utils;

import java.util.Arrays;
import org.mdlc.runtime.data.HostTensor;

/**
 * Changes the size of images, one axis after the other; pixel centres lie at halves, as in Keras.
 *
 * @param interpolation how
 * @param pillow as Pillow does it: smoothed when an image shrinks, and rounded to whole numbers of
 *     0 to 255 after each axis; otherwise as {@code tf.image.resize} and {@code jax.image.resize}
 *     without {@code antialias}
 */
record Resampling(Interpolation interpolation, boolean pillow) {
  /**
   * Resizes a part of an image.
   *
   * @param image f32 [height, width, channels]
   * @param box the part that is resized
   * @return f32 [height, width, channels]
   */
  HostTensor resize(HostTensor image, Box box, int height, int width) {
    int channels = image.dim(2);
    if (box.height() == height && box.width() == width && keepsEqualSizes()) {
      return box.isAllOf(image) ? image : cut(image, box);
    }
    if (!pillow && !box.isAllOf(image)) {
      HostTensor part = cut(image, box);
      return resize(part, Box.all(part), height, width);
    }
    // Pillow looks at pixels around the box too.
    Taps across = taps(box.left(), box.width(), image.dim(1), width);
    Taps down = taps(box.top(), box.height(), image.dim(0), height);
    int oldRow = image.dim(1) * channels;
    int newRow = width * channels;
    float[] narrowed = new float[image.dim(0) * newRow];
    double[] sums = new double[Math.max(newRow, channels)];
    for (int y = 0; y < image.dim(0); y++) {
      across.apply(image.floats(), y * oldRow, channels, sums, narrowed, y * newRow, pillow);
    }
    float[] resized = new float[height * newRow];
    down.apply(narrowed, 0, newRow, sums, resized, 0, pillow);
    return HostTensor.of(resized, height, width, channels);
  }

  private boolean keepsEqualSizes() {
    return pillow
        || interpolation != Interpolation.GAUSSIAN && interpolation != Interpolation.MITCHELLCUBIC;
  }

  private static HostTensor cut(HostTensor image, Box box) {
    int channels = image.dim(2);
    float[] part = new float[box.height() * box.width() * channels];
    for (int y = 0; y < box.height(); y++) {
      int from = ((box.top() + y) * image.dim(1) + box.left()) * channels;
      System.arraycopy(
          image.floats(), from, part, y * box.width() * channels, box.width() * channels);
    }
    return HostTensor.of(part, box.height(), box.width(), channels);
  }

  /** Which pixels make each of the new ones: the first, and the weights of it and those after. */
  private static final class Taps {
    private final int[] first;
    private final double[][] weights;

    Taps(int size) {
      first = new int[size];
      weights = new double[size][];
    }

    /** Makes all new pixels, or whole rows of them: one is {@code width} numbers. */
    void apply(
        float[] from,
        int start,
        int width,
        double[] sums,
        float[] to,
        int at,
        boolean inWholeNumbers) {
      for (int i = 0; i < first.length; i++) {
        Arrays.fill(sums, 0, width, 0);
        int in = start + first[i] * width;
        for (double weight : weights[i]) {
          for (int j = 0; j < width; j++) {
            sums[j] += weight * from[in + j];
          }
          in += width;
        }
        int out = at + i * width;
        for (int j = 0; j < width; j++) {
          to[out + j] =
              (float) (inWholeNumbers ? Math.clamp(Math.floor(sums[j] + 0.5), 0, 255) : sums[j]);
        }
      }
    }
  }

  /**
   * For one axis.
   *
   * @param start where the part begins that is resized
   * @param oldSize of that part
   * @param all pixels of the image
   */
  private Taps taps(int start, int oldSize, int all, int newSize) {
    Taps taps = new Taps(newSize);
    double scale = (double) oldSize / newSize;
    double place = start + scale / 2; // Pillow adds up: a sum may lie on the other side of a pixel
    for (int i = 0; i < newSize; i++) {
      switch (interpolation) {
        case NEAREST -> {
          double exact = pillow ? place : start + (i + 0.5) * scale;
          taps.first[i] = Math.min((int) Math.floor(exact), all - 1);
          place += scale;
          taps.weights[i] = new double[] {1};
        }
        case AREA -> area(taps, i, oldSize, scale);
        case BILINEAR,
            BICUBIC,
            LANCZOS3,
            LANCZOS5,
            GAUSSIAN,
            MITCHELLCUBIC,
            LANCZOS,
            BOX,
            HAMMING ->
            weighted(taps, i, start + centre(i, oldSize, newSize), all, scale);
      }
    }
    return taps;
  }

  // In float where TensorFlow's is: at the edge of a window that decides whether a pixel counts.
  private double centre(int i, int oldSize, int newSize) {
    return switch (interpolation) {
      case LANCZOS3, LANCZOS5, GAUSSIAN, MITCHELLCUBIC ->
          (i + 0.5f) * (1 / ((float) newSize / oldSize));
      case NEAREST, BILINEAR, BICUBIC, AREA, LANCZOS, BOX, HAMMING -> (i + 0.5) * oldSize / newSize;
    };
  }

  private void weighted(Taps taps, int i, double exact, int all, double scale) {
    double centre = interpolation == Interpolation.BICUBIC && !pillow ? inTable(exact) : exact;
    double stretch = pillow ? Math.max(scale, 1) : 1;
    double reach = interpolation.radius * stretch;
    int first = Math.max(0, (int) Math.ceil(centre - reach - 0.5));
    int last = Math.min(all - 1, (int) Math.floor(centre + reach - 0.5));
    double[] weights = new double[Math.max(1, last - first + 1)];
    double sum = 0;
    for (int j = 0; j < weights.length; j++) {
      weights[j] = interpolation.weight((first + j + 0.5 - centre) / stretch);
      sum += weights[j];
    }
    set(taps, i, first, weights, sum);
    if (pillow) {
      inFixedPoint(taps.weights[i]);
    }
  }

  private static void inFixedPoint(double[] weights) {
    double one = 1 << 22; // Pillow's PRECISION_BITS
    for (int j = 0; j < weights.length; j++) {
      weights[j] = (int) (weights[j] * one + Math.copySign(0.5, weights[j])) / one;
    }
  }

  // tf.image.resize looks the weights of its cubic up in a table of 1024 places.
  private static double inTable(double centre) {
    double places = 1024;
    double pixel = Math.floor(centre - 0.5);
    return pixel + Math.rint((centre - 0.5 - pixel) * places) / places + 0.5;
  }

  private static void area(Taps taps, int i, int oldSize, double scale) {
    double from = i * scale;
    double to = (i + 1) * scale;
    int first = (int) Math.floor(from);
    int last = Math.min(oldSize, (int) Math.ceil(to)) - 1;
    double[] weights = new double[last - first + 1];
    double sum = 0;
    for (int j = 0; j < weights.length; j++) {
      weights[j] = Math.min(to, first + j + 1.0) - Math.max(from, first + j);
      sum += weights[j];
    }
    set(taps, i, first, weights, sum);
  }

  private static void set(Taps taps, int i, int first, double[] weights, double sum) {
    taps.first[i] = first;
    taps.weights[i] = new double[weights.length];
    for (int j = 0; j < weights.length; j++) {
      taps.weights[i][j] = weights[j] / sum;
    }
  }

  /** A part of an image, in pixels. */
  record Box(int top, int left, int height, int width) {
    static Box all(HostTensor image) {
      return new Box(0, 0, image.dim(0), image.dim(1));
    }

    /** The largest part in the middle whose sides have the given ratio; as Keras rounds it. */
    static Box centred(HostTensor image, int height, int width) {
      int cutHeight =
          Math.clamp((int) ((double) ((long) image.dim(1) * height) / width), 1, image.dim(0));
      int cutWidth =
          Math.clamp((int) ((double) ((long) image.dim(0) * width) / height), 1, image.dim(1));
      return new Box(
          (image.dim(0) - cutHeight) / 2, (image.dim(1) - cutWidth) / 2, cutHeight, cutWidth);
    }

    boolean isAllOf(HostTensor image) {
      return height == image.dim(0) && width == image.dim(1);
    }
  }
}
