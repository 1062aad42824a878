package org.mdlc.runtime.file;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStreamImpl;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * Decodes PNG, JPEG, GIF (its first picture) and BMP files to 8 bits per channel, whatever the
 * ending of their name says. The size is read from the header and held against a limit, and against
 * the length of the file, before memory is taken for pixels. Nothing is cached on disk.
 */
public final class ImageFile {
  /** The most pixels an image may have unless a caller says otherwise: those of Pillow. */
  public static final long MAX_PIXELS = 89_478_485;

  // Deflate makes 1032 bytes of one at most, and a byte holds 8 pixels at most; the other formats
  // pack less tightly. A file that announces more has been made to exhaust memory.
  private static final long MAX_PIXELS_PER_BYTE = 8 * 1032;
  private static final int CHANNEL_MAX = 255;

  private static final ThreadLocal<Map<String, ImageReader>> READERS =
      ThreadLocal.withInitial(HashMap::new);

  private ImageFile() {}

  /**
   * Decodes a file.
   *
   * @param channels 1 for grayscale (as Pillow computes it), 3 for red, green and blue, 4 with
   *     alpha
   * @return f32 [height, width, channels], 0 to 255
   * @throws DataException if there is no such file, it is no image, is damaged or is too large
   */
  public static HostTensor read(Path file, int channels) {
    return read(file, channels, MAX_PIXELS);
  }

  /** As {@link #read(Path, int)}, with another limit of pixels. */
  public static HostTensor read(Path file, int channels, long maxPixels) {
    return samples(decode(file, maxPixels), channels);
  }

  /**
   * Decodes a file as Java's imaging sees it.
   *
   * @throws DataException as {@link #read(Path, int)}
   */
  public static BufferedImage decode(Path file, long maxPixels) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new DataException(file + ": too large to be one image", e);
    }
    return decode(bytes, file.toString(), maxPixels);
  }

  /**
   * Decodes the bytes of a file.
   *
   * @param place for messages
   * @throws DataException as {@link #read(Path, int)}
   */
  public static BufferedImage decode(byte[] bytes, String place, long maxPixels) {
    ImageReader reader = reader(format(bytes, place));
    try (Bytes in = new Bytes(bytes)) {
      reader.setInput(in, true, true);
      checkSize(reader.getWidth(0), reader.getHeight(0), bytes.length, place, maxPixels);
      return reader.read(0);
    } catch (IOException | RuntimeException e) {
      // The readers of the JDK answer damaged files with all kinds of unchecked exceptions too.
      throw e instanceof DataException known
          ? known
          : new DataException(
              place
                  + ": the image is damaged or of a kind that Java does not decode ("
                  + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
                  + "); save it anew as PNG or 8-bit JPEG",
              e);
    } finally {
      reader.reset();
    }
  }

  private static void checkSize(long width, long height, int bytes, String place, long maxPixels) {
    long pixels = width * height;
    if (width <= 0 || height <= 0) {
      throw new DataException(place + ": an image of " + width + " x " + height + " pixels");
    }
    if (pixels > maxPixels) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: %d x %d pixels are more than the %d allowed; make the image smaller",
              place,
              width,
              height,
              maxPixels));
    }
    if (pixels / MAX_PIXELS_PER_BYTE > bytes) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: %d bytes cannot hold the %d x %d pixels that the header announces",
              place,
              bytes,
              width,
              height));
    }
  }

  private static String format(byte[] bytes, String place) {
    if (startsWith(bytes, 0x89, 'P', 'N', 'G')) {
      return "png";
    }
    if (startsWith(bytes, 0xFF, 0xD8, 0xFF)) {
      return "jpeg";
    }
    if (startsWith(bytes, 'G', 'I', 'F', '8')) {
      return "gif";
    }
    if (startsWith(bytes, 'B', 'M')) {
      return "bmp";
    }
    throw new DataException(
        place
            + (bytes.length == 0 ? ": the file is empty" : ": not an image")
            + "; images are PNG, JPEG, GIF or BMP files");
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= bytes.length || bytes[i] != (byte) magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static ImageReader reader(String format) {
    return READERS
        .get()
        .computeIfAbsent(
            format,
            name -> {
              Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name);
              if (!readers.hasNext()) {
                throw new DataException("this Java cannot decode " + name + " images");
              }
              return readers.next();
            });
  }

  /**
   * The samples of a decoded image.
   *
   * @return f32 [height, width, channels], 0 to 255
   */
  public static HostTensor samples(BufferedImage image, int channels) {
    if (channels != 1 && channels != 3 && channels != 4) {
      throw new IllegalArgumentException("an image has 1, 3 or 4 channels, not " + channels);
    }
    int height = image.getHeight();
    int width = image.getWidth();
    float[] samples = new float[Math.multiplyExact(Math.multiplyExact(height, width), channels)];
    Supplier<int[]> rows = rows(image);
    int at = 0;
    for (int y = 0; y < height; y++) {
      int[] argb = rows.get();
      for (int x = 0; x < width; x++, at += channels) {
        put(argb[x], samples, at, channels);
      }
    }
    return HostTensor.of(samples, height, width, channels);
  }

  private static void put(int argb, float[] samples, int at, int channels) {
    int red = argb >>> 16 & CHANNEL_MAX;
    int green = argb >>> 8 & CHANNEL_MAX;
    int blue = argb & CHANNEL_MAX;
    if (channels == 1) {
      samples[at] = luma(red, green, blue);
      return;
    }
    samples[at] = red;
    samples[at + 1] = green;
    samples[at + 2] = blue;
    if (channels == 4) {
      samples[at + 3] = argb >>> 24;
    }
  }

  // ITU-R 601-2 as Pillow's convert("L") rounds it. The weights add up to 2^16: gray stays gray.
  private static int luma(int red, int green, int blue) {
    return red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16;
  }

  /** Row after row as alpha, red, green and blue; the array is reused. */
  private static Supplier<int[]> rows(BufferedImage image) {
    int width = image.getWidth();
    int[] argb = new int[width];
    Raster raster = image.getRaster();
    int[] next = {0};
    if (image.getColorModel() instanceof ComponentColorModel
        && !(image.getColorModel() instanceof IndexColorModel)) {
      return plainRows(raster, argb, next);
    }
    return () -> image.getRGB(0, next[0]++, width, 1, argb, 0, width);
  }

  // Not getRGB: Java takes grays as linear light and would change their values.
  private static Supplier<int[]> plainRows(Raster raster, int[] argb, int[] next) {
    int width = argb.length;
    int bands = raster.getNumBands();
    int shift = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_BYTE ? 0 : 8;
    if (bands == 1
        && raster.getDataBuffer() instanceof DataBufferByte bytes
        && bytes.getSize() == width * raster.getHeight()) {
      byte[] grays = bytes.getData();
      return () -> {
        int start = next[0]++ * width;
        for (int x = 0; x < width; x++) {
          argb[x] = 0xFF00_0000 | (grays[start + x] & CHANNEL_MAX) * 0x01_0101;
        }
        return argb;
      };
    }
    int[] samples = new int[width * bands];
    return () -> {
      raster.getPixels(0, next[0]++, width, 1, samples);
      for (int x = 0; x < width; x++) {
        int at = x * bands;
        int first = samples[at] >> shift;
        int color =
            bands < 3
                ? first * 0x01_0101
                : first << 16 | samples[at + 1] >> shift << 8 | samples[at + 2] >> shift;
        int alpha = bands % 2 == 0 ? samples[at + bands - 1] >> shift : CHANNEL_MAX;
        argb[x] = alpha << 24 | color;
      }
      return argb;
    };
  }

  /** Bytes in memory as the readers want them; far quicker than a stream with a cache. */
  private static final class Bytes extends ImageInputStreamImpl {
    private final byte[] bytes;

    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      bitOffset = 0;
      return streamPos < bytes.length ? bytes[(int) streamPos++] & CHANNEL_MAX : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      bitOffset = 0;
      int count = (int) Math.min(length, bytes.length - streamPos);
      if (count <= 0) {
        return length == 0 ? 0 : -1;
      }
      System.arraycopy(bytes, (int) streamPos, into, offset, count);
      streamPos += count;
      return count;
    }

    @Override
    public long length() {
      return bytes.length;
    }
  }
}
