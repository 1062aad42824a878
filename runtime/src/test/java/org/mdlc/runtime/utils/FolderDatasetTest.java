package org.mdlc.runtime.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.ImageFile;

/**
 * Folders of images and texts: rows, batches, orders, and files that are not what they should be.
 */
class FolderDatasetTest {
  @TempDir private Path folder;

  @Test
  void givesBatchesInAnotherOrderInEachEpoch() throws IOException {
    images(13);
    FolderDataset data =
        ImageDatasetFromDirectory.of(folder)
            .colorMode(ColorMode.GRAYSCALE)
            .imageSize(3, 5)
            .names("x", "digit")
            .batchSize(4)
            .seed(9)
            .load();
    assertThat(data.spec()).hasToString("x f32[3, 5, 1], digit i32[]");
    assertThat(data.classNames()).containsExactly("even", "odd");
    assertThat(data.size()).hasValue(4);
    List<Float> first = pass(data, 0);
    assertThat(pass(data, 0)).isEqualTo(first);
    assertThat(pass(data, 1)).isNotEqualTo(first).containsExactlyInAnyOrderElementsOf(first);
  }

  private static List<Float> pass(FolderDataset data, int epoch) {
    List<Float> seen = new ArrayList<>();
    try (Elements elements = data.elements(epoch)) {
      for (Element element = elements.next(); element != null; element = elements.next()) {
        var batch = element.make();
        for (int row = 0; row < batch.rows(); row++) {
          float number = batch.get("x").floats()[row * 15];
          assertThat(batch.get("digit").ints()[row]).isEqualTo((int) number % 2);
          seen.add(number);
        }
      }
    }
    return seen;
  }

  @Test
  void labelsMayBeBinaryOrOneHot() throws IOException {
    images(4);
    var images = ImageDatasetFromDirectory.of(folder).imageSize(1, 1).shuffle(false).noBatches();
    FolderDataset binary = images.labelMode(LabelMode.BINARY).load();
    assertThat(binary.rows().get(3).get("label").floats()).containsExactly(1);
    assertThat(binary.spec().get("label").rowShape()).containsExactly(1);
    FolderDataset oneHot = images.labelMode(LabelMode.CATEGORICAL).load();
    assertThat(oneHot.rows().get(3).get("label").floats()).containsExactly(0, 1);
    FolderDataset none = images.labelMode(LabelMode.NONE).load();
    assertThat(none.spec().names()).containsExactly("image");
    FolderDataset turned = images.labelMode(LabelMode.INT).classNames("odd", "even").load();
    assertThat(turned.rows().get(3).get("label").ints()).containsExactly(1);
  }

  @Test
  void bothPartsTogetherAreTheFolder() throws IOException {
    images(11);
    var images = ImageDatasetFromDirectory.of(folder).validationSplit(0.3).seed(4);
    var both = images.both();
    assertThat(both.validation().filePaths()).hasSize(3);
    assertThat(both.training().filePaths()).hasSize(8);
    assertThat(both.training().filePaths()).isEqualTo(images.training().filePaths());
    assertThat(both.validation().filePaths()).isEqualTo(images.validation().filePaths());
    assertThat(both.training().filePaths())
        .doesNotContainAnyElementsOf(both.validation().filePaths());
  }

  @Test
  void namesWhatIsWrongWithAFolder() throws IOException {
    var empty = ImageDatasetFromDirectory.of(folder);
    assertThatThrownBy(empty::load)
        .hasMessage(folder + ": no files with the endings .bmp, .gif, .jpeg, .jpg, .png");
    assertThatThrownBy(ImageDatasetFromDirectory.of(folder.resolve("no"))::load)
        .hasMessage(folder.resolve("no") + ": no such folder");
    images(5);
    assertThatThrownBy(empty.classNames("even", "prime")::load)
        .hasMessageContaining("its folders are [even, odd], the class names are [even, prime]");
    assertThatThrownBy(empty.labels(1, 2)::load).hasMessageContaining("2 labels for 5 files");
    var split = ImageDatasetFromDirectory.of(folder).validationSplit(0.1).seed(1);
    assertThatThrownBy(split::training).hasMessageContaining("5 files leaves one part empty");
    assertThatThrownBy(split::load).hasMessageContaining("training(), validation() or both()");
    Files.createDirectories(folder.resolve("third"));
    assertThatThrownBy(ImageDatasetFromDirectory.of(folder).labelMode(LabelMode.BINARY)::load)
        .hasMessageContaining("binary labels need two classes, there are [even, odd, third]");
  }

  @Test
  void namesTheFileThatIsNoImage() throws IOException {
    images(2);
    byte[] whole = Files.readAllBytes(folder.resolve("even/00.png"));
    Path file = folder.resolve("odd/bad.png");
    for (byte[] bytes :
        List.of(
            new byte[0],
            "hello".getBytes(StandardCharsets.UTF_8),
            Arrays.copyOf(whole, 20),
            Arrays.copyOf(whole, 44),
            png(0, 7),
            png(7, 100_000),
            png(30_000, 30_000),
            png(Integer.MAX_VALUE, Integer.MAX_VALUE))) {
      Files.write(file, bytes);
      assertThatThrownBy(() -> ImageFile.read(file, 3))
          .as(bytes.length + " bytes")
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file + ": ");
    }
    Files.delete(file);
    assertThatThrownBy(() -> ImageFile.read(file, 3)).hasMessage(file + ": no such file");
    assertThat(ImageFile.read(folder.resolve("even/00.png"), 1).size()).isEqualTo(15);
  }

  @Test
  void refusesMorePixelsThanAllowed() throws IOException {
    images(2);
    var images = ImageDatasetFromDirectory.of(folder).maxPixels(14).shuffle(false).load();
    assertThatThrownBy(() -> images.rows().get(0))
        .hasMessageEndingWith("5 x 3 pixels are more than the 14 allowed; make the image smaller");
  }

  @Test
  void damagedBytesGiveAnImageOrAMessage() throws IOException {
    images(1);
    Path file = folder.resolve("even/00.png");
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = whole.clone();
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      Files.write(file, bytes);
      try {
        assertThat(ImageFile.read(file, 3).dim(2)).isEqualTo(3);
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith(file.toString());
      }
    }
  }

  @Test
  void readsTheOtherFormats() throws IOException {
    HostTensor gray = HostTensor.of(new float[7 * 5], 7, 5, 1);
    Arrays.fill(gray.floats(), 96);
    for (String format : List.of("png", "jpeg", "jpg", "gif", "bmp")) {
      Path file = folder.resolve("x." + format);
      Images.saveImg(file, gray, DataFormat.CHANNELS_LAST, format, false);
      HostTensor read = ImageFile.read(file, 1);
      assertThat(read.shape()).containsExactly(7, 5, 1);
      assertThat(read.floats()[17]).as(format).isBetween(94f, 98f);
    }
    assertThatThrownBy(() -> Images.saveImg(folder.resolve("x.tiff"), gray))
        .hasMessageContaining("png, jpeg, gif or bmp, not as `tiff`");
    assertThatThrownBy(
            () ->
                Images.arrayToImg(
                    HostTensor.of(new float[] {300}, 1, 1, 1), DataFormat.CHANNELS_LAST, false))
        .hasMessageContaining("element 0 is 300.0");
  }

  @Test
  void grayOf16BitsAndPalettesAreRead() throws IOException {
    BufferedImage deep = new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(1, 1, 0, 0x8123);
    BufferedImage palette = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_BINARY);
    palette.setRGB(1, 1, 0xFFFFFFFF);
    ImageIO.write(deep, "png", folder.resolve("deep.png").toFile());
    ImageIO.write(palette, "png", folder.resolve("palette.png").toFile());
    assertThat(ImageFile.read(folder.resolve("deep.png"), 1).floats())
        .containsExactly(0, 0, 0, 0, 0x81, 0);
    assertThat(ImageFile.read(folder.resolve("palette.png"), 1).floats())
        .containsExactly(0, 0, 0, 0, 255, 0);
    assertThat(ImageFile.read(folder.resolve("deep.png"), 4).floats())
        .endsWith(0x81, 0x81, 0x81, 255, 0, 0, 0, 255);
  }

  @Test
  void severalThreadsReadTheSame() throws IOException {
    images(40);
    FolderDataset data = ImageDatasetFromDirectory.of(folder).imageSize(8, 8).shuffle(false).load();
    var rows = new ConcurrentHashMap<Integer, HostTensor>();
    IntStream.range(0, 400)
        .parallel()
        .forEach(
            i ->
                rows.merge(
                    i % 40,
                    data.rows().get(i % 40).get("image"),
                    (a, b) -> {
                      assertThat(b).isEqualTo(a);
                      return a;
                    }));
    assertThat(rows).hasSize(40);
  }

  @Test
  void readsTexts() throws IOException {
    Files.createDirectories(folder.resolve("neg"));
    Files.createDirectories(folder.resolve("pos"));
    Files.writeString(folder.resolve("neg/1.txt"), "schlecht");
    Files.writeString(folder.resolve("pos/1.txt"), "schön\n");
    Files.writeString(folder.resolve("pos/notes.md"), "no");
    var texts = TextDatasetFromDirectory.of(folder).shuffle(false);
    FolderDataset data = texts.load();
    assertThat(data.spec()).hasToString("text str[], label i32[]");
    assertThat(data.rows().get(1).text("text").get(0)).isEqualTo("schön\n");
    assertThat(data.rows().get(1).get("label").ints()).containsExactly(1);
    assertThat(texts.maxLength(4).load().rows().get(1).text("text").get(0)).isEqualTo("sch");
    assertThat(texts.maxLength(5).load().rows().get(1).text("text").get(0)).isEqualTo("schö");
    Files.write(folder.resolve("pos/1.txt"), new byte[] {'a', (byte) 0xFF});
    assertThatThrownBy(() -> data.rows().get(1))
        .hasMessageStartingWith(folder.resolve("pos/1.txt") + ": the text is not UTF-8");
  }

  @Test
  void windowsSayWhatDoesNotFit() {
    HostTensor series = HostTensor.of(new float[10], 10);
    assertThatThrownBy(() -> TimeseriesDatasetFromArray.of(series, 11).load())
        .hasMessageContaining("no window of 11 elements, 1 steps apart, fits the steps 0 to 9");
    assertThatThrownBy(() -> TimeseriesDatasetFromArray.of(series, 2).samplingRate(10))
        .hasMessageContaining("`samplingRate` is 10; for a series of 10 steps");
    assertThatThrownBy(() -> TimeseriesDatasetFromArray.of(series, 2).endIndex(10))
        .hasMessageContaining("`endIndex` is 10");
    assertThatThrownBy(
            () ->
                TimeseriesDatasetFromArray.of(series, HostTensor.of(new float[4], 4), 2)
                    .startIndex(3)
                    .load())
        .hasMessageContaining("starts at step 6 and the targets end at step 3");
  }

  /** Number i is an image of 3 by 5 pixels of gray i, in the folder even or odd. */
  private void images(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Path file =
          folder.resolve(
              (i % 2 == 0 ? "even/" : "odd/") + String.format(Locale.ROOT, "%02d.png", i));
      Files.createDirectories(file.getParent());
      BufferedImage image = new BufferedImage(5, 3, BufferedImage.TYPE_BYTE_GRAY);
      for (int pixel = 0; pixel < 15; pixel++) {
        image.getRaster().setSample(pixel % 5, pixel / 5, 0, i);
      }
      ImageIO.write(image, "png", file.toFile());
    }
  }

  /** The header of a PNG file that announces a size, and nothing after it. */
  private static byte[] png(int width, int height) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(17);
    header.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(width).putInt(height);
    header.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 checksum = new CRC32();
    checksum.update(header.array());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13});
    file.write(header.array());
    file.write(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    return file.toByteArray();
  }
}
