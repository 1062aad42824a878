package org.mdlc.runtime.utils;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.ImageFile;
import org.mdlc.runtime.utils.Resampling.Box;

/**
 * A data set of the images in a folder, where each folder in it is a class; Keras's {@code
 * keras.utils.image_dataset_from_directory}.
 *
 * <pre>{@code
 * FolderDataset digits =
 *     ImageDatasetFromDirectory.of(folder).imageSize(28, 28).colorMode(ColorMode.GRAYSCALE).seed(1).load();
 * }</pre>
 *
 * <p>The rows are {@code image}, f32 [height, width, channels] of 0 to 255, and {@code label}; see
 * {@link #names}. An image is read from disk when its row is asked for, so a folder may be larger
 * than memory. Files and classes come in Keras's order. Keras then shuffles each epoch within a
 * window of eight batches by TensorFlow's generator; here each epoch shuffles all rows.
 *
 * <p>Images are PNG, JPEG, GIF (the first picture) and BMP, as in Keras.
 */
public final class ImageDatasetFromDirectory
    extends DatasetFromDirectory<ImageDatasetFromDirectory> {
  private static final Set<String> FORMATS =
      new TreeSet<>(Set.of(".bmp", ".gif", ".jpeg", ".jpg", ".png"));
  private static final Set<Interpolation> ALLOWED =
      EnumSet.range(Interpolation.NEAREST, Interpolation.MITCHELLCUBIC);

  private ColorMode colorMode = ColorMode.RGB;
  private int height = 256;
  private int width = 256;
  private Interpolation interpolation = Interpolation.BILINEAR;
  private boolean cropToAspectRatio;
  private boolean padToAspectRatio;
  private DataFormat dataFormat = DataFormat.CHANNELS_LAST;
  private long maxPixels = ImageFile.MAX_PIXELS;

  private ImageDatasetFromDirectory(Path directory) {
    super(directory, "image");
  }

  /** The images in a folder. */
  public static ImageDatasetFromDirectory of(Path directory) {
    return new ImageDatasetFromDirectory(directory);
  }

  /** The channels; {@code color_mode}, {@link ColorMode#RGB} unless set. */
  public ImageDatasetFromDirectory colorMode(ColorMode mode) {
    colorMode = mode;
    return this;
  }

  /** The size all images get; {@code image_size}, 256 by 256 unless set. */
  public ImageDatasetFromDirectory imageSize(int newHeight, int newWidth) {
    if (newHeight < 1 || newWidth < 1) {
      throw new IllegalArgumentException(
          "`imageSize` is at least 1 by 1, not " + newHeight + " by " + newWidth);
    }
    height = newHeight;
    width = newWidth;
    return this;
  }

  /**
   * How images are resized; {@code interpolation}, {@link Interpolation#BILINEAR} unless set.
   *
   * @throws IllegalArgumentException if it is one of those that only {@link Images#loadImg} has
   */
  public ImageDatasetFromDirectory interpolation(Interpolation how) {
    if (!ALLOWED.contains(how)) {
      throw new IllegalArgumentException(
          "`interpolation` is one of " + ALLOWED + ", not " + how.kerasName());
    }
    interpolation = how;
    return this;
  }

  /** Whether the middle of an image is cut out first, in the proportions of {@code image_size}. */
  public ImageDatasetFromDirectory cropToAspectRatio(boolean crop) {
    cropToAspectRatio = crop;
    return this;
  }

  /** Whether an image keeps its proportions between bars of zeros. */
  public ImageDatasetFromDirectory padToAspectRatio(boolean pad) {
    padToAspectRatio = pad;
    return this;
  }

  /** Where the channels stand; {@code data_format}, last unless set. */
  public ImageDatasetFromDirectory dataFormat(DataFormat format) {
    dataFormat = format;
    return this;
  }

  /**
   * The most pixels a file may have; {@link ImageFile#MAX_PIXELS} unless set. A file with more is
   * refused before memory is taken for it.
   */
  public ImageDatasetFromDirectory maxPixels(long pixels) {
    maxPixels = pixels;
    return this;
  }

  @Override
  ImageDatasetFromDirectory self() {
    return this;
  }

  @Override
  Set<String> formats() {
    return FORMATS;
  }

  @Override
  FolderRows.Content content(String name) {
    if (cropToAspectRatio && padToAspectRatio) {
      throw new IllegalArgumentException(
          "only one of `cropToAspectRatio` and `padToAspectRatio` can be set");
    }
    int channels = colorMode.channels;
    DataSpec.Column column =
        dataFormat == DataFormat.CHANNELS_LAST
            ? DataSpec.Column.of(name, DType.F32, height, width, channels)
            : DataSpec.Column.of(name, DType.F32, channels, height, width);
    return new FolderRows.Content.Numbers(column, reader());
  }

  private Function<Path, HostTensor> reader() {
    // The arguments as they are now: this object may be changed afterwards.
    Reader reader =
        new Reader(
            colorMode.channels,
            height,
            width,
            new Resampling(interpolation, false),
            cropToAspectRatio,
            padToAspectRatio,
            dataFormat,
            maxPixels);
    return reader::read;
  }

  private record Reader(
      int channels,
      int height,
      int width,
      Resampling resampling,
      boolean crop,
      boolean pad,
      DataFormat format,
      long maxPixels) {
    /** One row. */
    HostTensor read(Path file) {
      HostTensor image = ImageFile.read(file, channels, maxPixels);
      HostTensor resized = pad ? padded(image) : resized(image);
      HostTensor arranged = format.fromChannelsLast(resized);
      return arranged.reshape(1, arranged.dim(0), arranged.dim(1), arranged.dim(2));
    }

    private HostTensor resized(HostTensor image) {
      Box box = crop ? Box.centred(image, height, width) : Box.all(image);
      return resampling.resize(image, box, height, width);
    }

    // As tf.image.resize_with_pad, in float as there.
    private HostTensor padded(HostTensor image) {
      float ratio = Math.max((float) image.dim(1) / width, (float) image.dim(0) / height);
      float exactHeight = image.dim(0) / ratio;
      float exactWidth = image.dim(1) / ratio;
      int innerHeight = Math.clamp((int) exactHeight, 1, height);
      int innerWidth = Math.clamp((int) exactWidth, 1, width);
      int top = Math.max(0, (int) Math.floor((height - exactHeight) / 2));
      int left = Math.max(0, (int) Math.floor((width - exactWidth) / 2));
      HostTensor inner = resampling.resize(image, Box.all(image), innerHeight, innerWidth);
      HostTensor framed = HostTensor.zeros(DType.F32, height, width, channels);
      for (int y = 0; y < innerHeight; y++) {
        System.arraycopy(
            inner.floats(),
            y * innerWidth * channels,
            framed.floats(),
            ((top + y) * width + left) * channels,
            innerWidth * channels);
      }
      return framed;
    }
  }
}
