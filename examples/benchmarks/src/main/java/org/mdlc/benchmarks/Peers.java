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
import java.util.stream.Stream;
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
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.TensorSpec;
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

  private static final double EPOCH_SECONDS = 0.2;

  /** Of the seconds asked for, at most this many warm up. */
  private static final double LONGEST_WARM_UP = 3;

  private static final List<String> NAMES =
      List.of(
          "mlp_mnist",
          "mlp_small",
          "convnet_mnist",
          "resnet20_cifar",
          "lstm_imdb",
          "transformer_text",
          "gpt_char",
          "gru_forecast",
          "resnet50_infer_b1",
          "resnet50_infer_b8",
          "mlp_infer_b1",
          "mlp_infer_b1024");

  private Peers() {}

  /** What the numbers of an array are drawn from. */
  private enum Values {
    UNIFORM,
    NORMAL,
    BINARY,
    /** Whole numbers, of the range that the model takes. */
    WHOLE
  }

  /**
   * A workload; the model tells names and shapes of its arrays.
   *
   * @param values of the input, and of what it is trained on; of inference only of the input
   */
  private record Workload(LongFunction<Model> create, int batch, List<Values> values) {
    static Workload of(LongFunction<Model> create, int batch, Values... values) {
      return new Workload(create, batch, List.of(values));
    }

    boolean trains() {
      return values.size() > 1;
    }

    ArrayDataset data(ModelSpec spec) {
      var arrays = Stream.concat(spec.inputs().stream(), spec.targets().stream()).toList();
      long bytes = (long) Float.BYTES * batch * arrays.getFirst().rowSize();
      int batches = Math.clamp(MOST_BYTES / bytes, LEAST_BATCHES, MOST_BATCHES);
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(2);
      var drawn = new LinkedHashMap<String, HostTensor>();
      for (int i = 0; i < values.size(); i++) {
        var array = arrays.get(i);
        drawn.put(array.name(), draw(array, values.get(i), batches * batch, random));
      }
      return ArrayDataset.of(drawn);
    }

    private static HostTensor draw(
        TensorSpec array, Values values, int rows, RandomGenerator random) {
      int[] shape =
          IntStream.concat(IntStream.of(rows), array.shape().stream().mapToInt(n -> n)).toArray();
      int count = (int) HostTensor.elementCount(shape);
      if (values == Values.WHOLE) {
        int end = array.ranges().getFirst().high();
        return HostTensor.of(random.ints(count, 0, end).toArray(), shape);
      }
      float[] drawn = new float[count];
      for (int i = 0; i < count; i++) {
        drawn[i] =
            switch (values) {
              case UNIFORM -> random.nextFloat();
              case NORMAL -> (float) random.nextGaussian();
              case BINARY -> random.nextInt(2);
              case WHOLE -> throw new IllegalStateException("drawn above");
            };
      }
      return HostTensor.of(drawn, shape);
    }
  }

  /** The names of all workloads. */
  static List<String> names() {
    return NAMES;
  }

  private static Workload workload(String name) {
    return switch (name) {
      case "mlp_mnist" -> Workload.of(MlpMnist::create, 128, Values.UNIFORM, Values.WHOLE);
      case "mlp_small" -> Workload.of(MlpSmall::create, 32, Values.NORMAL, Values.BINARY);
      case "convnet_mnist" -> Workload.of(ConvnetMnist::create, 128, Values.UNIFORM, Values.WHOLE);
      case "resnet20_cifar" -> Workload.of(Resnet20Cifar::create, 64, Values.UNIFORM, Values.WHOLE);
      case "lstm_imdb" -> Workload.of(LstmImdb::create, 32, Values.WHOLE, Values.BINARY);
      case "transformer_text" ->
          Workload.of(TransformerText::create, 32, Values.WHOLE, Values.WHOLE);
      case "gpt_char" -> Workload.of(GptChar::create, 16, Values.WHOLE, Values.WHOLE);
      case "gru_forecast" -> Workload.of(GruForecast::create, 64, Values.NORMAL, Values.NORMAL);
      case "resnet50_infer_b1" -> Workload.of(Resnet50::create, 1, Values.UNIFORM);
      case "resnet50_infer_b8" -> Workload.of(Resnet50::create, 8, Values.UNIFORM);
      case "mlp_infer_b1" -> Workload.of(MlpMnist::create, 1, Values.UNIFORM);
      case "mlp_infer_b1024" -> Workload.of(MlpMnist::create, 1024, Values.UNIFORM);
      default -> throw new IllegalArgumentException("there is no workload " + name);
    };
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
    try (var model = workload.create().apply(SEED)) {
      long made = System.nanoTime();
      var data = workload.data(model.spec());
      double makingSeconds = secondsSince(made);
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
    var epoch = data.slice(0, batch * batchesOfAnEpoch(model, data, batch));
    var meter = new Meter(model, epoch.rows() / batch, seconds);
    model.fit(
        epoch,
        Fit.epochs(Integer.MAX_VALUE).batchSize(batch).verbose(Verbosity.SILENT).callbacks(meter));
    return meter.stepSeconds;
  }

  /** So many that an epoch does not take long, as there is one figure for each. */
  private static int batchesOfAnEpoch(Model model, ArrayDataset data, int batch) {
    var rows = data.slice(0, batch);
    double quickest = Double.MAX_VALUE;
    long start = System.nanoTime();
    while (secondsSince(start) < EPOCH_SECONDS) {
      long begin = System.nanoTime();
      model.trainOnBatch(rows);
      quickest = Math.min(quickest, secondsSince(begin));
    }
    return Math.clamp((long) (EPOCH_SECONDS / quickest), LEAST_BATCHES, data.rows() / batch);
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
