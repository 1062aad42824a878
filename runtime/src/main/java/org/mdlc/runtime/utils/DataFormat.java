package org.mdlc.runtime.utils;

import org.mdlc.runtime.data.HostTensor;

/** Where the channels of an image stand; Keras's {@code data_format}. */
public enum DataFormat {
  /** [height, width, channels]. */
  CHANNELS_LAST,
  /** [channels, height, width]. */
  CHANNELS_FIRST;

  /** An image with its channels last in this format. */
  HostTensor fromChannelsLast(HostTensor image) {
    return this == CHANNELS_LAST ? image : turned(image, image.dim(0) * image.dim(1), image.dim(2));
  }

  /** An image in this format with its channels last. */
  HostTensor toChannelsLast(HostTensor image) {
    if (this == CHANNELS_LAST) {
      return image;
    }
    HostTensor turned = turned(image, image.dim(0), image.dim(1) * image.dim(2));
    return turned.reshape(image.dim(1), image.dim(2), image.dim(0));
  }

  // A transposed matrix: [rows, columns] to [columns, rows]; axes that stay together count as one.
  private static HostTensor turned(HostTensor image, int rows, int columns) {
    float[] from = image.floats();
    float[] to = new float[from.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        to[column * rows + row] = from[row * columns + column];
      }
    }
    return HostTensor.of(to, image.dim(2), image.dim(0), image.dim(1));
  }
}
