package org.mdlc.runtime.utils;

import java.util.Locale;

/**
 * How pixels between pixels are made up when an image is resized; Keras's {@code interpolation}.
 */
public enum Interpolation {
  /** The pixel at the same place. */
  NEAREST(0),
  /** A weighted mean of two pixels along each axis. */
  BILINEAR(1),
  /** Keys's cubic, a = -0.5. */
  BICUBIC(2),
  /** The mean over the area that becomes the pixel. */
  AREA(0),
  /** Lanczos's window of radius 3. */
  LANCZOS3(3),
  /** Lanczos's window of radius 5. */
  LANCZOS5(5),
  /** A bell of radius 1.5. */
  GAUSSIAN(1.5),
  /** Mitchell and Netravali's cubic, B = C = 1/3. */
  MITCHELLCUBIC(2),
  /** Pillow's name of {@link #LANCZOS3}, for {@link Images#loadImg}. */
  LANCZOS(3),
  /** The mean of the pixels under the new one, for {@link Images#loadImg}. */
  BOX(0.5),
  /** Hamming's window of radius 1, for {@link Images#loadImg}. */
  HAMMING(1);

  final double radius;

  Interpolation(double radius) {
    this.radius = radius;
  }

  /** The weight of a pixel at a distance, in pixels. */
  double weight(double distance) {
    if (this == BOX) {
      return distance > -radius && distance <= radius ? 1 : 0; // half open: no pixel counts twice
    }
    double x = Math.abs(distance);
    if (x >= radius) {
      return 0;
    }
    return switch (this) {
      case BILINEAR -> 1 - x;
      case BICUBIC -> keys(x, -0.5);
      case LANCZOS3, LANCZOS5, LANCZOS -> lanczos(x, radius);
      case GAUSSIAN -> Math.exp(-x * x * 2);
      case MITCHELLCUBIC -> mitchell(x);
      case HAMMING -> hamming(x);
      case NEAREST, AREA, BOX -> throw new IllegalStateException(this + " has no kernel");
    };
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
