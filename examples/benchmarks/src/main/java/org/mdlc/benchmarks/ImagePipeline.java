package org.mdlc.benchmarks;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.IndexedDataset;
import org.mdlc.runtime.utils.ColorMode;
import org.mdlc.runtime.utils.ImageDatasetFromDirectory;

/**
 * How busy the input pipeline keeps a model: trains Keras's convnet for MNIST on a folder of PNG
 * files of 28 by 28 grays, read and decoded by worker threads in every epoch, and on the same rows
 * in memory.
 *
 * <p>Arguments: number of files (4000), number of workers (2), measured epochs (5), the folder of
 * {@code convnet_mnist.mdl} ({@code models}).
 */
public final class ImagePipeline {
  private static final int SIZE = 28;
  private static final int CLASSES = 10;
  private static final int BATCH = 128;
  private static final int QUEUE = 4 * BATCH;
  private static final int WARM_UP = 2; // epochs until the JVM has compiled what runs

  private ImagePipeline() {}

  /** Prints the report to the standard output. */
  public static void main(String[] args) throws IOException {
    int files = args.length > 0 ? Integer.parseInt(args[0]) : 4000;
    int workers = args.length > 1 ? Integer.parseInt(args[1]) : 2;
    int epochs = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Path models = Path.of(args.length > 3 ? args[3] : "models");
    run(files, workers, epochs, models, new PrintStream(System.out, true, StandardCharsets.UTF_8));
  }

  static void run(int files, int workers, int epochs, Path models, PrintStream out)
      throws IOException {
    Path folder = Files.createTempDirectory("mdlc-images");
    try {
      writeImages(folder, files);
      Dataset fromFiles = rows(folder).shuffle(42).prefetch(workers, QUEUE);
      ArrayDataset inMemory = rows(folder).collect();
      EpochMeter read = new EpochMeter();
      EpochMeter held = new EpochMeter();
      try (Model readModel = compile(models);
          Model heldModel = compile(models)) {
        // In turns, so that what else the machine does meets both.
        for (int epoch = 0; epoch < WARM_UP + epochs; epoch++) {
          train(readModel, fromFiles, epoch, read);
          train(heldModel, inMemory, epoch, held);
        }
      }
      report(files, workers, read.last(epochs), held.last(epochs), out);
    } finally {
      delete(folder);
    }
  }

  /** Grays from 0 to 1, and the class. */
  private static IndexedDataset rows(Path folder) {
    return ImageDatasetFromDirectory.of(folder)
        .imageSize(SIZE, SIZE)
        .colorMode(ColorMode.GRAYSCALE)
        .names("image", "digit")
        .load()
        .rows()
        .map(row -> row.with("image", row.get("image").dividedBy(255)));
  }

  private static void train(Model model, Dataset data, int epoch, EpochMeter meter) {
    model.fit(
        data,
        Fit.epochs(epoch + 1)
            .initialEpoch(epoch)
            .batchSize(BATCH)
            .verbose(Verbosity.SILENT)
            .callbacks(meter));
  }

  private static Model compile(Path models) throws IOException {
    CompileRequest request = CompileRequest.of(models.resolve("convnet_mnist.mdl"));
    var compilation = Compiler.bind(request);
    var bound =
        compilation
            .bound()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(Renderer.plain().render(compilation.problems())));
    return (Model)
        InMemoryJavac.create(
            Compiler.generate(bound, request), 42, ImagePipeline.class.getClassLoader());
  }

  private static void report(
      int files,
      int workers,
      List<EpochMeter.Epoch> read,
      List<EpochMeter.Epoch> held,
      PrintStream out) {
    double busy = median(read, EpochMeter.Epoch::busy);
    double readWall = median(read, EpochMeter.Epoch::wallSeconds);
    double heldWall = median(held, EpochMeter.Epoch::wallSeconds);
    double readCpu = median(read, EpochMeter.Epoch::cpuSeconds);
    double heldCpu = median(held, EpochMeter.Epoch::cpuSeconds);
    out.printf(
        Locale.ROOT,
        "%d PNG files of %d x %d, batches of %d, %d workers, %d processors, %d epochs%n",
        files,
        SIZE,
        SIZE,
        BATCH,
        workers,
        Runtime.getRuntime().availableProcessors(),
        read.size());
    out.printf(
        Locale.ROOT, "busy: %.1f %% of the time of an epoch is spent in steps%n", 100 * busy);
    out.printf(
        Locale.ROOT,
        "rows per second: %.0f from files, %.0f from memory (%.1f %%)%n",
        files / readWall,
        files / heldWall,
        100 * heldWall / readWall);
    out.printf(
        Locale.ROOT,
        "processor time per row: %.0f microseconds from files, %.0f from memory%n",
        1e6 * readCpu / files,
        1e6 * heldCpu / files);
  }

  private static double median(
      List<EpochMeter.Epoch> epochs, ToDoubleFunction<EpochMeter.Epoch> value) {
    double[] sorted = epochs.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  // ---- the files

  /** Bright strokes on black, about as hard to compress as digits of MNIST. */
  private static void writeImages(Path folder, int files) throws IOException {
    Random random = new Random(42);
    for (int i = 0; i < files; i++) {
      Path ofClass = Files.createDirectories(folder.resolve(Integer.toString(i % CLASSES)));
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
      double x = 14;
      double y = 14;
      double angle = i % CLASSES * Math.TAU / CLASSES;
      for (int step = 0; step < 60; step++) {
        angle += random.nextGaussian() * 0.3;
        x = Math.clamp(x + Math.cos(angle) * 0.7, 5, 23);
        y = Math.clamp(y + Math.sin(angle) * 0.7, 5, 23);
        for (int dot = 0; dot < 9; dot++) {
          int column = (int) x + dot % 3 - 1;
          int row = (int) y + dot / 3 - 1;
          int shade = Math.max(image.getRaster().getSample(column, row, 0), random.nextInt(256));
          image.getRaster().setSample(column, row, 0, shade);
        }
      }
      ImageIO.write(image, "png", ofClass.resolve(i + ".png").toFile());
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> paths = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(paths::add);
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
