package org.mdlc.runtime.utils;

import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * How pixels between pixels are made up when an image is resized; Keras's {@code interpolation}.
 */
public enum Interpolation {
  /** The pixel at the same place. */
  NEAREST(0, x -> 1),
  /** A weighted mean of two pixels along each axis. */
  BILINEAR(1, x -> Math.max(0, 1 - x)),
  /** Keys's cubic, a = -0.5. */
  BICUBIC(2, x -> keys(x, -0.5)),
  /** The mean over the area that becomes the pixel. */
  AREA(0, x -> 1),
  /** Lanczos's window of radius 3. */
  LANCZOS3(3, x -> lanczos(x, 3)),
  /** Lanczos's window of radius 5. */
  LANCZOS5(5, x -> lanczos(x, 5)),
  /** A bell of radius 1.5. */
  GAUSSIAN(1.5, x -> Math.exp(-x * x * 2)),
  /** Mitchell and Netravali's cubic, B = C = 1/3. */
  MITCHELLCUBIC(2, Interpolation::mitchell),
  /** Pillow's name of {@link #LANCZOS3}, for {@link Images#loadImg}. */
  LANCZOS(3, x -> lanczos(x, 3)),
  /** The mean of the pixels under the new one, for {@link Images#loadImg}. */
  BOX(0.5, x -> 1),
  /** Hamming's window of radius 1, for {@link Images#loadImg}. */
  HAMMING(1, Interpolation::hamming);

  final double radius;
  private final DoubleUnaryOperator kernel;

  Interpolation(double radius, DoubleUnaryOperator kernel) {
    this.radius = radius;
    this.kernel = kernel;
  }

  /** The weight of a pixel at a distance, in pixels. */
  double weight(double distance) {
    if (this == BOX) {
      return distance > -radius && distance <= radius ? 1 : 0; // half open: no pixel counts twice
    }
    double x = Math.abs(distance);
    return x >= radius ? 0 : kernel.applyAsDouble(x);
  }

  /** Keras's name, such as {@code bilinear}. */
  public String kerasName() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static double keys(double x, double a) {
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((x - 5) * x + 8) * a * x - 4 * a : 0;
  }

  private static double lanczos(double x, double radius) {
    if (x == 0) {
      return 1;
    }
    double angle = Math.PI * x;
    return radius * Math.sin(angle) * Math.sin(angle / radius) / (angle * angle);
  }

  private static double mitchell(double x) {
    if (x < 1) {
      return ((7 * x - 12) * x * x + 16.0 / 3) / 6;
    }
    return x < 2 ? (((-7.0 / 3 * x + 12) * x - 20) * x + 32.0 / 3) / 6 : 0;
  }

  private static double hamming(double x) {
    double angle = Math.PI * x;
    return x == 0 ? 1 : x >= 1 ? 0 : Math.sin(angle) / angle * (0.54 + 0.46 * Math.cos(angle));
  }
}
