package org.mdlc.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.mdlc.benchmarks.models.ConvnetMnist;
import org.mdlc.benchmarks.models.GptChar;
import org.mdlc.benchmarks.models.GruForecast;
import org.mdlc.benchmarks.models.LstmImdb;
import org.mdlc.benchmarks.models.MlpMnist;
import org.mdlc.benchmarks.models.MlpSmall;
import org.mdlc.benchmarks.models.Resnet20Cifar;
import org.mdlc.benchmarks.models.Resnet50;
import org.mdlc.benchmarks.models.TransformerText;
import org.mdlc.runtime.Callback;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Logs;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/**
 * Runs one of the fixed workloads for a while and prints one line of JSON: how a driver that
 * measures several systems in turns asks this one.
 *
 * <p>Training is {@link Model#fit} on arrays, shuffled; inference is {@link Model#predictOnBatch},
 * from array to array. A step's time is the median over the epochs (of inference: of blocks of
 * calls) after the warm-up. {@code first_step_s} is from the start of the process to the end of the
 * first step, less the time for making data; {@code peak_rss_mb} is the most memory that was
 * resident.
 */
public final class Peers {
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;
  private static final long SEED = 42;
  private static final int MOST_BATCHES = 512;
  private static final long MOST_BYTES = 32 << 20;
  private static final int LEAST_BATCHES = 4;

  /** Of the seconds asked for, at most this many warm up. */
  private static final double LONGEST_WARM_UP = 3;

  private Peers() {}

  /** What the numbers of an array are drawn from. */
  private enum Values {
    UNIFORM,
    NORMAL,
    BELOW,
    BINARY
  }

  /**
   * An array of the data.
   *
   * @param shape of one row
   * @param below of {@link Values#BELOW}, one more than the largest
   */
  private record Column(String name, Values values, int below, List<Integer> shape) {
    HostTensor draw(int rows, RandomGenerator random) {
      int[] whole = IntStream.concat(IntStream.of(rows), shape.stream().mapToInt(n -> n)).toArray();
      int count = (int) HostTensor.elementCount(whole);
      if (values == Values.BELOW) {
        return HostTensor.of(random.ints(count, 0, below).toArray(), whole);
      }
      float[] drawn = new float[count];
      for (int i = 0; i < count; i++) {
        drawn[i] =
            switch (values) {
              case UNIFORM -> random.nextFloat();
              case NORMAL -> (float) random.nextGaussian();
              case BINARY -> random.nextInt(2);
              case BELOW -> throw new IllegalStateException("drawn above");
            };
      }
      return HostTensor.of(drawn, whole);
    }

    long bytes(int rows) {
      return 4L * rows * shape.stream().mapToLong(n -> n).reduce(1, Math::multiplyExact);
    }
  }

  /**
   * A workload.
   *
   * @param columns the input, and what it is trained on; of inference only the input
   */
  private record Workload(LongFunction<Model> create, int batch, List<Column> columns) {
    static Workload of(LongFunction<Model> create, int batch, Column... columns) {
      return new Workload(create, batch, List.of(columns));
    }

    boolean trains() {
      return columns.size() > 1;
    }

    ArrayDataset data() {
      long bytes = columns.getFirst().bytes(batch);
      int batches = Math.clamp(MOST_BYTES / bytes, LEAST_BATCHES, MOST_BATCHES);
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(2);
      var drawn = new LinkedHashMap<String, HostTensor>();
      for (Column column : columns) {
        drawn.put(column.name(), column.draw(batches * batch, random));
      }
      return ArrayDataset.of(drawn);
    }
  }

  private static Workload workload(String name) {
    var image = new Column("image", Values.UNIFORM, 0, List.of(784));
    return switch (name) {
      case "mlp_mnist" ->
          Workload.of(
              MlpMnist::create, 128, image, new Column("digit", Values.BELOW, 10, List.of()));
      case "mlp_small" ->
          Workload.of(
              MlpSmall::create,
              32,
              new Column("features", Values.NORMAL, 0, List.of(20)),
              new Column("label", Values.BINARY, 0, List.of(1)));
      case "convnet_mnist" ->
          Workload.of(
              ConvnetMnist::create,
              128,
              new Column("image", Values.UNIFORM, 0, List.of(28, 28, 1)),
              new Column("digit", Values.BELOW, 10, List.of()));
      case "resnet20_cifar" ->
          Workload.of(
              Resnet20Cifar::create,
              64,
              new Column("image", Values.UNIFORM, 0, List.of(32, 32, 3)),
              new Column("label", Values.BELOW, 10, List.of()));
      case "lstm_imdb" ->
          Workload.of(
              LstmImdb::create,
              32,
              new Column("words", Values.BELOW, 20_000, List.of(80)),
              new Column("positive", Values.BINARY, 0, List.of(1)));
      case "transformer_text" ->
          Workload.of(
              TransformerText::create,
              32,
              new Column("words", Values.BELOW, 20_000, List.of(128)),
              new Column("label", Values.BELOW, 2, List.of()));
      case "gpt_char" ->
          Workload.of(
              GptChar::create,
              16,
              new Column("characters", Values.BELOW, 96, List.of(128)),
              new Column("next", Values.BELOW, 96, List.of(128)));
      case "gru_forecast" ->
          Workload.of(
              GruForecast::create,
              64,
              new Column("series", Values.NORMAL, 0, List.of(120, 7)),
              new Column("value", Values.NORMAL, 0, List.of(1)));
      case "resnet50_infer_b1" -> Workload.of(Resnet50::create, 1, photo());
      case "resnet50_infer_b8" -> Workload.of(Resnet50::create, 8, photo());
      case "mlp_infer_b1" -> Workload.of(MlpMnist::create, 1, image);
      case "mlp_infer_b1024" -> Workload.of(MlpMnist::create, 1024, image);
      default -> throw new IllegalArgumentException("there is no workload " + name);
    };
  }

  private static Column photo() {
    return new Column("image", Values.UNIFORM, 0, List.of(224, 224, 3));
  }

  /**
   * Measures a workload.
   *
   * @param args the name of the workload, and for how many seconds to run it
   */
  public static void main(String[] args) throws IOException {
    run(args[0], Double.parseDouble(args[1]), System.out);
  }

  static void run(String name, double seconds, PrintStream out) throws IOException {
    var workload = workload(name);
    long made = System.nanoTime();
    var data = workload.data();
    double makingSeconds = secondsSince(made);
    try (var model = workload.create().apply(SEED)) {
      var first = data.slice(0, workload.batch());
      var line = new JsonObject();
      line.addProperty("device", "cpu");
      line.addProperty("precision", "fp32");
      line.addProperty("batch", workload.batch());
      if (workload.trains()) {
        line.addProperty("loss", model.trainOnBatch(first).require("loss"));
      } else {
        model.predictOnBatch(first);
      }
      line.addProperty("first_step_s", processSeconds() - makingSeconds);
      var times =
          workload.trains()
              ? train(model, data, workload.batch(), seconds)
              : predict(model, first, seconds);
      report(line, times, workload.batch());
      out.println(line);
    }
  }

  /** Seconds of a step, one number for each epoch after the warm-up. */
  private static List<Double> train(Model model, ArrayDataset data, int batch, double seconds) {
    var meter = new Meter(model, data.rows() / batch, seconds);
    model.fit(
        data,
        Fit.epochs(Integer.MAX_VALUE).batchSize(batch).verbose(Verbosity.SILENT).callbacks(meter));
    return meter.stepSeconds;
  }

  private static final class Meter implements Callback {
    private final Model model;
    private final int steps;
    private final double seconds;
    private final long start = System.nanoTime();
    private final List<Double> stepSeconds = new ArrayList<>();
    private long epochStart;

    Meter(Model model, int steps, double seconds) {
      this.model = model;
      this.steps = steps;
      this.seconds = seconds;
    }

    @Override
    public void onEpochBegin(int epoch) {
      epochStart = System.nanoTime();
    }

    @Override
    public void onEpochEnd(int epoch, Logs logs) {
      double elapsed = secondsSince(start);
      if (isWarm(elapsed, seconds)) {
        stepSeconds.add(secondsSince(epochStart) / steps);
      }
      if (elapsed >= seconds && !stepSeconds.isEmpty()) {
        model.stopTraining();
      }
    }
  }

  /** Seconds of a call, one number for each block of calls after the warm-up. */
  private static List<Double> predict(Model model, ArrayDataset rows, double seconds) {
    var callSeconds = new ArrayList<Double>();
    long start = System.nanoTime();
    int calls = 1;
    while (secondsSince(start) < seconds || callSeconds.isEmpty()) {
      long block = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        model.predictOnBatch(rows);
      }
      double blockSeconds = secondsSince(block);
      if (isWarm(secondsSince(start), seconds)) {
        callSeconds.add(blockSeconds / calls);
      } else if (blockSeconds < seconds / 100) {
        calls *= 2;
      }
    }
    return callSeconds;
  }

  private static boolean isWarm(double elapsed, double seconds) {
    return elapsed > Math.min(LONGEST_WARM_UP, seconds / 2);
  }

  private static void report(JsonObject line, List<Double> times, int batch) throws IOException {
    var sorted = times.stream().sorted().toList();
    double median = sorted.get(sorted.size() / 2);
    double quick = sorted.get(sorted.size() / 10);
    double slow = sorted.get(sorted.size() * 9 / 10);
    line.addProperty("samples_per_s", batch / median);
    line.addProperty("steps_per_s", 1 / median);
    line.addProperty("step_ms", median * MILLIS);
    line.addProperty("p10_ms", quick * MILLIS);
    line.addProperty("spread_pct", 100 * (slow - quick) / median);
    line.addProperty("quiet_blocks", sorted.size());
    peakMegabytes().ifPresent(mb -> line.addProperty("peak_rss_mb", mb));
  }

  /** Linux tells; elsewhere the field is left out. */
  private static OptionalInt peakMegabytes() throws IOException {
    var status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return OptionalInt.empty();
    }
    return Files.readAllLines(status).stream()
        .filter(entry -> entry.startsWith("VmHWM:"))
        .mapToInt(entry -> Integer.parseInt(entry.replaceAll("\\D", "")) >> 10)
        .findFirst();
  }

  private static double processSeconds() {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    return (System.currentTimeMillis() - start) / MILLIS;
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / NANOS;
  }
}
