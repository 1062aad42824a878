package org.mdlc.runtime.utils;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.AtomicFile;
import org.mdlc.runtime.file.ImageFile;
import org.mdlc.runtime.utils.Resampling.Box;

/**
 * Images as files, as Java's {@link BufferedImage} and as arrays; Keras's {@code load_img}, {@code
 * img_to_array}, {@code array_to_img} and {@code save_img}. What Pillow's images are to Keras are
 * buffered images here.
 */
public final class Images {
  private static final Set<Interpolation> PILLOW =
      EnumSet.of(
          Interpolation.NEAREST,
          Interpolation.BILINEAR,
          Interpolation.BICUBIC,
          Interpolation.HAMMING,
          Interpolation.BOX,
          Interpolation.LANCZOS);
  private static final List<String> WRITTEN = List.of("png", "jpeg", "gif", "bmp");
  private static final float WHITE = 255;

  private Images() {}

  /**
   * Reads an image as red, green and blue in its own size; Keras's {@code keras.utils.load_img}
   * with its defaults.
   *
   * @throws DataException if there is no such file, it is no PNG, JPEG, GIF or BMP image, is
   *     damaged or is too large
   */
  public static BufferedImage loadImg(Path path) {
    return toImage(ImageFile.read(path, ColorMode.RGB.channels));
  }

  /** Reads an image in its own size; Keras's {@code keras.utils.load_img}. */
  public static BufferedImage loadImg(Path path, ColorMode colorMode) {
    return toImage(ImageFile.read(path, colorMode.channels));
  }

  /**
   * Reads an image and resizes it as Pillow does; Keras's {@code keras.utils.load_img}.
   *
   * @param height of {@code target_size}
   * @param width of {@code target_size}
   * @param interpolation nearest (Keras's default), bilinear, bicubic, hamming, box or lanczos
   * @param keepAspectRatio whether the middle is cut out so that nothing is distorted
   * @throws IllegalArgumentException if Pillow has no such interpolation
   */
  public static BufferedImage loadImg(
      Path path,
      ColorMode colorMode,
      int height,
      int width,
      Interpolation interpolation,
      boolean keepAspectRatio) {
    if (!PILLOW.contains(interpolation)) {
      throw new IllegalArgumentException(
          "`interpolation` is nearest, bilinear, bicubic, hamming, box or lanczos, not "
              + interpolation.kerasName());
    }
    HostTensor image = ImageFile.read(path, colorMode.channels);
    Box box = keepAspectRatio ? Box.centred(image, height, width) : Box.all(image);
    Resampling resampling = new Resampling(interpolation, true);
    boolean blends = colorMode == ColorMode.RGBA && interpolation != Interpolation.NEAREST;
    boolean changes = image.dim(0) != height || image.dim(1) != width;
    if (!blends || !changes) {
      return toImage(changes ? resampling.resize(image, box, height, width) : image);
    }
    weightByAlpha(image.floats());
    HostTensor resized = resampling.resize(image, box, height, width);
    divideByAlpha(resized.floats());
    return toImage(resized);
  }

  // What cannot be seen must not shine through; in whole numbers as in Pillow's RGBa.
  private static void weightByAlpha(float[] rgba) {
    for (int i = 0; i < rgba.length; i++) {
      if (i % 4 != 3) {
        int alpha = (int) rgba[i - i % 4 + 3];
        int product = (int) rgba[i] * alpha + 128;
        rgba[i] = ((product >> 8) + product) >> 8;
      }
    }
  }

  private static void divideByAlpha(float[] rgba) {
    for (int i = 0; i < rgba.length; i++) {
      int alpha = (int) rgba[i - i % 4 + 3];
      if (i % 4 != 3 && alpha != 0) {
        int color = (int) rgba[i];
        rgba[i] = Math.min(255, 255 * color / alpha);
      }
    }
  }

  /**
   * The samples of an image, channels last; Keras's {@code keras.utils.img_to_array}.
   *
   * @return f32 [height, width, channels], 0 to 255; 1 channel for an image in gray, 4 for one with
   *     alpha, else 3
   */
  public static HostTensor imgToArray(BufferedImage img) {
    return imgToArray(img, DataFormat.CHANNELS_LAST);
  }

  /** The samples of an image; Keras's {@code keras.utils.img_to_array}. */
  public static HostTensor imgToArray(BufferedImage img, DataFormat dataFormat) {
    int channels =
        img.getType() == BufferedImage.TYPE_BYTE_GRAY
            ? ColorMode.GRAYSCALE.channels
            : img.getColorModel().hasAlpha() ? ColorMode.RGBA.channels : ColorMode.RGB.channels;
    return dataFormat.fromChannelsLast(ImageFile.samples(img, channels));
  }

  /**
   * An image of an array, stretched to 0 to 255; Keras's {@code keras.utils.array_to_img} with its
   * defaults.
   *
   * @param x [height, width, channels]
   */
  public static BufferedImage arrayToImg(HostTensor x) {
    return arrayToImg(x, DataFormat.CHANNELS_LAST, true);
  }

  /**
   * An image of an array; Keras's {@code keras.utils.array_to_img}.
   *
   * @param x rank 3, with 1, 3 or 4 channels
   * @param scale whether the smallest number becomes 0 and the largest 255
   * @throws DataException if the array has another shape, or without {@code scale} a number outside
   *     0 to 255 (where Keras wraps around), naming it
   */
  public static BufferedImage arrayToImg(HostTensor x, DataFormat dataFormat, boolean scale) {
    if (x.rank() != 3) {
      throw new DataException(
          "an image is an array of rank 3, [height, width, channels]; this is " + x);
    }
    HostTensor image = dataFormat.toChannelsLast(x.toFloats());
    int channels = image.dim(2);
    if (channels != 1 && channels != 3 && channels != 4) {
      throw new DataException(
          "an image has 1, 3 or 4 channels; " + x + " has " + channels + " as " + dataFormat);
    }
    return toImage(scale ? stretched(image) : image);
  }

  private static HostTensor stretched(HostTensor image) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float sample : image.floats()) {
      least = Math.min(least, sample);
      most = Math.max(most, sample);
    }
    float range = most - least;
    float[] scaled = image.floats().clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] -= least;
      if (range != 0) {
        scaled[i] /= range;
      }
      scaled[i] *= WHITE;
    }
    return HostTensor.of(scaled, image.shape());
  }

  /**
   * Writes an array as an image, stretched to 0 to 255, in the format of the ending; Keras's {@code
   * keras.utils.save_img} with its defaults.
   */
  public static void saveImg(Path path, HostTensor x) throws IOException {
    String name = path.toString();
    saveImg(path, x, DataFormat.CHANNELS_LAST, name.substring(name.lastIndexOf('.') + 1), true);
  }

  /**
   * Writes an array as an image; Keras's {@code keras.utils.save_img}. JPEG and BMP have no alpha:
   * it is left out.
   *
   * @param fileFormat png, jpeg (or jpg), gif or bmp
   * @throws IllegalArgumentException if the format is none of these
   * @throws DataException as {@link #arrayToImg(HostTensor, DataFormat, boolean)}
   */
  public static void saveImg(
      Path path, HostTensor x, DataFormat dataFormat, String fileFormat, boolean scale)
      throws IOException {
    String format = fileFormat.toLowerCase(Locale.ROOT).replaceFirst("^jpg$", "jpeg");
    if (!WRITTEN.contains(format)) {
      throw new IllegalArgumentException(
          path + ": images are written as png, jpeg, gif or bmp, not as `" + fileFormat + "`");
    }
    BufferedImage image = arrayToImg(x, dataFormat, scale);
    boolean opaque = format.equals("jpeg") || format.equals("bmp");
    BufferedImage written =
        opaque && image.getColorModel().hasAlpha()
            ? toImage(ImageFile.samples(image, ColorMode.RGB.channels))
            : image;
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    try {
      AtomicFile.write(
          path,
          out -> {
            try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
              writer.setOutput(stream);
              writer.write(new IIOImage(written, null, null));
            }
          });
    } finally {
      writer.dispose();
    }
  }

  /**
   * Keras's {@code smart_resize}: the middle of the image in the target's proportions, resized.
   *
   * @param x [height, width, channels]
   * @return f32 [height, width, channels]
   */
  public static HostTensor smartResize(
      HostTensor x, int height, int width, Interpolation interpolation) {
    HostTensor image = x.toFloats();
    return new Resampling(interpolation, false)
        .resize(image, Box.centred(image, height, width), height, width);
  }

  private static BufferedImage toImage(HostTensor samples) {
    int height = samples.dim(0);
    int width = samples.dim(1);
    int channels = samples.dim(2);
    int type =
        switch (channels) {
          case 1 -> BufferedImage.TYPE_BYTE_GRAY;
          case 3 -> BufferedImage.TYPE_3BYTE_BGR;
          default -> BufferedImage.TYPE_4BYTE_ABGR;
        };
    BufferedImage image = new BufferedImage(width, height, type);
    WritableRaster raster = image.getRaster();
    int[] row = new int[width * channels];
    for (int y = 0; y < height; y++) {
      for (int i = 0; i < row.length; i++) {
        row[i] = sample(samples, y * row.length + i);
      }
      raster.setPixels(0, y, width, 1, row);
    }
    return image;
  }

  private static int sample(HostTensor samples, int index) {
    float sample = samples.floats()[index];
    if (!(sample >= 0 && sample < WHITE + 1)) {
      throw new DataException(
          "an image holds 0 to 255; element "
              + index
              + " is "
              + sample
              + ": use `scale`, or bring the numbers into this range");
    }
    return (int) sample;
  }
}
