package org.mdlc.runtime.utils;

/** The channels of an image; Keras's {@code color_mode}. */
public enum ColorMode {
  /** One channel. */
  GRAYSCALE(1),
  /** Red, green and blue. */
  RGB(3),
  /** Red, green, blue and alpha, which is 255 where a file has none. */
  RGBA(4);

  final int channels;

  ColorMode(int channels) {
    this.channels = channels;
  }

  /** Number of channels. */
  public int channels() {
    return channels;
  }
}
