package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.driver.ReportRequest;
import org.mdlc.compiler.pass.DumpSink;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.Phase;
import org.mdlc.runtime.StepProfile;
import org.mdlc.runtime.data.ArrayDataset;

/**
 * Runs the programs of a model and takes the times of their steps.
 *
 * @param options the model meant
 * @param seconds how long each program runs
 */
record Profiler(Main main, ModelOptions options, double seconds) {
  private static final int MOST_BATCHES = 8;
  private static final long MOST_BYTES = 32 << 20;

  /**
   * @param data what the steps computed with, in words
   * @param programs one profile for each report
   */
  record Result(String data, List<StepProfile> programs) {}

  /**
   * @param reports of the programs of this phase, for one batch size
   */
  Result measure(
      BoundProgram bound,
      CompileRequest request,
      ReportRequest.Phase phase,
      List<ProgramReport> reports)
      throws IOException {
    var timed =
        request
            .withKernels(RunningModel.kernels(main, false))
            .withTiming()
            .withDumps(DumpSink.NONE);
    var generated = Compiler.generate(bound, timed);
    long seed = bound.settings().map(TrainSettings::seed).orElse(OptionalLong.empty()).orElse(0);
    try (var model =
        (Model) InMemoryJavac.create(generated, seed, Profiler.class.getClassLoader())) {
      int batch = reports.getFirst().batch();
      boolean labelled = phase != ReportRequest.Phase.PREDICT;
      var source = dataOnDisk(bound);
      int count = rowCount(model.spec(), batch);
      var rows =
          source.isPresent()
              ? repeated(own(bound, source.get(), model.spec(), labelled, count), count)
              : RandomRows.of(model.spec(), count, labelled);
      var profiles = new ArrayList<StepProfile>();
      for (int stage = 0; stage < reports.size(); stage++) {
        profiles.add(
            StepProfile.measure(model, Phase.valueOf(phase.name()), stage, rows, batch, seconds));
      }
      return new Result(words(source), profiles);
    }
  }

  private static String words(Optional<DataSource> source) {
    return source.map(data -> "rows of " + String.join(", ", data.paths())).orElse("random rows");
  }

  /** What the train block names, where it is there. */
  private Optional<DataSource> dataOnDisk(BoundProgram bound) {
    return bound
        .settings()
        .flatMap(TrainSettings::data)
        .filter(data -> !data.paths().isEmpty())
        .filter(data -> data.paths().stream().map(options::besideFile).allMatch(Files::exists));
  }

  private ArrayDataset own(
      BoundProgram bound, DataSource source, ModelSpec spec, boolean labelled, int count)
      throws IOException {
    var categories = new Categories(options::besideFile, true);
    var rows =
        new BlockRows(_ -> source, options::besideFile, categories).read(bound, spec, labelled);
    return rows instanceof ArrayDataset arrays ? arrays : rows.take(count).collect();
  }

  private static int rowCount(ModelSpec spec, int batch) {
    long bytes = spec.inputs().stream().mapToLong(input -> 4L * input.rowSize()).sum();
    long batches = MOST_BYTES / Math.max(1, bytes * batch);
    return Math.multiplyExact(batch, Math.clamp(batches, 1, MOST_BATCHES));
  }

  /** As many rows as are wanted: the first ones, and again from the start where they are fewer. */
  private static ArrayDataset repeated(ArrayDataset rows, int count) {
    return rows.takeRows(IntStream.range(0, count).map(i -> i % rows.rows()).toArray());
  }
}
