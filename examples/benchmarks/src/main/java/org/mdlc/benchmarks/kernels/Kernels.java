package org.mdlc.benchmarks.kernels;

import java.io.PrintStream;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mdlc.compiler.report.Machine;
import org.mdlc.runtime.kernel.Peaks;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;

/**
 * Measures kernels and prints a table: the time of each, what it would be if the machine reached its
 * peaks, and the time of what it is compared with.
 */
public final class Kernels {
  /**
   * A row of the table, in nanoseconds.
   *
   * @param kernel the family, and which of it
   */
  record Row(String kernel, double ours, double floor, double theirs) {}

  private Kernels() {}

  /**
   * Measures.
   *
   * @param args options and patterns as JMH's own main class takes them; without a pattern all
   *     kernels
   */
  public static void main(String[] args) throws CommandLineOptionException, RunnerException {
    print(measure(new CommandLineOptions(args)), System.out);
  }

  static List<Row> measure(Options options) throws RunnerException {
    Collection<RunResult> results = new Runner(options).run();
    var peaks = Peaks.measure().orElseThrow();
    var machine = new Machine(peaks.gigaflops(), peaks.gigabytesPerSecond());
    Map<String, Row> rows = new LinkedHashMap<>();
    for (var result : results) {
      var params = result.getParams();
      var family = family(params);
      var name = name(family, params);
      var row =
          rows.getOrDefault(
              name, new Row(name, Double.NaN, machine.floorNanos(family.work()), Double.NaN));
      double nanos = result.getPrimaryResult().getScore();
      rows.put(
          name,
          params.getBenchmark().endsWith(".mdlc")
              ? new Row(name, nanos, row.floor(), row.theirs())
              : new Row(name, row.ours(), row.floor(), nanos));
    }
    return List.copyOf(rows.values());
  }

  /** The benchmark that JMH ran, with its parameters. */
  private static KernelBenchmark family(BenchmarkParams params) {
    var benchmark = params.getBenchmark();
    try {
      var type = Class.forName(benchmark.substring(0, benchmark.lastIndexOf('.')));
      var family = (KernelBenchmark) type.getConstructor().newInstance();
      for (var key : params.getParamsKeys()) {
        type.getField(key).set(family, params.getParam(key));
      }
      return family;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(benchmark + " cannot be made", e);
    }
  }

  /** {@code Matmul 32x64x10}. */
  private static String name(KernelBenchmark family, BenchmarkParams params) {
    var name = new StringBuilder(family.getClass().getSimpleName().replace("Benchmark", ""));
    params.getParamsKeys().forEach(key -> name.append(' ').append(params.getParam(key)));
    return name.toString();
  }

  static void print(List<Row> rows, PrintStream out) {
    out.println("kernel                      mdlc us    floor us  times     other us  other/mdlc");
    for (var row : rows) {
      out.println(
          String.format(
              Locale.ROOT,
              "%-24s %10.2f  %10.2f %6.2f   %10.2f      %6.2f",
              row.kernel(),
              row.ours() / 1000,
              row.floor() / 1000,
              row.ours() / row.floor(),
              row.theirs() / 1000,
              row.theirs() / row.ours()));
    }
  }
}
