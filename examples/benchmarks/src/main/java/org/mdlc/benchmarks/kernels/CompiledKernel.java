package org.mdlc.benchmarks.kernels;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.driver.ReportRequest;
import org.mdlc.compiler.report.Work;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Phase;
import org.mdlc.runtime.StepProfile;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/**
 * The prediction step of a model that has no more than one kernel in it, compiled in memory.
 *
 * @param step runs it on numbers from 0 to 1
 */
record CompiledKernel(Model model, Runnable step) implements Kernel {
  private static final long SEED = 7;

  static CompiledKernel of(String mdl, int batch) {
    var request = request(mdl);
    var bound = Compiler.bind(request).bound().orElseThrow();
    var generated = Compiler.generate(bound, request);
    var model =
        (Model) InMemoryJavac.create(generated, SEED, CompiledKernel.class.getClassLoader());
    var step = StepProfile.stepOf(model, Phase.PREDICT, 0, rows(model, batch));
    return new CompiledKernel(model, step);
  }

  /** What it computes and moves, as {@code mdlc show} counts. */
  static Work work(String mdl, int batch) {
    var request = request(mdl);
    var wanted =
        new ReportRequest(Optional.of(ReportRequest.Phase.PREDICT), Optional.of(batch));
    return Compiler.report(Compiler.bind(request).bound().orElseThrow(), request, wanted)
        .getFirst()
        .total();
  }

  private static CompileRequest request(String mdl) {
    return CompileRequest.of(SourceFile.of("kernel.mdl", mdl));
  }

  private static ArrayDataset rows(Model model, int batch) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    Map<String, HostTensor> arrays = new LinkedHashMap<>();
    for (var input : model.spec().inputs()) {
      var numbers = new float[batch * input.rowSize()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = random.nextFloat();
      }
      arrays.put(input.name(), HostTensor.of(numbers, batch, input.rowSize()));
    }
    return ArrayDataset.of(arrays);
  }

  @Override
  public void run() {
    step.run();
  }

  @Override
  public void close() {
    model.close();
  }
}
